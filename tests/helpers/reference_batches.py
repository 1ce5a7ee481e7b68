"""Examples and masks made slowly and plainly, on lists, from the description of each method.

The random numbers are minibert's (Philox4x32-10), drawn in the same order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

MASK32 = 0xFFFFFFFF
MASK64 = 0xFFFFFFFFFFFFFFFF
PAIRS, SHUFFLE, MASKING = 1, 2, 3
PAD, UNK, CLS, SEP, MASK = range(5)

Sentence = list[int]
Document = list[Sentence]
Documents = dict[int, Document]
"""By number, in ascending order."""


def mix64(value: int) -> int:
    z = (value + 0x9E3779B97F4A7C15) & MASK64
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK64
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK64
    return z ^ (z >> 31)


class Stream:
    def __init__(self, seed: int, purpose: int, epoch: int, index: int) -> None:
        self.key = mix64(mix64(seed) ^ purpose)
        self.counter = [0, epoch, index & MASK32, index >> 32]
        self.ready: list[int] = []

    def next_u32(self) -> int:
        if not self.ready:
            self.ready = self.block()
            self.counter[0] += 1
        return self.ready.pop(0)

    def block(self) -> list[int]:
        low, high = self.key & MASK32, self.key >> 32
        a, b, c, d = self.counter
        for _ in range(10):
            first, second = 0xD2511F53 * a, 0xCD9E8D57 * c
            a, c = second >> 32 ^ b ^ low, first >> 32 ^ d ^ high
            b, d = second & MASK32, first & MASK32
            low, high = (low + 0x9E3779B9) & MASK32, (high + 0xBB67AE85) & MASK32
        return [a, b, c, d]

    def below(self, bound: int) -> int:
        threshold = (1 << 32) % bound
        while True:
            product = self.next_u32() * bound
            if product & MASK32 >= threshold:
                return product >> 32

    def between(self, low: int, high: int) -> int:
        return low + self.below(high - low + 1)

    def unit(self) -> float:
        return self.next_u32() / 2**32

    def heads(self, tosses: int) -> int:
        heads = 0
        while tosses > 0:
            heads += bin(self.next_u32() >> (32 - min(tosses, 32))).count("1")
            tosses -= 32
        return heads


@dataclass
class Options:
    objective: str = "next_sentence"
    seq_len: int = 128
    seed: int = 0
    short_seq_prob: float = 0.1
    hard_negative_prob: float = 0.0
    balanced_labels: bool = True
    mask_unit: str = "token"
    masked_lm_prob: float = 0.15
    final_masked_lm_prob: float | None = None
    masked_lm_prob_epochs: float = 1.0
    max_predictions_per_seq: int | None = None
    mask_replace_prob: float = 0.8
    random_replace_prob: float = 0.1


@dataclass
class Example:
    """Segments, each of which a `[SEP]` follows."""

    segments: list[list[int]]
    label: int | None
    lacks_next: bool = False


def joined(sentences: Sequence[Sentence]) -> list[int]:
    return [token for sentence in sentences for token in sentence]


def truncated(a: list[int], b: list[int], max_tokens: int, rng: Stream) -> list[list[int]]:
    """Tokens come off the longer segment, from B when both are equal."""
    a_left, b_left = len(a), len(b)
    while a_left + b_left > max_tokens:
        if a_left > b_left:
            a_left -= 1
        else:
            b_left -= 1
    kept = []
    for segment, left in ((a, a_left), (b, b_left)):
        cut = len(segment) - left
        front = rng.heads(cut)
        kept.append(segment[front : front + left])
    return kept


def until_long(sentences: Sequence[Sentence], target: int) -> int:
    """How many sentences it takes for so many tokens; all, where they are too few."""
    tokens = 0
    for count, sentence in enumerate(sentences, start=1):
        tokens += len(sentence)
        if tokens >= target:
            return count
    return len(sentences)


def random_segment(
    documents: Documents, number: int, chunk: range, room: int, options: Options, rng: Stream
) -> list[int] | None:
    """`chunk` is A's sentences in document `number`. None: all drawn begin as the true one does."""
    document = documents[number]
    true_next = document[chunk.stop] if chunk.stop < len(document) else None
    for _ in range(10):
        sentences = drawn_elsewhere(documents, number, chunk, options, rng)
        if sentences[0] != true_next:
            return joined(sentences[: until_long(sentences, room)])
    return None


