"""The command line: what it prints where, and one clear sentence for whatever cannot be used."""

import gzip
import io
import json
import os
import signal
import subprocess
import sys
import time

import pytest

from minibert.runs.run import Run

from helpers.samples import TINY, empty, good, nothing, training_record, write_corpus

SMALL = [
    word for name, value in TINY.items() for word in (f"--{name.replace('_', '-')}", str(value))
]


def test_help_needs_neither_torch_nor_textual():
    script = (
        "import sys, minibert.cli\n"
        "names = 'pretrain fill embed evaluate explain finetune predict tui'.split()\n"
        "for command in ('', *names):\n"
        "    try: minibert.cli.main([*command.split(), '--help'])\n"
        "    except SystemExit as end: assert not end.code\n"
        "loaded = {'torch', 'textual', 'numpy'} & set(sys.modules)\n"
        "assert not loaded, loaded\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "pretrain" in done.stdout


def test_the_version_is_that_of_the_package(call):
    from importlib.metadata import version

    code, out, _ = call("--version")
    assert (code, out) == (0, f"minibert {version('minibert')}\n")


def test_a_small_corpus_is_trained_on_and_its_masks_are_filled(call, small_corpus, tmp_path):
    code, out, err = call("pretrain", small_corpus, *SMALL, "--steps", 60)
    assert code == 0
    assert (
        "validation after 60 steps: MLM loss" in out and "the model is in runs/animals-tiny" in out
    )
    for part in ("hidden size 32", "ln V", "unigram entropy", "MLM loss", "tokens/s"):
        assert part in err
    assert "\x1b" not in out + err  # no terminal, no escapes
    run = Run.open(tmp_path / "runs" / "animals-tiny")
    assert run.state == "finished"
    assert {p.name for p in run.path.iterdir()} >= {
        "config.json",
        "model.safetensors",
        "vocab.txt",
        "tokenizer.json",
        "tokenizer_config.json",
        "minibert.json",
        "metrics.jsonl",
    }

    code, out, err = call("fill", "the cow eats [MASK] in the [MASK].", "--top-k", 3)
    assert (code, err) == (0, "")
    assert "mask 1" in out and "mask 2" in out and "%" in out and "█" in out

    code, out, _ = call("fill", "--json", "--top-k", 2, "the cow eats [MASK].", "a [MASK] [MASK]")
    first, second = map(json.loads, out.splitlines())
    assert [set(a) for a in first] == [{"score", "token", "token_str", "sequence"}] * 2
    assert len(second) == 2 and len(second[0]) == 2


def test_a_compressed_corpus_a_folder_a_glob_and_standard_input_are_the_same_text(
    call, small_corpus, tmp_path, monkeypatch
):
    import zstandard

    text = small_corpus.read_bytes()
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "a.txt").write_bytes(text)
    (tmp_path / "a.txt.gz").write_bytes(gzip.compress(text))
    (tmp_path / "a.txt.zst").write_bytes(zstandard.compress(text))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))
    fingerprints = set()
    for number, corpus in enumerate(["folder", "folder/*.txt", "a.txt.gz", "a.txt.zst", "-"]):
        code, _, err = call("pretrain", corpus, *SMALL, "--steps", 1, "--out", f"run-{number}")
        assert code == 0, err
        fingerprints.add(Run.open(tmp_path / f"run-{number}").manifest.corpus.fingerprint)
    assert len(fingerprints) == 1


def blank(path):
    (path / "c.txt").write_bytes(b"\n \n\t\n")


def binary(path):
    (path / "c.txt").write_bytes(b"\x7fELF\x02\x01\x01\x00\x00\x00" + bytes(range(256)) * 4)


def latin1(path):
    (path / "c.txt").write_bytes(b"The caf\xe9 was open.\nIt was warm.\n" * 300)


def short(path):
    (path / "c.txt").write_text("One sentence here.\nAnother one.\n\nA third.\nA fourth.\n")


def a_run_there(path):
    good(path)
    Run.create(path / "taken", training_record())


