"""Pictures described, with agreement across a prepositional phrase."""

# ruff: noqa: D102, E501 -- the properties are the words they give; a pattern is one line.

from __future__ import annotations

from dataclasses import dataclass

from smallworld.page import Page
from smallworld.scene import child, season


@dataclass(frozen=True)
class Noun:
    """A noun in one number with what agrees with it."""

    text: str
    plural: bool
    doing: tuple[str, ...]
    look: tuple[str, ...]

    def __str__(self) -> str:
        return self.text

    @property
    def be(self) -> str:
        return "are" if self.plural else "is"

    @property
    def was(self) -> str:
        return "were" if self.plural else "was"

    @property
    def has(self) -> str:
        return "have" if self.plural else "has"

    @property
    def do(self) -> str:
        return "do" if self.plural else "does"

    @property
    def s(self) -> str:
        """The ending of a regular verb in the present tense."""
        return "" if self.plural else "s"

    @property
    def it(self) -> str:
        if self.plural:
            return "they"
        return _HE_OR_SHE.get(self.text, "it")

    @property
    def this(self) -> str:
        return "these" if self.plural else "this"

    @property
    def that(self) -> str:
        return "those" if self.plural else "that"


_HE_OR_SHE = {
    "boy": "he",
    "man": "he",
    "farmer": "he",
    "girl": "she",
    "woman": "she",
    "teacher": "she",
}
_LIVING = (
    ("dog dogs", "barking/running/sleeping/playing", "big/brown/old/friendly"),
    ("cat cats", "sleeping/playing/looking at the birds", "black/white/little/fat"),
    ("bird birds", "singing/flying away/building a nest", "small/yellow/noisy/pretty"),
    ("horse horses", "eating hay/running/standing still", "white/tall/strong/brown"),
    ("child children", "laughing/playing/singing/running", "happy/small/tired/noisy"),
    ("boy boys", "playing football/laughing/reading/running", "young/tall/hungry/happy"),
    ("girl girls", "singing/dancing/drawing/laughing", "young/tall/clever/happy"),
    ("man men", "talking/working/reading a newspaper/resting", "old/tall/tired/kind"),
    ("woman women", "talking/working/buying fruit/resting", "old/tall/kind/busy"),
    ("cow cows", "eating grass in the field/sleeping/standing still", "brown/big/white/old"),
    ("goose geese", "swimming/eating grass/making noise", "white/loud/fat/grey"),
    ("mouse mice", "eating cheese/hiding/running away", "grey/tiny/quick/hungry"),
    ("sheep sheep", "eating grass/resting/looking at us", "white/quiet/young/old"),
    ("baby babies", "sleeping/crying/smiling", "little/small/happy/tired"),
    ("farmer farmers", "working/resting/talking", "old/busy/tired/kind"),
    ("teacher teachers", "reading/talking/smiling", "young/kind/busy/tall"),
)  # fmt: skip


_NEARS = (
    ("near the", "house", "houses"),
    ("near the", "house", "houses"), ("behind the", "tree", "trees"), ("beside the", "wall", "walls"),
    ("under the", "tree", "trees"), ("near the", "boat", "boats"), ("in front of the", "shop", "shops"),
    ("next to the", "cart", "carts"), ("behind the", "fence", "fences"), ("near the", "bench", "benches"),
    ("between the", "trees", "trees"), ("across from the", "window", "windows"),
    ("near the", "flower", "flowers"), ("near the old", "house", "houses"), ("beside the", "gate", "gates"),
)  # fmt: skip


PICTURE_START = """
Look at this picture{ of [where]|}. What {can you see|do you see}?
[p] is {looking at|showing us} a {picture|big picture} of [where].
{This picture shows|Here is a picture of} [where]{ on a [feel] day|}.
"What is in {your|the} picture?" asks [parent].
"""


PICTURE_STEP = """
*2
The [x] [near] [x.be] [doing].
The [look] [x] [near] [x.be] not [doing3].
The [x] that [x.be] [near] [x.be] [look].

[x.it] [x.be] [look2], but [x.it] [x.be] not [doing3].
{[x.this]|[x.that]} [x] [x.be] [look] and {very|quite} [look2].
[x.this] [x] [x.be] [doing], but [x.that] [x] over there [x.be] not.
[x.do] {[x.this]|the} [x] look [look2]? Yes, [x.it] [x.do].
[x.be] {[x.this]|the} [x] [doing]? Yes, [x.it] [x.be].
[x.be] the [x] [doing3]? No, [x.it] [x.be] not.
Yesterday [x.it] [x.was] {there too|not there|in another place}.
{Now|At the moment} [x.it] [x.be] [doing] {near the road|in the sun|alone}.
The [x] [near] [x.was] there {before|yesterday} too.
Yesterday the [x] [near] [x.was] [doing2] too.
"""


PICTURE_END = """
*1
There [y.be] {also|} [count] [y] {in the picture|on the left|on the right}, and [y.it] [y.be] [ydoing].
There [y.be] [count] [y] [near], and [y.it] [y.be] [ylook].

@present

*2
The sky is {blue|grey|bright}, and {there are a few clouds|there is only one cloud|the sun is shining}.
There {is a house|are two houses|are some trees} in the {middle|background}, and {a road leads to the hill|smoke is rising}.
{There is not much snow|There are not many people|There is only a little water} in the picture.
"{I would like to be there|It is a beautiful picture}," says [p].
[p] {has painted|painted} it [p.himself], and {everybody likes it|[p.he] is proud of it}.
The picture was painted by Astrid, {the painter|who is a painter}.
{All|Most} of them are {happy|in the sun}, but {nobody|none of them} {looks at us|sees the cat on the roof}.
{A|The} cat {is sitting|sits} on the roof and {watches|looks at} {everything|all of them}.
"""


def _noun(row: tuple[str, str, str], plural: bool) -> Noun:
    forms, doing, look = row
    text = forms.split(" ")[1 if plural else 0]
    return Noun(text, plural, tuple(doing.split("/")), tuple(look.split("/")))


def picture(page: Page) -> None:
    """A picture described in the present, with agreement across a prepositional phrase."""
    child(page)
    chosen = season(page)
    page.cast["feel"] = chosen.feel
    page.set(where="{the village|the market|a farm|a park|the harbour|a street|the school yard}")
    page.tell(PICTURE_START)
    first = page.chance.pick((*_LIVING, *_LIVING[:2], _LIVING[9]))
    rows = [first, *page.chance.sample([row for row in _LIVING if row is not first], 3)]
    for row in rows[:3]:
        noun = _noun(row, page.chance.happens(0.5))
        start, one, many = page.chance.pick(_NEARS)
        doing, doing2, doing3 = page.chance.sample(noun.doing, 3)
        look, look2 = page.chance.sample(noun.look, 2)
        page.cast.update(x=noun, near=f"{start} {page.chance.pick((one, many))}", doing=doing)
        page.cast.update(doing2=doing2, doing3=doing3, look=look, look2=look2)
        page.tell(PICTURE_STEP)
    last = _noun(rows[3], page.chance.happens(0.6))
    count = page.chance.pick(("two", "three", "four", "some", "many")) if last.plural else "a"
    page.cast.update(
        y=last, count=count, ydoing=page.chance.pick(last.doing), ylook=page.chance.pick(last.look)
    )
    page.tell(PICTURE_END)


KINDS = (picture,)
