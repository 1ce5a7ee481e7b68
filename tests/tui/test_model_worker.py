"""Requests to models: with the newest weights, the newest first, cancelled ones never."""

from __future__ import annotations

import asyncio
import shutil
import threading

import pytest

from minibert.errors import ModelError
from minibert.model.folder import checkpoints
from minibert.tui.models.worker import MAX_LOADED, ModelWorker


@pytest.fixture
def models():
    models = ModelWorker()
    yield models
    models.close()


def weight(loaded):
    return loaded.model.bert.embeddings.word_embeddings.weight[5].sum().item()


async def test_a_run_and_its_checkpoints_can_be_run(models, small_run):
    path = small_run.run.path
    newest, older = checkpoints(path)[-1], checkpoints(path)[0]
    answers = [await models.run(folder, weight) for folder in (path, newest, older)]
    assert answers[0] == answers[1] != answers[2]
    assert await models.run(older, lambda loaded: loaded.tokenizer.vocab_size) > 100


async def test_models_run_on_one_background_thread(models, small_run):
    import torch

    found = await models.run(
        small_run.run.path, lambda _: (torch.get_num_threads(), threading.current_thread())
    )
    assert found[0] == 1
    assert found[1] is not threading.current_thread()


async def test_a_model_is_loaded_once_and_again_when_its_weights_change(
    models, small_run, tmp_path
):
    folder = tmp_path / "model"
    shutil.copytree(small_run.run.path, folder)
    first = await models.run(folder, lambda loaded: loaded)
    assert await models.run(folder, lambda loaded: loaded) is first
    shutil.copy(checkpoints(folder)[0] / "model.safetensors", folder / "model.safetensors")
    assert await models.run(folder, lambda loaded: loaded) is not first


async def test_only_the_last_used_models_stay_in_memory(models, small_run, tmp_path):
    folders = [tmp_path / str(number) for number in range(MAX_LOADED + 1)]
    for folder in folders:
        shutil.copytree(small_run.run.path, folder)
    first, *_ = [await models.run(folder, lambda loaded: loaded) for folder in folders]
    assert await models.run(folders[0], lambda loaded: loaded) is not first


async def test_the_newest_request_runs_first_and_a_cancelled_one_never(models, small_run):
    path = small_run.run.path
    order, begun, gate = [], threading.Event(), threading.Event()
    busy = asyncio.create_task(models.run(path, lambda _: begun.set() or gate.wait(60)))
    assert await asyncio.to_thread(begun.wait, 60)
    asked = [
        asyncio.create_task(models.run(path, lambda _, number=number: order.append(number)))
        for number in range(4)
    ]
    await asyncio.sleep(0)
    asked[1].cancel()
    await asyncio.sleep(0)
    gate.set()
    await asyncio.gather(busy, *asked, return_exceptions=True)
    assert order == [3, 2, 0]


async def test_an_error_is_raised_at_the_request_and_the_thread_survives(
    models, small_run, tmp_path
):
    with pytest.raises(ModelError, match="no model folder"):
        await models.run(tmp_path / "nothing", lambda loaded: loaded)
    with pytest.raises(ZeroDivisionError):
        await models.run(small_run.run.path, lambda _: 1 / 0)
    assert await models.run(small_run.run.path, lambda _: "here") == "here"
