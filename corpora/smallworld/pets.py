"""Documents about the animals that live with people, and about quiet hours."""

# ruff: noqa: E501 -- a pattern is one line, however long its choices make it.

from __future__ import annotations

from smallworld.page import Page
from smallworld.people import FAMILIES
from smallworld.scene import child, season

CAT_DAY = """
{There was|In the [p.house] [p.house_where] there lived} a cat {called|whose name was} [cat].
[cat] was a [look] cat that lived {with [p]|in the [p.house] [p.house_where]}.
[p] had a [look] cat called [cat].

{Every morning|In the morning} the cat sat {on the mat|in the window|at the door} and {waited for [p]|waited for milk|washed its face}.
[when] the cat sat {on the mat|by the window|on the stove|under the table} and {slept|looked at the birds|purred}.
The cat sat on the {mat|chair|bed|carpet}, because it was {warm|soft} there.

[p] gave the cat {a bowl of milk|some fish|a piece of cheese|a little meat}, because it was hungry.
"Are you hungry, [cat]?" asked [p], and the cat {said meow|came at once}.

?60
The dog sat {outside|in the yard|near the door} and {barked|waited for a bone|did not look at the cat}.
{The dog|A dog} {came in|barked at the cat}, so the cat {jumped on the {table|shelf}|ran {up the tree|under the bed}}.

Then the cat {saw|heard} {a mouse|a small mouse} {behind the stove|under the cupboard|near the cheese}.
A mouse {came|crept} out of its hole, because {it smelled the cheese|the room was quiet}.

The cat {did not move|kept very still} and {watched|waited}.
The mouse sat {near its hole|under the chair} and {ate the cheese|did not see the cat}.

Then the cat {jumped|ran}, but the mouse was {faster|quicker}.
The cat jumped, but the mouse {ran|was already} back {into|in} its hole.

The cat {knocked over|pushed} a {cup|glass|vase}, and it {broke|fell on the floor}.
The {cup|glass|plate} on the table fell down and broke.

"[cat]! What have you done?" {cried|called} [p].
[p] {heard|had heard} the noise and {came|ran} {into the room|to the kitchen}.

The cat {hid|ran} under the {bed|table} and {did not come out|was quiet}.
The cat {sat|went and sat} in the corner and {looked|seemed} {sorry|innocent}.

?60
@indoors

But [p] {was not angry|had to laugh|could not be angry for long}.
[p] {cleaned the floor|picked up the pieces} and {closed the cupboard|shook [p.his] head}.

In the evening the cat sat {on [p.his] knees|beside [p.him]|in front of the fire} and {purred|slept|closed its eyes}.
At night the cat {slept|lay} {at the end of the bed|on a soft pillow} and dreamed of {fish|mice}.
{And|But} the mouse sat in its hole and {ate|laughed|was glad}.
"""


def cat_day(page: Page) -> None:
    """A day of a cat, told in the past tense."""
    page.pick("p", [p for home in FAMILIES if home.pet.kind != "cat" for p in home.members])
    page.cast["cat"] = page.chance.pick(("Minka", "Snowy", "Socks", "Button"))
    page.cast["look"] = {"Minka": "grey", "Snowy": "white", "Socks": "black", "Button": "brown"}[
        str(page.cast["cat"])
    ]
    season(page)
    page.tell(CAT_DAY)


