from __future__ import annotations

import math
import re
import subprocess
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

CORPORA = Path(__file__).parents[2] / "corpora"
NUMBERS = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15,
    "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30,
    "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "one": 1,
}  # fmt: skip
NUMBER = r"([a-z]+(?:-[a-z]+)?)"
SINGULAR = "dog cat bird horse child boy girl man woman cow goose mouse baby farmer teacher"
PLURAL = "dogs cats birds horses children boys girls men women cows geese mice babies farmers"


def generate(*options: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, str(CORPORA / "generate.py"), *options]
    return subprocess.run(command, capture_output=True, check=False)


def value(text: str) -> int | None:
    """The number that a word spells, or None."""
    parts = [NUMBERS.get(part) for part in text.split("-")]
    known = [part for part in parts if part is not None]
    return sum(known) if len(known) == len(parts) else None


def words(sentence: str) -> list[str]:
    return re.findall(r"[a-z]+(?:'[a-z]+)?", sentence.lower())


@pytest.fixture(scope="module")
def text() -> str:
    return (CORPORA / "small-world.txt").read_bytes().decode("ascii")


@pytest.fixture(scope="module")
def documents(text):
    return [document.split("\n") for document in text.rstrip("\n").split("\n\n")]


@pytest.fixture(scope="module")
def sentences(documents):
    return [sentence for document in documents for sentence in document]


@pytest.fixture(scope="module")
def people():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(CORPORA))
        from smallworld.people import PEOPLE

        return PEOPLE


@pytest.mark.exhaustive
def test_the_generator_writes_the_committed_text_byte_for_byte(tmp_path):
    written = tmp_path / "again.txt"
    assert generate("-o", str(written)).returncode == 0
    assert written.read_bytes() == (CORPORA / "small-world.txt").read_bytes()


def test_a_seed_fixes_the_text_and_another_seed_changes_it():
    first, again, other = (
        generate("--seed", seed, "--megabytes", "0.02").stdout for seed in ("5", "5", "6")
    )
    assert len(first) >= 20_000
    assert first == again
    assert first != other


@pytest.mark.parametrize(
    "options",
    [
        ("--megabytes", "-1"),
        ("--megabytes", "nan"),
        ("--megabytes", "many"),
        ("--seed", "x"),
        ("--unknown",),
        ("--megabytes", "0.01", "-o", "no/such/folder/text.txt"),
    ],
)
def test_a_bad_option_is_reported_in_one_sentence_with_exit_code_2(options):
    ended = generate(*options)
    assert ended.returncode == 2
    assert ended.stdout == b""
    assert ended.stderr.count(b"\n") == 1
    assert ended.stderr.startswith(b"generate.py: ")


def test_the_text_has_the_size_a_small_model_needs(text, documents, sentences):
    tokens = [word for sentence in sentences for word in words(sentence)]
    assert 2_000_000 <= len(text) <= 2_600_000
    assert 400_000 <= len(tokens) <= 520_000
    assert 1_200 <= len(set(tokens)) <= 2_500
    assert 3_000 <= len(documents) <= 6_000


def test_documents_and_sentences_keep_their_length(documents, sentences):
    assert {len(document) for document in documents} <= set(range(6, 15))
    assert {len(words(sentence.lower())) for sentence in sentences} <= set(range(4, 19))


def test_every_sentence_is_cleanly_written(sentences):
    for sentence in sentences:
        assert re.fullmatch(r'"?[A-Z][A-Za-z ,.!?:\'"-]*[.!?]"?', sentence), sentence
        assert sentence.count('"') % 2 == 0, sentence
        assert not re.search(r"  | [,.!?]|[,.!?]{2}", sentence), sentence
        doubled = set(re.findall(r"\b([a-z]+) \1\b", sentence.lower()))
        assert doubled <= {"had", "bye"}, sentence


def test_a_and_an_fit_the_word_that_follows(sentences):
    for sentence in sentences:
        for article, following in re.findall(r"\b(an?) ([a-z]+)", sentence.lower()):
            vowel = following[0] in "aeiou" or following.startswith("hour")
            assert article == ("an" if vowel else "a"), sentence


def test_verbs_agree_with_their_subject_across_a_phrase_with_another_noun(sentences):
    nouns = f"{SINGULAR} {PLURAL}".replace(" ", "|")
    near = "near|behind|beside|under|between|next to|in front of|across from"
    subject = rf"The (?:[a-z]+ )?({nouns})(?: (?:{near})(?: [a-z]+){{2,3}}?)?"
    found = Counter()
    for sentence in sentences:
        if parse := re.match(rf"{subject} (is|are|was|were|has|have)\b", sentence):
            noun, verb = parse.groups()
            plural = noun in PLURAL.split()
            assert (verb in ("are", "were", "have")) == plural, sentence
            found[plural] += 1
    assert min(found[True], found[False]) >= 300