def drawn_elsewhere(
    documents: Documents, number: int, chunk: range, options: Options, rng: Stream
) -> list[Sentence]:
    """Sentences that do not touch the chunk, as many as there are in a row."""
    document = documents[number]
    if options.hard_negative_prob > 0 and rng.unit() < options.hard_negative_prob:
        before = list(range(0, chunk.start - 1))
        starts = before + list(range(chunk.stop + 1, len(document)))
        if starts:
            start = starts[rng.below(len(starts))]
            return document[start : chunk.start - 1 if start in before else None]
    others = [other for other in documents if other != number]
    other = others[rng.below(len(others))]
    start = rng.below(len(documents[other]))
    # The sentence behind A in the corpus, though it begins another document.
    if chunk.stop == len(document) and other == number + 1 and start == 0:
        if len(others) > 1:
            later = [n for n in documents if n > other] + list(documents)
            other = next(n for n in later if n != number)
        elif len(documents[other]) > 1:
            start = 1
    return documents[other][start:]


def next_sentence(
    documents: Documents,
    number: int,
    options: Options,
    target: int,
    random_next_prob: float,
    rng: Stream,
) -> Iterator[Example]:
    document = documents[number]
    max_tokens = options.seq_len - 3
    i = 0
    while i < len(document):
        count = until_long(document[i:], target)
        a_end = rng.between(1, count - 1) if count > 1 else 1
        a = joined(document[i : i + a_end])
        b = None
        if count == 1 or rng.unit() < random_next_prob:
            room = max(0, target - len(a))
            b = random_segment(documents, number, range(i, i + a_end), room, options, rng)
        is_random_next = b is not None
        i += a_end
        if b is None:
            following = until_long(document[i:], target - len(a))
            b = joined(document[i : i + following])
            i += following
        segments = truncated(a, b, max_tokens, rng)
        yield Example(segments, int(is_random_next), lacks_next=count == 1 and is_random_next)


def sentence_order(
    document: Document, options: Options, target: int, rng: Stream
) -> Iterator[Example]:
    i = 0
    while i < len(document):
        count = until_long(document[i:], target)
        if i + count + 1 == len(document) and len(document[-1]) == 1:
            count += 1
        chunk = document[i : i + count]
        i += count
        if count > 1:
            split = rng.between(1, count - 1)
            a, b = joined(chunk[:split]), joined(chunk[split:])
        elif len(chunk[0]) > 1:
            cut = rng.between(1, len(chunk[0]) - 1)
            a, b = chunk[0][:cut], chunk[0][cut:]
        else:
            continue
        is_swapped = rng.unit() < 0.5
        if is_swapped:
            a, b = b, a
        yield Example(truncated(a, b, options.seq_len - 3, rng), int(is_swapped))


def pairs_of(
    documents: Documents, number: int, options: Options, epoch: int, random_next_prob: float
) -> list[Example]:
    rng = Stream(options.seed, PAIRS, epoch, number)
    target = options.seq_len - 3
    if rng.unit() < options.short_seq_prob:
        target = rng.between(2, target)
    if options.objective == "sentence_order":
        return list(sentence_order(documents[number], options, target, rng))
    return list(next_sentence(documents, number, options, target, random_next_prob, rng))


def balanced_random_next_prob(documents: Documents, options: Options) -> float:
    probability = 0.5
    for _ in range(3):
        pairs = [
            pair
            for number in documents
            for pair in pairs_of(documents, number, options, 0, probability)
        ]
        lack_next = sum(pair.lacks_next for pair in pairs)
        if lack_next == len(pairs):
            break
        probability = max(0.0, (0.5 * len(pairs) - lack_next) / (len(pairs) - lack_next))
    return probability


@dataclass
class Packer:
    """Puts whole sentences together until no other fits."""

    room: int
    examples: list[Example] = field(default_factory=list)
    segments: list[list[int]] = field(default_factory=list)

    def close(self) -> None:
        if self.segments:
            self.examples.append(Example(self.segments, None))
            self.segments = []

    def add(self, sentence: Sentence, begins_document: bool) -> None:
        used = sum(map(len, self.segments)) + len(self.segments) - 1
        if self.segments and used + begins_document + len(sentence) <= self.room:
            if begins_document:
                self.segments.append([])
            self.segments[-1] = self.segments[-1] + sentence
            return
        self.close()
        for first in range(0, len(sentence), self.room):
            self.close()
            self.segments = [sentence[first : first + self.room]]


def singles(documents: Documents, options: Options) -> list[Example]:
    packer = Packer(options.seq_len - 2)
    for document in documents.values():
        for at, sentence in enumerate(document):
            packer.add(sentence, at == 0)
            if options.objective == "line":
                packer.close()
        if options.objective == "doc_sentences":
            packer.close()
    packer.close()
    return packer.examples


