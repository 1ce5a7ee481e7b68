"""Labelled texts are read from any usual table, and what is wrong has a file and a line."""

import csv
import io
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minibert.errors import FileError, LabelError, TextError
from minibert.finetuning.examples.columns import Example, Layout
from minibert.finetuning.examples.reader import read_examples, stream_examples
from minibert.finetuning.examples.tables import read_rows

TWO = [("a good film", None, "pos"), ("a bad film", None, "neg"), ("good fun", None, "pos")]
PAIRS = [("he sleeps", "he is awake", "no"), ("he runs", "he moves", "yes")]

READ = {
    "a header": (
        "a.tsv",
        "text\tlabel\na good film\tpos\na bad film\tneg\ngood fun\tpos\n",
        {},
        TWO,
    ),
    "none": ("a.tsv", "a good film\tpos\na bad film\tneg\ngood fun\tpos\n", {}, TWO),
    "label first": ("a.tsv", "pos\ta good film\nneg\ta bad film\npos\tgood fun\n", {}, TWO),
    "other names": (
        "a.csv",
        "id,comment,mood\n1,a good film,pos\n2,a bad film,neg\n3,good fun,pos\n",
        {"text": "comment", "label": "mood"},
        TWO,
    ),
    "numbers of columns": (
        "a.tsv",
        "x\tpos\t\ta good film\nx\tneg\t*\ta bad film\nx\tpos\t\tgood fun\n",
        {"text": "4", "label": "2"},
        TWO,
    ),
    "quotes and line ends in CSV": (
        "a.csv",
        'Sentence,Label\r\n"a ""fine"", long\nfilm",1\r\n\r\nplain,0\r\n',
        {},
        [('a "fine", long\nfilm', None, "1"), ("plain", None, "0")],
    ),
    "quotes in TSV are text": (
        "a.tsv",
        'sentence\tlabel\n"a film\t1\nso, "so"\t0\n',
        {},
        [('"a film', None, "1"), ('so, "so"', None, "0")],
    ),
    "JSON lines": (
        "a.jsonl",
        '{"text": "a good film", "label": "pos"}\n{"label": "neg", "text": "a bad film", "x": 1}\n'
        '{"text": "good fun", "label": "pos"}\n',
        {},
        TWO,
    ),
    "labels of JSON": (
        "a.jsonl",
        '{"text": "a", "label": 1}\n{"text": "b", "label": 0.5}\n{"text": "c", "label": true}\n',
        {},
        [("a", None, "1"), ("b", None, "0.5"), ("c", None, "True")],
    ),
    "pairs by the names of GLUE": (
        "a.tsv",
        "index\tsentence1\tsentence2\tlabel\n0\the sleeps\the is awake\tno\n"
        "1\the runs\the moves\tyes\n",
        {},
        PAIRS,
    ),
    "pairs without a header": (
        "a.tsv",
        "no\the sleeps\the is awake\nyes\the runs\the moves\nno\tit\tthat\n",
        {},
        [*PAIRS, ("it", "that", "no")],
    ),
    "a text of a pair alone": (
        "a.tsv",
        "sentence1\tsentence2\tlabel\na\tb\t1\nc\td\t0\n",
        {"text": "sentence2"},
        [("b", None, "1"), ("d", None, "0")],
    ),
    "found by looking": ("a.txt", "a good film\tpos\na bad film\tneg\ngood fun\tpos\n", {}, TWO),
    "a mark before it": ("a.tsv", "\ufefftext\tlabel\na good film\tpos\n", {}, TWO[:1]),
    "CoNLL": (
        "a.conll",
        "-DOCSTART- O\n\nMary NNP B-PER\nran VBD O\n\n\nRome NNP B-LOC\n",
        {},
        [(["Mary", "ran"], None, ["B-PER", "O"]), (["Rome"], None, ["B-LOC"])],
    ),
    "CoNLL found by looking": (
        "train.txt",
        "Mary NNP B-PER\nran VBD O\n\nRome NNP B-LOC\n",
        {"label": "2"},
        [(["Mary", "ran"], None, ["NNP", "VBD"]), (["Rome"], None, ["NNP"])],
    ),
    "words in JSON": (
        "a.jsonl",
        '{"tokens": ["Mary", "ran"], "ner_tags": ["B-PER", "O"]}\n',
        {},
        [(["Mary", "ran"], None, ["B-PER", "O"])],
    ),
    "a header by its word": (
        "a.tsv",
        "a\tb\ngood\tpos\n",
        {"header": "yes", "text": "a", "label": "b"},
        [("good", None, "pos")],
    ),
    "no header by its word": (
        "a.tsv",
        "text\tlabel\nb\tx\n",
        {"header": "no", "label": "2"},
        [("text", None, "label"), ("b", None, "x")],
    ),
}


@pytest.mark.parametrize("case", READ)
def test_files_are_read(case, tmp_path):
    name, text, given, expected = READ[case]
    path = tmp_path / name
    path.write_bytes(text.encode())
    found = read_examples(str(path), Layout(**given))
    assert [tuple(one[:3]) for one in found.examples] == expected


