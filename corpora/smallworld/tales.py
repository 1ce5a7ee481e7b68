"""Tales of animals."""

# ruff: noqa: E501 -- a pattern is one line, however long its choices make it.

from __future__ import annotations

from smallworld.animals import ANIMALS, BY_NAME, living
from smallworld.grammar import number
from smallworld.page import Page
from smallworld.people import FAMILIES
from smallworld.scene import season

FARM_MORNING = """
[when] the sun {rose|came up} over the farm.
It was early in the morning, and the farm {woke up|was waking up}.
The cock crowed {three times|loudly}, and the day on the farm began.

Omar, the farmer, {got up|came out of the white house} and {called his dog Rex|put on his boots}.
Omar {drank his coffee|ate his bread} and {went|walked} to the {barn|stable}.

?40
@rain

The [a.plural] were {already awake|hungry}, so Omar gave them [a.food].
First he {fed|gave food to} the [a.plural]: they {eat|like} [a.food].
"Good morning, [a.plural]! Here {is|comes} your food," said Omar.

"[a_says]," {said|answered} the {oldest|biggest|youngest} [a].
The [a.plural] near the {gate|fence|wall} were {glad|noisy|happy} and {ate|began to eat} at once.
The [a] {in the corner|behind the others} was {still|} {sleepy|tired}.

{Then|After that} Omar and [p] {went to|visited} the [b.plural].
[p] {fed|looked after} the [b.plural], because [b.plural] need [b.food] every day.

There {should be|had been} [n] [b.plural] {in the yard|there}, but one of them {was missing|had run away}.
[p] counted the [b.plural]: there were only [m], but {there should be [n]|yesterday there were [n]}.

"Where is the {little|black|brown|white} [b]?" asked {[p]|Omar}.
"One [b] is {missing|not here}," {said|called} [p].

They looked {behind the barn|in the stable|in the field|near the pond}, but {it was not there|they could not find it}.
Rex, the dog, {ran ahead|barked} and {looked for it too|showed them the way}.

?50
@outdoors

{At last|Then} they found the [b] {in the garden|under the apple tree|behind the hay}.
{Then|Suddenly} they heard something: the [b] was {in the kitchen|on the road|between two bushes}!

It {was eating|had eaten} {the flowers|the cabbage|an apple}, and {it was not sorry|Anna was not happy about it}.
It {was not hurt|was well}, but it {was hungry|did not want to come home}.

[p] {brought|carried|led} it back to the {others|other [b.plural]}.
Omar {closed|mended} the {gate|fence}, so that {it could not run away again|no animal could get out}.

*1
{By|At} {seven|eight} o'clock {all the animals|everyone} had {eaten|been fed}.
Then {they|Omar and [p]} {went in|washed their hands} and had breakfast {too|at last}.
"A farmer's work is never done," said Omar.
The cow was milked, the eggs were {collected|brought in}, and {the day could begin|the work was done}.
"""


SPEECH = {"cow": "moo", "sheep": "baa", "goat": "meh", "duck": "quack, quack", "goose": "honk"}


def farm_morning(page: Page) -> None:
    """A morning on the farm of Omar, with one animal missing."""
    first = BY_NAME[page.chance.pick(tuple(SPEECH))]
    farm = [each for each in living("farm") if each not in (first, BY_NAME["sheep"])]
    page.cast.update(
        a=first,
        b=page.chance.pick(farm),
        p=page.chance.pick((FAMILIES[0].son, FAMILIES[0].daughter)),
    )
    page.set(a_says=", ".join([SPEECH[first.name]] * 4))
    count = page.chance.between(4, 12)
    page.cast.update(n=number(count), m=number(count - 1))
    season(page)
    page.tell(FARM_MORNING)


FABLE = """
{Once|Long ago|One day} a {young|proud|clever|hungry} [a] met {a|an old|a small} [b] {by the river|near the old tree|on the road}.
A [a] and a [b] lived {near each other|not far from each other} {in a green valley|by a lake}.
There was once a [a] {who|that} {laughed at everyone|was very proud}.

"{Look at me|I am better than you}! I can [a.skill]," said the [a].
"You are only a [b], but I can [a.skill]," the [a] {said|told it}.

"{And|But} what can you do?" {it asked|the [a] asked} the [b].
The [a] laughed at the [b], because the [b] could not do {this|that}.

"I can [b.skill]," {answered|said} the [b] {quietly|politely}.
The [b] was {not angry|patient} and said, "I can [b.skill]."

"That is nothing!" {laughed|cried} the [a] and {turned away|walked on}.
"Who needs that?" {asked|laughed} the [a].

{One night|A week later} [danger].
{But then|Then one day} [danger].

The [a] was {afraid|in great danger} and {cried|called} for help, but {nobody came|all its friends had gone}.
"Help! Please help me!" {cried|called} the [a].

?30
@outdoors

{Only|But} the [b] {heard it|heard its voice} and {came|hurried to it}.
The [b] {did not wait|forgot the old quarrel} and {came|ran} {at once|to help}.

It {showed the [a] a safe place|led the [a] out of danger|found a way for both of them}.
"{Follow me|Come this way}! I know a safe {place|way}," {called|said} the [b].

{Soon|So} {they|both of them} were safe{, and the danger was over|}.
{In the end|Before long} the [a] was {safe|saved}.

"{You saved my life|Thank you}," said the [a], "{and I am sorry|and I was wrong}."
The [a] was {ashamed|quiet} and {asked the [b] to forgive it|thanked the [b]}.

"{Everyone is good at something|We all can do something well}," {said|answered} the [b].
"Do not laugh at others, {for|because} one day you may need them," said the [b].

?70
From that day on the [a] and the [b] were {good|best} friends.
{And|Since then} the [a] has never laughed at {anyone|a [b]} again.
"""


DANGERS = (
    "the river rose and the land was {flooded|under water}",
    "there was a {great|big} fire in the {forest|grass}",
    "a {terrible|heavy} storm came, and the {trees fell|sky turned black}",
    "a hunter came {with a net|with two dogs}",
    "the snow was so deep that there was nothing to eat",
    "it did not rain, and there was no water {left|anywhere}",
)


def fable(page: Page) -> None:
    """A fable of a proud animal and a modest one."""
    able = [
        each for each in ANIMALS if each.name not in ("whale", "fish", "penguin", "spider", "bee")
    ]
    first, second = page.chance.sample(able, 2)
    while first.skill == second.skill:
        first, second = page.chance.sample(able, 2)
    page.cast.update(a=first, b=second)
    page.set(danger=page.chance.pick(DANGERS))
    page.tell(FABLE)


KINDS = (farm_morning, fable)