def test_determiners_agree_with_their_noun(sentences):
    for sentence in sentences:
        for determiner, noun in re.findall(r"\b(this|these|those) ([a-z]+)", sentence.lower()):
            if noun in PLURAL.split():
                assert determiner in ("these", "those"), sentence
            if noun in SINGULAR.split():
                assert determiner == "this", sentence


def test_a_reflexive_agrees_with_the_person_it_refers_to(sentences, people):
    reflexive = {person.name: "himself" if person.sex == "m" else "herself" for person in people}
    seen = 0
    for sentence in sentences:
        names = {word for word in re.findall(r"[A-Z][a-z]+", sentence) if word in reflexive}
        used = set(re.findall(r"\b(?:him|her)self\b", sentence))
        if len(names) == 1 and used:
            assert used == {reflexive[names.pop()]}, sentence
            seen += 1
    assert seen >= 50


def test_a_person_has_the_same_job_everywhere(sentences, people):
    job = {person.name: person.job.name for person in people if person.job}
    titles = "|".join(sorted(set(job.values()), key=len, reverse=True))
    says = rf"\b([A-Z][a-z]+)(?: works as an?| is an?| has been an?|, the) ({titles})\b"
    seen = 0
    for sentence in sentences:
        if "?" in sentence.split('" ')[0]:
            continue
        for name, title in re.findall(says, sentence):
            if name in job:
                assert job[name] == title, sentence
                seen += 1
    assert seen >= 400


def test_sums_outside_of_spoken_guesses_are_right(sentences):
    sum_of_two = rf"\b{NUMBER} (and|minus) {NUMBER} (?:is|makes) {NUMBER}\b"
    seen = 0
    for sentence in sentences:
        if '"' in sentence:
            continue
        for one, sign, two, total in re.findall(sum_of_two, sentence.lower()):
            left, right, answer = value(one), value(two), value(total)
            if left is not None and right is not None and answer is not None:
                assert answer == (left + right if sign == "and" else left - right), sentence
                seen += 1
    assert seen >= 100


def test_few_sentences_are_repeated_word_for_word(sentences):
    counts = Counter(sentences)
    repeated = sum(count for count in counts.values() if count > 1)
    assert repeated / len(sentences) < 0.35
    assert len(counts) / len(sentences) > 0.75
    assert counts.most_common(1)[0][1] < 60


def test_no_document_says_a_sentence_twice(documents):
    assert all(len(set(document)) == len(document) for document in documents)


def test_context_makes_words_predictable_but_not_certain(sentences):
    tokens = [word for sentence in sentences for word in words(sentence)]
    single, pairs = Counter(tokens), Counter(pairwise(tokens))
    total = len(tokens)
    unigram = -sum(n / total * math.log(n / total) for n in single.values())
    after_one = -sum(n / total * math.log(n / single[first]) for (first, _), n in pairs.items())
    assert 5.5 < unigram < 6.5
    assert 2.0 < after_one < 0.65 * unigram


def test_a_sentence_shares_its_people_with_the_next_but_not_with_a_random_one(documents, people):
    names = {person.name for person in people}

    def named(sentence: str) -> set[str]:
        return names.intersection(re.findall(r"[A-Z][a-z]+", sentence))

    shared, both = Counter(), Counter()
    for index, document in enumerate(documents):
        stranger = documents[(index * 31 + 17) % len(documents)]
        for place, first in enumerate(document[:-1]):
            others = {"next": document[place + 1], "random": stranger[place % len(stranger)]}
            for which, other in others.items():
                if named(first) and named(other):
                    both[which] += 1
                    shared[which] += bool(named(first) & named(other))
    assert shared["next"] / both["next"] > 0.4
    assert shared["random"] / both["random"] < 0.1


@pytest.mark.parametrize(
    ("before", "answers", "least"),
    [
        (r"\bcows?(?: near the \w+)? (?:eats?|ate|is eating|are eating) ", ("grass",), 80),
        (
            r"\bthe (?:\w+ )?dogs (?:near|behind|beside|under) the (?:old )?\w+ ",
            ("are", "were"),
            30,
        ),
        (r"\brained [a-z ]+, (?:and )?so the (?:ground|\w+) was (?:very )?", ("wet",), 60),
    ],
)
def test_the_probe_sentences_have_their_answers_in_the_corpus(text, before, answers, least):
    found = Counter(re.findall(before + "([a-z]+)", text.lower()))
    right = sum(found[answer] for answer in answers)
    assert right >= least, found
    assert right >= 0.7 * sum(found.values()), found


def test_animals_and_people_sit_often(text):
    found = Counter(re.findall(r"\bthe (?:[a-z]+ )?([a-z]+) sat\b", text.lower()))
    assert found["cat"] >= 250, found
    assert all(found[noun] >= 60 for noun in ["dog", "bird", "man", "woman", "boy", "girl"]), found
