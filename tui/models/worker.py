"""The one thread in which PyTorch is imported and models compute.

It takes a single core, so that a training beside it is not disturbed, and no key waits for it.
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

KEPT = 3  # models in memory, the last used ones


@dataclass(frozen=True, slots=True)
class _Request:
    folder: Path
    compute: Callable[[Pretrained], Any]
    future: Future[Any] = field(default_factory=Future)


class ModelWorker:
    """Answers questions to models, the newest first.

    The thread begins with the first question. It is a daemon: quitting waits for no model.
    """

    def __init__(self) -> None:
        self._requests: list[_Request] = []
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._closed = False
        self._loaded: OrderedDict[tuple[Path, Signature | None], Pretrained] = OrderedDict()

    async def ask(self, folder: Path, compute: Callable[[Pretrained], T]) -> T:
        """Let a model compute something; a task that is cancelled takes its question back.

        Ask from a worker that is exclusive (`@work(exclusive=True)`): then a newer question takes
        the place of an older one.

        Args:
            folder: a run, one of its `checkpoints/step-N`, or another model folder. A model is
                loaded once, and again when its weights have changed.
            compute: given the model on the CPU, in evaluation mode, with its tokenizer; runs in the
                models' thread.

        Raises:
            MinibertError: the model cannot be loaded, or `compute` raises it.
        """
        request = _Request(folder, compute)
        with self._changed:
            self._requests.append(request)
            self._changed.notify()
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="models", daemon=True)
                self._thread.start()
        answer: T = await asyncio.wrap_future(request.future)
        return answer

    def close(self) -> None:
        """Let the thread end when it has done what it is at."""
        with self._changed:
            self._closed = True
            self._changed.notify()

    # ---- in the thread --------------------------------------------------------------------------

    def _work(self) -> None:
        while (request := self._next()) is not None:
            if not request.future.set_running_or_notify_cancel():
                continue  # nobody wants to know any more
            try:
                request.future.set_result(request.compute(self._load(request.folder)))
            except BaseException as error:  # whoever asked is told, and goes on
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
        while len(self._loaded) > KEPT:
            self._loaded.popitem(last=False)
        return self._loaded[key]
