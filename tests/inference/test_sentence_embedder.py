"""Sentence vectors are those that sentence-transformers makes of the same model."""

import json
import sys

import numpy as np
import pytest

from minibert import SentenceEmbedder
from minibert.errors import FileError, OptionError, TextTypeError
from minibert.inference.sentence_transformers import save_sentence_transformer
from minibert.io.npy import write_npy

TEXTS = [
    "The cow sat in the barn.",
    "",
    "the [MASK] ate",
    "Every morning the horse slept near the yard, and then it ate. " * 6,
    "hay",
]
KINDS = [
    {"pooling": pooling, "normalize": normalize}
    for pooling in ("mean", "cls")
    for normalize in (False, True)
]


@pytest.fixture
def load(small_run):
    def embedder(**arguments):
        return SentenceEmbedder.from_pretrained(
            small_run.run.path, **{"note": lambda text: None, **arguments}
        )

    return embedder


@pytest.fixture(scope="module")
def reference(small_run):
    """Vectors of transformers, pooled by the definition, one text at a time."""
    torch = pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    tokenizer = transformers.AutoTokenizer.from_pretrained(small_run.run.path)
    model = transformers.BertForPreTraining.from_pretrained(small_run.run.path).bert.eval()

    def vectors(texts, pooling, normalize):
        found = []
        for text in texts:
            with torch.inference_mode():
                of_tokens = model(**tokenizer(text, truncation=True, return_tensors="pt"))[0][0]
            vector = (of_tokens.mean(0) if pooling == "mean" else of_tokens[0]).numpy()
            found.append(vector / np.linalg.norm(vector) if normalize else vector)
        return np.stack(found)

    return vectors