@pytest.mark.parametrize("case", READ)
def test_the_layout_found_reads_the_file_again(case, tmp_path):
    name, text, given, _ = READ[case]
    path = tmp_path / name
    path.write_bytes(text.encode())
    found = read_examples(str(path), Layout(**given))
    assert read_examples(str(path), found.layout(Layout(**given))) == found


REFUSED = {
    "no file": (None, None, {}, "cannot be read: No such file"),
    "nothing in it": ("a.tsv", b"\n \n", {}, "holds no text"),
    "a header alone": ("a.tsv", b"text\tlabel\n", {}, "has a header and no rows"),
    "not UTF-8": ("a.tsv", b"text\tlabel\ncaf\xe9\t1\n", {}, "line 2 is not UTF-8"),
    "a missing column": (
        "a.tsv",
        b"text\tlabel\na\t1\nb\n",
        {},
        "line 3: this row has 1 columns, but the first row 2",
    ),
    "one too many": (
        "a.csv",
        b"text,label\na,b,1\n",
        {},
        "line 2: this row has 3 columns, but the first row 2",
    ),
    "an empty label": ("a.tsv", b"text\tlabel\na\t\n", {}, "line 2: the label is empty"),
    "no such column": (
        "a.tsv",
        b"text\tlabel\na\t1\n",
        {"label": "mood"},
        "no column 'mood'; it has text, label",
    ),
    "no number of one": ("a.tsv", b"a\t1\nb\t2\n", {"label": "3"}, "there is no column 3"),
    "no label in sight": ("a.tsv", b"text\tmood\na\t1\n", {}, "name the column by `label`"),
    "one column": ("a.tsv", b"a\nb\n", {}, "give the numbers of the columns"),
    "many columns": (
        "a.tsv",
        b"a\tb\tc\td\n",
        {},
        "the numbers of the columns by `text` and `label`",
    ),
    "a header not seen": (
        "a.tsv",
        b"phrase here\tmood\na\tx\nb\ty\nc\tx\nd\ty\n",
        {},
        "only the first row has the label 'mood'; set `header` to yes",
    ),
    "a header over numbers": ("a.tsv", b"a\tmood\nb\t1\nc\t2\nd\t3\n", {}, "set `header` to yes"),
    "an open quote": ("a.csv", b'text,label\n"a,1\nb,2\n', {}, "line 2: a quote is opened here"),
    "bad CSV": ("a.csv", b'text,label\n"a"b,1\n', {}, "line 2: this is not CSV"),
    "bad JSON": (
        "a.jsonl",
        b'{"text": "a", "label": 1}\n{"text"\n',
        {},
        "line 2: this is not JSON",
    ),
    "no object": ("a.jsonl", b"[1]\n", {}, "line 1: this is not a JSON object"),
    "a key not there": (
        "a.jsonl",
        b'{"text": "a", "label": 1}\n{"text": "b"}\n',
        {},
        "line 2: there is no key 'label'",
    ),
    "a number as text": ("a.jsonl", b'{"text": 3, "label": 1}\n', {}, "line 1: the text is 3"),
    "one label for words": (
        "a.jsonl",
        b'{"tokens": ["a"], "label": "x"}\n',
        {},
        "one of text and label is a list",
    ),
    "too few labels": (
        "a.jsonl",
        b'{"tokens": ["a", "b"], "tags": ["x"]}\n',
        {},
        "there are 2 words but 1 labels",
    ),
    "a word without a label": (
        "a.conll",
        b"a\nb\n\n",
        {},
        "line 1: a word has no label",
    ),
    "uneven words": (
        "a.conll",
        b"a O\n\na O\nb\n",
        {},
        "line 4: this line has 1 columns, but the line before 2",
    ),
    "no telling": ("a.txt", b"a b c\nd e\n", {}, "set `format` to one of"),
    "plain lines": ("a.txt", b"a\n", {"format": "lines"}, "have no labels"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_errors_name_file_and_line(case, tmp_path):
    name, data, given, said = REFUSED[case]
    path = tmp_path / (name or "none.tsv")
    if name:
        path.write_bytes(data)
    with pytest.raises((LabelError, TextError, FileError)) as caught:
        read_examples(str(path), Layout(**given))
    message = str(caught.value)
    assert said in message and path.name in message and "\n" not in message


def test_texts_without_labels_are_streamed():
    lines = ((number, f"text {number}") for number in count(1))
    examples = stream_examples(lines, "pipe", Layout("lines"), labelled=False)
    assert next(examples) == Example("text 1", place="pipe, line 1")
    assert next(lines) == (2, "text 2")


CELLS = st.lists(
    st.text(st.characters(codec="utf-8", exclude_characters="\r"), min_size=1),
    min_size=2,
    max_size=2,
)


@given(st.lists(CELLS, min_size=1))
def test_output_of_a_csv_writer_is_read_back(rows):
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerows(rows)
    lines = enumerate(file.getvalue().split("\n")[:-1], 1)
    assert [row.cells for row in read_rows(lines, "csv", "a.csv")] == rows