def examples_of(documents: Documents, options: Options, epoch: int) -> list[Example]:
    if options.objective in ("next_sentence", "sentence_order"):
        probability = 0.5
        if options.objective == "next_sentence" and options.balanced_labels:
            probability = balanced_random_next_prob(documents, options)
        examples = [
            pair
            for number in documents
            for pair in pairs_of(documents, number, options, epoch, probability)
        ]
    else:
        examples = singles(documents, options)
    order = Stream(options.seed, SHUFFLE, epoch, 0)
    for last in range(len(examples) - 1, 0, -1):
        other = order.below(last + 1)
        examples[last], examples[other] = examples[other], examples[last]
    return examples


# ---- masks --------------------------------------------------------------------------------------


@dataclass
class Row:
    input_ids: list[int]
    token_type_ids: list[int]
    masked_lm_positions: list[int]
    masked_lm_ids: list[int]
    next_sentence_label: int | None


def words_of(tokens: list[int], continuations: set[int], unit: str) -> list[list[int]]:
    """Positions, word by word; each by itself where words do not matter."""
    words: list[list[int]] = []
    for position, token in enumerate(tokens):
        if token <= MASK:
            continue
        follows = bool(words) and words[-1][-1] == position - 1
        if unit != "token" and token in continuations and follows:
            words[-1].append(position)
        else:
            words.append([position])
    return words


SPAN_WEIGHTS = [4 ** (n - 1) * 5 ** (10 - n) for n in range(1, 11)]
"""In proportion to 0.2 * 0.8 ** (n - 1), as whole numbers."""
NGRAM_WEIGHTS = [6, 3, 2]


def weighted(weights: list[int], rng: Stream) -> int:
    pick = rng.below(sum(weights))
    return next(n for n in range(1, len(weights) + 1) if pick < sum(weights[:n]))


def runs_chosen(
    words: list[list[int]], weights: list[int], budget: int, rng: Stream
) -> list[list[int]]:
    runs: list[list[int]] = []
    misses = 0
    while misses < 10 and (left := budget - sum(map(len, runs))) > 0:
        count = weighted(weights, rng)
        first = rng.below(len(words))
        run: list[int] = []
        for word in words[first : first + count]:
            is_next = not run or word[0] == run[-1] + 1
            is_free = all(word[0] not in other for other in runs)
            if not is_next or not is_free or len(run) + len(word) > left:
                break
            run += word
        if run:
            runs.append(run)
            misses = 0
        else:
            misses += 1
    return runs


def units_chosen(words: list[list[int]], unit: str, budget: int, rng: Stream) -> list[list[int]]:
    units: list[list[int]] = []
    if unit in ("span", "ngram"):
        units = runs_chosen(words, SPAN_WEIGHTS if unit == "span" else NGRAM_WEIGHTS, budget, rng)
    taken = {position for run in units for position in run}
    words = [word for word in words if word[0] not in taken]
    budget -= len(taken)
    left = budget
    for drawn in range(len(words)):
        if left == 0:
            break
        pick = drawn + rng.below(len(words) - drawn)
        words[drawn], words[pick] = words[pick], words[drawn]
        if len(words[drawn]) <= left:
            units.append(words[drawn])
            left -= len(words[drawn])
    if not units and words:
        units.append(words[0][:budget])
    return units


def row_of(
    example: Example,
    options: Options,
    rate: float,
    replacements: list[int],
    continuations: set[int],
    rng: Stream,
) -> Row:
    tokens = [CLS] + [token for segment in example.segments for token in [*segment, SEP]]
    types = [0] * len(tokens)
    if example.label is not None:
        second = len(example.segments[1]) + 1
        types[-second:] = [1] * second
    unit = options.mask_unit
    words = words_of(tokens, continuations, unit)
    budget = max(1, round(len(tokens) * rate))
    budget = min(budget, options.max_predictions_per_seq or budget, sum(map(len, words)))
    units = units_chosen(words, unit, budget, rng)
    positions = sorted(position for chosen in units for position in chosen)
    starts = {chosen[0] for chosen in units if chosen} if unit == "span" else set(positions)
    ids = [tokens[position] for position in positions]
    fate = 0.0
    for position in positions:
        if position in starts:
            fate = rng.unit()
        if fate < options.mask_replace_prob:
            tokens[position] = MASK
        elif fate < options.mask_replace_prob + options.random_replace_prob:
            tokens[position] = replacements[rng.below(len(replacements))]
    return Row(tokens, types, positions, ids, example.label)