@pytest.mark.parametrize(
    ("prepare", "arguments", "said"),
    [
        (nothing, ["c.txt"], "c.txt"),
        (nothing, ["*.text"], "*.text"),
        (nothing, ["."], "text file"),
        (empty, ["c.txt"], "c.txt"),
        (blank, ["c.txt"], "c.txt"),
        (binary, ["c.txt"], "c.txt"),
        (latin1, ["c.txt"], "byte 7"),
        (latin1, ["c.txt"], "--errors replace"),
        (
            short,
            ["c.txt"],
            "the corpus gives 2 examples of up to 128 tokens, too few for one batch",
        ),
        (good, ["c.txt", "--vocab-size", "20"], "20"),
        (
            good,
            ["c.txt", "--heads", "3"],
            "the hidden size 128 is not divisible by 3 attention heads",
        ),
        (good, ["c.txt", "--device", "abacus"], "abacus"),
        (good, ["c.txt", "--layout", "heap"], "--layout is 'heap'; it must be one of auto"),
        (good, ["c.txt", "--steps", "0"], "--steps is 0; it must be 1 or more"),
        (good, ["c.txt", "--steps", "9", "--time", "1m"], "--steps and --time"),
        (good, ["c.txt", "--time", "soon"], "'soon' is not a duration"),
        (good, ["c.txt", "--lr", "-1"], "--lr is -1.0"),
        (good, ["c.txt", "--seed", "9" * 20], "it must be below 2**63"),
        (good, ["c.txt", "--batch-size", "100000"], "batch"),
        (a_run_there, ["c.txt", "--out", "taken"], "taken holds a run already"),
        (good, ["c.txt", "--out", "c.txt"], "not an empty folder"),
        (nothing, ["--resume"], "no unfinished run"),
        (nothing, ["--resume", "--out", "x"], "x holds no run"),
    ],
)
def test_unusable_input_of_pretrain_is_reported_in_one_sentence_and_leaves_nothing(
    call, tmp_path, prepare, arguments, said
):
    prepare(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    code, out, err = call("pretrain", *arguments)
    last = err.strip().splitlines()[-1]
    assert code == 2 and out == ""
    assert last.startswith("minibert: ") and said in last
    assert "Traceback" not in err
    assert sorted(tmp_path.rglob("*")) == before


def test_bytes_that_are_not_utf8_are_replaced_on_request(call, tmp_path):
    text = write_corpus(tmp_path / "c.txt").read_bytes()
    (tmp_path / "c.txt").write_bytes(text.replace(b"garden", b"g\xe4rden"))
    code, _, err = call("pretrain", "c.txt", *SMALL, "--steps", 1, "--errors", "replace")
    assert code == 0, err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["the [MASK] sat", "--device", "abacus"], "abacus"),
        (["the [MASK] sat", "--model", "nowhere"], "there is no model folder nowhere"),
        (["the [MASK] sat", "--model", "."], "is not a model folder: it has no config.json"),
    ],
)
def test_an_unusable_model_is_reported_in_one_sentence(call, small_run, arguments, said):
    if "--model" not in arguments:
        arguments = [*arguments, "--model", small_run.run.path]
    code, out, err = call("fill", *arguments)
    assert code == 2 and out == ""
    assert err.startswith("minibert: ") and said in err and err.count("\n") == 1


def test_filling_without_any_run_reports_what_to_do(call):
    code, _, err = call("fill", "the [MASK] sat")
    assert code == 2 and "no finished run in runs/" in err and "minibert pretrain" in err


def test_an_unknown_option_or_command_exits_with_2(call):
    assert call("pretrain", "--stepz", "3")[0] == 2
    assert call("pretrane")[0] == 2


def test_ctrl_c_saves_a_checkpoint_and_reports_how_to_resume(small_corpus, tmp_path):
    command = [sys.executable, "-m", "minibert"]
    process = subprocess.Popen(
        [*command, "pretrain", small_corpus, *SMALL, "--steps", "100000", "--out", "run"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    wait_for(lambda: (tmp_path / "run" / "metrics.jsonl").read_text().count("\n") > 3, process)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "minibert pretrain --resume --out run" in out and "Traceback" not in err
    run = Run.open(tmp_path / "run")
    assert run.state == "interrupted"
    step = int(out.split("stopped at step ")[1].split(";")[0].replace(",", ""))
    assert (run.path / "checkpoints" / f"step-{step:08}" / "model.safetensors").exists()


def wait_for(condition, process, seconds=90):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if condition():
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise AssertionError(process.communicate()[1] if process.poll() is not None else "too slow")


def test_a_closed_pipe_is_not_an_error(small_corpus, tmp_path):
    script = f"{sys.executable} -m minibert vocab {small_corpus} -o {tmp_path / 'v'} | true"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, env=os.environ)
    assert "Traceback" not in done.stderr


def interrupt(*arguments, **options):
    raise KeyboardInterrupt


def test_an_option_given_with_its_default_contradicts_a_run_with_another_value(
    call, small_corpus, monkeypatch
):
    monkeypatch.setattr("minibert.training.trainer.Trainer.evaluate", interrupt)
    started = [*SMALL, "--objective", "line", "--seed", 3, "--out", "run", "--steps", 100]
    assert call("pretrain", small_corpus, *started)[0] == 130
    going_on = ["pretrain", "--resume", "--out", "run", "--checkpoint-every", 20]
    for name, default, was in [
        ("--objective", "next_sentence", "line"),
        ("--batch-size", 32, 8),
        ("--seed", 0, 3),
    ]:
        code, _, err = call(*going_on, name, default)
        assert code == 2
        assert f"{name} is {default}, but run was started with {was}; leave it out" in err
    assert call(*going_on, "--objective", "line", "--seed", 3)[0] == 130