PET_STORY = """
[p] has a [pet.kind] {called|named} [pet], and [pet.he] is {[pet.colour]|not very young}.
[pet] is the [pet.kind] of {[p]|[p] and [sibling]}.
[pet], the [pet.colour] [pet.kind], lives in the [p.house] [p.house_where].

[pet] {eats|likes} [food], and [pet.he] sleeps {near the stove|in a basket|by the door}.
Every day [p] gives [pet.him] [food] and {fresh|some} water.
[pet] is [pet.colour], and [pet.his] eyes are {bright|dark}.

When [p] comes home, [pet] {runs to the door|is waiting at the gate|is very happy}.
[pet] {knows|loves} {everybody in the family|[p] best}, but [pet.he] does not like {strangers|thunder}.

[when] [pet] {was gone|did not come home|ran away}.
But [when] [pet] was not {there|in [pet.his] place}.

"[pet]! Where are you?" {called|shouted} [p], but {there was no answer|nothing moved}.
[p] {called|looked for} [pet.him] {everywhere|in the whole house}, but [pet] did not come.

[p] asked {[elder]|everyone}, "{Have you seen|Did you see} [pet]?"
"Has anybody seen [pet]?" asked [p] {sadly|with tears in [p.his] eyes}.

"No, I have not seen [pet.him] {today|since this morning}," {said|answered} [elder].
"{I saw [pet.him]|[pet] was} {near the river|behind the house} an hour ago," said [elder].

?30
@rain

[p] and [sibling] {went|ran} out to look for [pet.him] {at once|with a lamp|together}.
They looked {under the bridge|in the garden|behind every tree}, but [pet] was not there.

?60
@outdoors

Then they {heard|could hear} {a sound|a small noise} {in the bushes|behind the shed|from the neighbour's garden}.
"Listen! {What is that|Did you hear that}?" {asked|said} [sibling].

It was [pet], and [pet.he] was {not alone|stuck in the fence|sitting in a box}.
[pet] {sat|was sitting} {under a bush|in an old box|beside a tree}, and {there were three kittens beside [pet.him]|one foot was hurt}.

[p] {picked [pet.him] up|took [pet.him] home} and {washed [pet.him]|dried [pet.him] with a towel}.
"{I am so glad|Thank goodness}! We have found you," said [p].

*1
That evening [pet] {got|was given} {twice as much food|a big bowl of food}.
{[pet] sat by the fire|Then [pet] sat on the mat} and {fell asleep|looked at [p]}.
Since then the gate has {always|} been closed.
[p] {hugged|held} [pet.him] and {was happy again|did not let [pet.him] go}.
"""
FOODS = {
    "dog": "meat and bones",
    "cat": "fish",
    "parrot": "nuts and seeds",
    "rabbit": "carrots and grass",
}


def pet_story(page: Page) -> None:
    """A pet is gone and is found."""
    person = child(page)
    season(page)
    page.cast["food"] = FOODS[person.pet.kind]
    page.tell(PET_STORY)


PARK = """
[when] the park was {full of people|quiet|almost empty}.
[when] [p] sat {on a bench in the park|by the pond|at the window} and {looked around|watched the people}.
What could you see in the park [when]?

@outdoors

?40
@rain

The old {man sat on the bench, and {a bird|his dog} sat beside him|woman sat on the bench, and {a bird|her dog} sat beside her}.
The {cat|dog|boy|girl} sat {under the bench|near the pond}, and {a bird|a crow} sat in the tree above.

@outdoors

{A|One} {boy|girl|child} {ran|jumped} {over the grass|around the pond} and {fell|laughed}, but {was not hurt|nobody was angry}.
Two {women|men} {talked|were talking} about {the weather|their children|the price of bread}.
{Some|A few|Three} children {fed|were feeding} the ducks with {bread|corn}.

@outdoors

The ducks {on the pond|near the bank} were {loud|hungry} and {swam|came} {nearer|to the children}.
The {leaves|flowers} near the path were {red|yellow}, and the grass {was|looked} {green|wet}.
The wind {moved|played with} the leaves, and {somewhere a dog barked|the sun was warm}.

@outdoors

[p] {said hello to everyone|greeted everyone} and {went on|ate [p.his] apple}.
[p] {read|opened} [p.his] book, but [p.he] {did not read much|looked at the birds instead}.
"{It is beautiful here|I like this place}," {thought|said} [p].

@outdoors

Then {it began to rain|dark clouds came}, {so|and} {everyone went home|all the people ran away}.
{Then|At six} the sun went down, and {the people went home|the park was empty again}.

Only the {frog|duck|cat} {stayed|was still there}, {but|and} nobody saw it.
[p] was the last {to go|one}, and {then there was nobody|the gate was closed behind [p.him]}.
"""


def park(page: Page) -> None:
    """What sits and moves in a park."""
    child(page)
    season(page, "spring summer autumn")
    page.tell(PARK)


KINDS = (cat_day, pet_story, park)
