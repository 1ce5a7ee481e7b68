"""The search in a vocabulary: by prefix, by substring, or by id."""

from __future__ import annotations

from collections.abc import Sequence

CONTINUATION = "##"  # the prefix of a token that continues a word


def search_tokens(tokens: Sequence[str], query: str) -> list[int]:
    """The ids of the tokens that match a query, the best match first.

    A number matches the token with this id first. Then follow the query itself, tokens that begin
    with it, continuations that do (`##` and the query), and tokens that contain it, each group by
    id. `##` as the query therefore finds continuations only, and an empty query every token.

    Args:
        tokens: by id.
        query: case-sensitive.
    """
    ranks: tuple[list[int], ...] = ([], [], [], [])
    for id, token in enumerate(tokens):
        if query in token:
            ranks[_rank(token, query)].append(id)
    found = [id for rank in ranks for id in rank]
    if query.isdecimal() and int(query) < len(tokens):
        return [int(query), *(id for id in found if id != int(query))]
    return found


def _rank(token: str, query: str) -> int:
    if token == query:
        return 0
    if token.startswith(query):
        return 1
    return 2 if token.startswith(CONTINUATION + query) else 3
