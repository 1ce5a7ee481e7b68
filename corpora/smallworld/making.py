"""Documents about how things are made."""

# ruff: noqa: E501 -- a pattern is one line, however long its choices make it.

from __future__ import annotations

from smallworld.page import Page
from smallworld.scene import child

MADE = {
    "bread": ("wheat", (
        "The farmer {sows|plants} wheat {in the field|in autumn}, and it {grows|gets tall}.",
        "In summer the wheat is {cut|harvested} and {brought|taken} to the mill.",
        "Jakub, the miller, {turns it into|makes} flour {in the old mill|}.",
        "Then the flour is {bought|needed} by Ivan, the baker.",
        "{He|The baker} mixes {it|the flour} with water and salt {and makes dough|}.",
        "The dough is {put|left} in a warm place, {so that it can rise|because it has to rise}.",
        "After an hour it is {shaped into loaves and|put into the hot oven and} baked.")),
    "a woollen coat": ("wool", (
        "{The sheep of Pedro|Pedro's sheep} {have|have grown} thick wool in {the|} winter.",
        "In spring the wool is {cut|taken} from the sheep, and it does not hurt them.",
        "{It|The wool} is washed {in warm water|well} and dried in the sun.",
        "Lucia, the weaver, {makes|spins} thread from {it|the wool}.",
        "Then the thread is {made into cloth|coloured red or blue}.",
        "Layla, the tailor, {buys|measures} the cloth and {cuts it with scissors|cuts it}.",
        "She {sews|puts} the pieces together {with needle and thread|carefully}.")),
    "honey": ("the juice of flowers", (
        "The bees {leave|fly out of} their hive when the sun {is warm|shines}.",
        "They fly from flower to flower and {collect|drink} the sweet juice.",
        "It is {carried|brought} back to the hive {by the bees|}.",
        "There the juice is {changed into|made into} honey {and kept for the winter|}.",
        "Zofia, the beekeeper, {opens the hive|puts on a white hat} and {is not afraid|works slowly}.",
        "She takes {some|a part} of the honey, but not all, because the bees need {it|food} too.",
        "Then the honey is {put|poured} into {jars|glass jars} and {closed|sold}.")),
    "a table": ("wood", (
        "Erik, the woodcutter, {looks for|chooses} a {strong|tall} tree in the forest.",
        "The tree is cut {down with an axe|with a saw and an axe}.",
        "It is {brought|taken} to the town {on a cart|by horses}.",
        "There {the trunk|it} is {sawed|cut} into {boards|thick boards}.",
        "The boards must dry {for a year|for many months}, because wet wood bends.",
        "Yusuf, the carpenter, {measures|buys} {them|the boards} and cuts {four legs|them}.",
        "Everything is {put together|joined} with {nails|glue and nails}.")),
    "cheese": ("milk", (
        "{In the morning|Early in the morning} the {cows|goats} are milked.",
        "The milk is {poured|put} into a big pot and {warmed|made warm}.",
        "It is {stirred|mixed} slowly until it {becomes|gets} thick.",
        "The water is {poured|taken} out, and {the thick part|the rest} stays.",
        "{Then|After that} some salt is added, {but not too much|and it is pressed}.",
        "The {young|fresh} cheese is {put|kept} in a cool {cellar|room}.",
        "There it is turned {every day|every week} {for three months|until it is ready}.")),
}  # fmt: skip


MADE_START = """
{Do you know|Have you ever asked} how [x] is made?
"How is [x] made?" asked [p].
{Today|Now} we will {learn|see|hear} how [x] is made.

[x] is made from [m].
"It is made from [m], but {it takes time|that is a long story}," {said|answered} [elder].
"Everybody knows that it is made from [m], but how?" said [sibling].
"""


MADE_END = """
At last the [bare] is {finished|ready}.
Now it is ready, and it {can be|is} sold at the market.

"So many people work for it!" {said|cried} [p].
"I did not know that it was so much work," said [p].
[p] looked at the [bare] and thought of all the people who {had worked|worked} for it.

?60
"That is why we {do not|never} waste it," said [elder].
[p] {wants|would like} to {try|see} it {one day|soon}.
Nobody can do {all|everything} alone, {so people help each other|because there is too much to do}.
"""


def how_it_is_made(page: Page) -> None:
    """How a thing is made, mostly in the passive."""
    thing = page.chance.pick(tuple(MADE))
    source, steps = MADE[thing]
    child(page)
    page.cast.update(x=thing, m=source, bare=thing.split(" ")[-1])
    kept = sorted(page.chance.sample(range(7), page.chance.between(5, 7)))
    page.tell(MADE_START)
    for index in kept:
        page.say(steps[index])
    page.tell(MADE_END)


KINDS = (how_it_is_made,)
