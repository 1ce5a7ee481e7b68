"""Finding pieces of a vocabulary by how they begin, by what they contain, or by id."""

from __future__ import annotations

from collections.abc import Sequence

PART = "##"  # what a piece that goes on with a word begins with


def search_pieces(pieces: Sequence[str], query: str) -> list[int]:
    """The ids of the pieces that a query finds, the best first.

    A number finds the piece of that id first. Then come pieces that are the query, pieces that
    begin with it, parts of words that do, and pieces that contain it, each in the order of ids.
    So `##` at the beginning finds parts of words alone, and an empty query everything.

    Args:
        pieces: by id.
        query: what was typed; capitals count, as in a cased vocabulary.
    """
    ranks: tuple[list[int], ...] = ([], [], [], [])
    for id, piece in enumerate(pieces):
        if query in piece:
            ranks[_rank(piece, query)].append(id)
    found = [id for rank in ranks for id in rank]
    if query.isdecimal() and int(query) < len(pieces):
        return [int(query), *(id for id in found if id != int(query))]
    return found


def _rank(piece: str, query: str) -> int:
    if piece == query:
        return 0
    if piece.startswith(query):
        return 1
    return 2 if piece.startswith(PART + query) else 3
