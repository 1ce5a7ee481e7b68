"""What many kinds of documents need: who is in it and when it happens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast as typed

from smallworld.page import Page
from smallworld.people import CHILDREN, FAMILIES, PEOPLE, Family, Person
from smallworld.things import DAYS, SEASONS, Season


def family(page: Page) -> Family:
    """Put a family in the cast, each member under the name of the role."""
    chosen = page.chance.pick(FAMILIES)
    page.cast["pet"] = chosen.pet
    for role in ("father", "mother", "son", "daughter", "elder"):
        page.cast[role] = getattr(chosen, role)
    return chosen


def child(page: Page) -> Person:
    """Put a child in the cast as ``p``, with a parent of the other sex as ``parent``."""
    person = page.chance.pick(CHILDREN)
    home = FAMILIES[person.family]
    page.cast["p"] = person
    page.cast["parent"] = home.mother if person.sex == "m" else home.father
    page.cast["sibling"] = home.daughter if person.sex == "m" else home.son
    page.cast["elder"] = home.elder
    page.cast["pet"] = home.pet
    return person


def two_children(page: Page) -> tuple[Person, Person]:
    """Put a boy and a girl of two families in the cast as ``p`` and ``q``, in any order."""
    first = page.chance.pick(CHILDREN)
    others = [
        other for other in CHILDREN if other.sex != first.sex and other.family != first.family
    ]
    second = page.chance.pick(others)
    page.cast["p"], page.cast["q"] = first, second
    return first, second


def two_people(page: Page) -> tuple[Person, Person]:
    """Put two people of different sex and family in the cast as ``p`` and ``q``."""
    first = page.chance.pick(PEOPLE)
    others = [other for other in PEOPLE if other.sex != first.sex and other.family != first.family]
    second = page.chance.pick(others)
    page.cast["p"], page.cast["q"] = first, second
    return first, second


def season(
    page: Page, names: str = "spring summer autumn winter", days: Sequence[str] = DAYS
) -> Season:
    """Put a season, a month and a day in the cast, and ``when`` as a phrase that names them."""
    allowed = [each for each in SEASONS if each.name in names.split()]
    chosen = typed(Season, page.pick("season", allowed))
    page.pick("month", chosen.months)
    page.pick("day", days)
    part = page.pick("part", ("morning", "afternoon"))
    page.set(
        when=f"{{one {{{chosen.feel}|quiet|fine|}} {part} in {{[month]|{chosen}}}"
        f"|on a {{{chosen.feel}|quiet|fine|busy}} {part} in {{[month]|{chosen}}}"
        f"|one {{{chosen}|[month]}} {part}|one day in {{[month]|{chosen}}}"
        f"|{{on|last|one}} [day]|{{on|last|one}} [day] {part}}}"
    )
    return chosen
