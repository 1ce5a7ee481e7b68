"""The one thread that imports PyTorch and runs models.

It uses one core, so that a training on the same machine is not slowed down. The application answers
keys meanwhile.
"""

from __future__ import annotations

import asyncio
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from minibert.model.folder import WEIGHTS
from minibert.tui.monitoring.metrics_tail import Signature, signature

if TYPE_CHECKING:
    from minibert.model.pretrained import Pretrained

T = TypeVar("T")

MAX_LOADED = 3  # models in memory, the last used ones


@dataclass(frozen=True, slots=True)
class _Request:
    folder: Path
    compute: Callable[[Pretrained], Any]
    future: Future[Any] = field(default_factory=Future)


class ModelWorker:
    """Runs functions of a model in one background thread, the newest request first.

    The thread starts with the first request. It is a daemon thread, so quitting does not wait for
    it.
    """

    def __init__(self) -> None:
        self._requests: list[_Request] = []
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._closed = False
        self._loaded: OrderedDict[tuple[Path, Signature | None], Pretrained] = OrderedDict()

    async def run(self, folder: Path, compute: Callable[[Pretrained], T]) -> T:
        """Run a function of a model; cancelling the task withdraws the request.

        Call it from an exclusive worker (`@work(exclusive=True)`), so that a newer request replaces
        an older one.

        Args:
            folder: a run, one of its `checkpoints/step-N`, or another model folder. The model is
                loaded once, and again when its weights have changed.
            compute: called in the background thread with the model and its tokenizer; the model is
                on the CPU and in evaluation mode.

        Raises:
            MinibertError: the model cannot be loaded, or `compute` raised it.
        """
        request = _Request(folder, compute)
        with self._changed:
            self._requests.append(request)
            self._changed.notify()
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="models", daemon=True)
                self._thread.start()
        result: T = await asyncio.wrap_future(request.future)
        return result

    def close(self) -> None:
        """End the thread after its current request."""
        with self._changed:
            self._closed = True
            self._changed.notify()

    # ---- in the thread --------------------------------------------------------------------------

    def _work(self) -> None:
        while (request := self._next()) is not None:
            if not request.future.set_running_or_notify_cancel():
                continue  # the request was withdrawn
            try:
                request.future.set_result(request.compute(self._load(request.folder)))
            except BaseException as error:  # raised where the request was made
                request.future.set_exception(error)

    def _next(self) -> _Request | None:
        with self._changed:
            self._changed.wait_for(lambda: self._requests or self._closed)
            return None if self._closed else self._requests.pop()

    def _load(self, folder: Path) -> Pretrained:
        import torch

        from minibert.model.pretrained import Pretrained

        torch.set_num_threads(1)
        key = (folder, signature(folder / WEIGHTS))
        if key not in self._loaded:
            self._loaded[key] = Pretrained.load(folder)
        self._loaded.move_to_end(key)
        while len(self._loaded) > MAX_LOADED:
            self._loaded.popitem(last=False)
        return self._loaded[key]