@pytest.mark.parametrize("kind", KINDS)
def test_a_vector_is_the_mean_of_the_hidden_states_or_the_one_of_cls(load, reference, kind):
    vectors = load(**kind)(TEXTS)
    assert vectors.dtype == np.float32 and vectors.shape == (len(TEXTS), 32)
    np.testing.assert_allclose(vectors, reference(TEXTS, **kind), atol=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_sentence_transformers_loads_the_saved_folder_to_the_same_vectors(load, tmp_path, kind):
    package = pytest.importorskip("sentence_transformers")
    embed = load(**kind)
    folder = save_sentence_transformer(embed, tmp_path / "saved")
    theirs = package.SentenceTransformer(str(folder), device="cpu")
    assert theirs.max_seq_length == embed.model.config.max_position_embeddings
    np.testing.assert_allclose(embed(TEXTS), theirs.encode(TEXTS), atol=1e-5)


def test_the_saved_folder_has_the_files_that_sentence_transformers_reads(load, tmp_path):
    folder = save_sentence_transformer(load(normalize=True), tmp_path / "a" / "saved")
    read = {
        str(path.relative_to(folder)): json.loads(path.read_text())
        for path in folder.rglob("*.json")
    }
    assert [(m["idx"], m["path"], m["type"]) for m in read["modules.json"]] == [
        (0, "", "sentence_transformers.models.Transformer"),
        (1, "1_Pooling", "sentence_transformers.models.Pooling"),
        (2, "2_Normalize", "sentence_transformers.models.Normalize"),
    ]
    pooling = read["1_Pooling/config.json"]
    assert pooling["word_embedding_dimension"] == 32
    assert {name for name, value in pooling.items() if value is True} == {
        "pooling_mode_mean_tokens",
        "include_prompt",
    }
    assert read["sentence_bert_config.json"]["max_seq_length"] == 48
    assert read["tokenizer_config.json"]["model_max_length"] == 48
    assert read["config.json"]["architectures"] == ["BertModel"]
    assert read["config_sentence_transformers.json"]["similarity_fn_name"] == "cosine"
    assert (folder / "model.safetensors").exists() and (folder / "vocab.txt").exists()


def test_transformers_loads_the_saved_folder_with_nothing_missing_or_unexpected(load, tmp_path):
    transformers = pytest.importorskip("transformers")
    folder = save_sentence_transformer(load(), tmp_path / "saved")
    _, info = transformers.AutoModel.from_pretrained(folder, output_loading_info=True)
    assert not info["missing_keys"] and not info["unexpected_keys"]


def test_a_folder_that_is_not_empty_is_refused(load, tmp_path):
    (tmp_path / "mine").write_text("mine")
    with pytest.raises(FileError, match="is not an empty folder"):
        save_sentence_transformer(load(), tmp_path)
    with pytest.raises(FileError, match="is not a folder"):
        save_sentence_transformer(load(), tmp_path / "mine")
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_one_text_gives_one_vector_and_no_texts_give_none(load):
    embed = load()
    np.testing.assert_allclose(embed(TEXTS[0]), embed(TEXTS)[0], atol=1e-6)
    assert embed([]).shape == (0, 32)


def test_a_stream_is_read_no_further_than_needed_and_gives_the_same(load):
    read = []
    texts = (read.append(n) or f"{TEXTS[n % 5]} hay" for n in range(5000))
    embed = load()
    stream = embed.stream(texts)
    first, vectors = next(stream)
    assert len(read) == len(first) < 5000
    np.testing.assert_allclose(vectors, embed(first), atol=1e-6)
    assert len(first) + sum(len(some) for some, _ in stream) == 5000


def test_truncated_texts_are_counted_and_reported_once(load):
    notes = []
    embed = load(note=notes.append)
    embed([TEXTS[0], TEXTS[3]])
    embed(TEXTS[3:4] * 2000)
    embed(TEXTS[:1])
    assert notes == [
        "1 text was truncated to 48 tokens",
        "2,000 texts were truncated to 48 tokens",
    ]


def test_a_lower_layer_is_the_model_without_those_above(small_corpus, tmp_path):
    transformers = pytest.importorskip("transformers")
    torch = pytest.importorskip("torch")
    from minibert import BertForPreTraining, WordPieceTokenizer
    from minibert.model.files import save_model

    from helpers.samples import SMALL

    tokenizer = WordPieceTokenizer.train([small_corpus], SMALL.vocab_size)
    tokenizer.save_pretrained(tmp_path)
    save_model(tmp_path, BertForPreTraining(SMALL))
    theirs = transformers.AutoModel.from_pretrained(tmp_path).eval()
    ids = torch.tensor([list(tokenizer.encode(TEXTS[0]).ids)])
    with torch.inference_mode():
        layers = theirs(ids, output_hidden_states=True).hidden_states
    for layer in (1, 2, 3):
        embed = SentenceEmbedder.from_pretrained(tmp_path, layer=layer)
        np.testing.assert_allclose(embed(TEXTS[0]), layers[layer][0].mean(0), atol=1e-5)
    with pytest.raises(OptionError, match="`layer` is 4; the model has layers 1 to 3"):
        SentenceEmbedder.from_pretrained(tmp_path, layer=4)


def test_a_text_that_cannot_be_embedded_raises_an_error_with_the_reason(load):
    with pytest.raises(OptionError, match="`pooling` is 'max'; it must be one of mean, cls"):
        load(pooling="max")
    with pytest.raises(TextTypeError):
        load()(["hay", 3])


@pytest.mark.parametrize("sizes", [[], [0], [3], [1000, 1000, 1], [1] * 12])
def test_vectors_written_in_chunks_are_one_array(tmp_path, sizes):
    chunks = [np.random.default_rng(n).random((n, 7), np.float32) for n in sizes]
    rows = write_npy(tmp_path / "v.npy", iter(chunks), 7)
    assert rows == sum(sizes)
    expected = np.concatenate([np.empty((0, 7), np.float32), *chunks])
    np.testing.assert_array_equal(np.load(tmp_path / "v.npy"), expected)
    assert [path.name for path in tmp_path.iterdir()] == ["v.npy"]


def test_a_file_that_fails_half_way_leaves_the_old_one(tmp_path):
    def chunks():
        yield np.zeros((2, 7), np.float32)
        raise ValueError

    (tmp_path / "v.npy").write_bytes(b"old")
    with pytest.raises(ValueError):
        write_npy(tmp_path / "v.npy", chunks(), 7)
    assert (tmp_path / "v.npy").read_bytes() == b"old" and len(list(tmp_path.iterdir())) == 1


@pytest.fixture
def command(call, small_run, monkeypatch, tmp_path):
    """Run `minibert embed` on the small run, with bytes on standard input."""

    def run(*arguments, lines=b""):
        (tmp_path / "lines").write_bytes(lines)
        with (tmp_path / "lines").open() as file:
            monkeypatch.setattr(sys, "stdin", file)
            return call("embed", "--model", small_run.run.path, *arguments)

    return run


def test_texts_become_lines_of_json(command, load):
    code, out, err = command(*TEXTS[:3])
    rows = [json.loads(line) for line in out.splitlines()]
    assert (code, err) == (0, "") and [row["text"] for row in rows] == TEXTS[:3]
    np.testing.assert_allclose([row["vector"] for row in rows], load()(TEXTS[:3]), atol=1e-6)


def test_lines_become_rows_of_an_array_the_empty_ones_too(command, load, tmp_path):
    lines = "\n".join(TEXTS).encode()
    (tmp_path / "texts.txt").write_bytes(lines)
    options = ["--normalize", "--pooling", "cls"]
    code, out, err = command(*options, "-o", "a.npy", lines=lines)
    assert code == 0 and "wrote 5 vectors of 32 dimensions to a.npy" in out
    assert err == "minibert: 1 text was truncated to 48 tokens\n"
    assert command(*options, "--file", "texts.txt", "-o", "b.npy")[0] == 0
    a, b = np.load(tmp_path / "a.npy"), np.load(tmp_path / "b.npy")
    np.testing.assert_array_equal(a, b)
    np.testing.assert_allclose(a, load(normalize=True, pooling="cls")(TEXTS), atol=1e-6)


def test_save_writes_a_folder_for_sentence_transformers(command, tmp_path):
    code, out, err = command("--save", "st")
    assert (code, err) == (0, "") and 'SentenceTransformer("st")' in out
    assert (tmp_path / "st" / "modules.json").exists()


@pytest.mark.parametrize(
    ("arguments", "lines", "said"),
    [
        ([], b"", "standard input holds no text"),
        (["-o", "v.npy"], b"hay\n\xff\n", "standard input, line 2 is not UTF-8"),
        (["--file", "none.txt"], b"", "none.txt cannot be read: No such file"),
        (["hay", "--file", "lines"], b"", "texts cannot be combined with --file or --save"),
        (["--save", "st", "-o", "v.npy"], b"", "--save embeds no texts"),
        (["hay", "-o", "v.txt"], b"", "its name must end in .npy"),
        (["hay", "-o", "none/v.npy"], b"", "v.npy cannot be written: No such file"),
        (["hay", "--pooling", "men"], b"", "did you mean mean?"),
        (["hay", "--layer", 0], b"", "--layer is 0; it must be 1 or more"),
        (["hay", "--layer", 9], b"", "layer is 9; the model has layers 1 to 1"),
    ],
)
def test_unusable_input_of_embed_is_reported_in_one_sentence_and_leaves_nothing(
    command, tmp_path, arguments, lines, said
):
    code, out, err = command(*arguments, lines=lines)
    assert (code, out) == (2, "")
    assert err.startswith("minibert: ") and said in err and err.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["lines"]
