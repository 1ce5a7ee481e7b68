"""Documents about what happens to children."""

# ruff: noqa: E501 -- a pattern is one line, however long its choices make it.

from __future__ import annotations

from smallworld.grammar import number
from smallworld.page import Page
from smallworld.people import FAMILIES
from smallworld.scene import child, season, two_children
from smallworld.things import COLOURS, DAYS

BIRTHDAY = """
It was the birthday of [p].
[day] was the birthday of [p], and [p.he] was very happy.
[when] [p] had a birthday.

{Yesterday|The day before} [p.he] was [before] years old, and now [p.he] was [age].
[p.he] was [age] years old {that day|now}.
"I am [age] years old today," said [p] proudly.

[parent] had baked a cake with [age] candles.
There was a {big|round|sweet} cake with [age] candles on the table.
[p.his] [parent.father] {brought|carried} in a cake with [age] candles.

[p] {blew them all out|blew out all the candles} {at once|in one breath}, and everyone {clapped|laughed}.
[p] blew out the candles and made a {secret wish|wish}.

At three o'clock the guests {came|arrived}.
In the afternoon {five|six|seven|many} children came to the {house|party}.
[mate] and {four|five|three} other children came to the party.

[mate] gave [p.him] a [colour] [gift].
From [mate] [p.he] got a [colour] [gift].
[mate] brought [p.him] a [gift], and it was [colour].

"Thank you! I have always wanted a [gift]," said [p].
"What a {beautiful|fine|lovely} [gift]!" [p.he] {cried|said}.
[p.he] {thanked|hugged} [mate] and showed the [gift] to everyone.

*2
Then the children {played|danced|sang} {in the garden|until the evening}.
They played hide and seek, and [mate] won {twice|the game}.
[elder] told them a {funny|long} story about {a king|a bear|the old days}.
Everyone ate two pieces of cake, but [p] ate three.
[pet] the [pet.kind] {got|was given} a {small|little} piece of cake too.
[sibling] played music, and the others danced.

?20
@outdoors

When it got dark, the guests {went|walked} home.
At six o'clock the party was over, and the children went home.

"It was the best day of {the year|my life}," said [p] {happily|in the evening}.
[p] fell asleep with the [gift] {beside|next to} [p.him].
That night the [gift] lay beside [p.his] {bed|pillow}.
"""


def birthday(page: Page) -> None:
    """A birthday with guests, a cake and a present."""
    person = child(page)
    season(page)
    age = page.chance.between(5, 11)
    gift = page.chance.pick(
        ("kite", "ball", "drum", "book", "boat", "puzzle", "flute", "doll", "bicycle", "scarf")
    )
    page.cast.update(
        age=number(age), before=number(age - 1), gift=gift, colour=page.chance.pick(COLOURS)
    )
    page.cast["mate"] = page.chance.pick(
        [
            c
            for f in FAMILIES
            for c in (f.son, f.daughter)
            if c.sex != person.sex and c.family != person.family
        ]
    )
    page.tell(BIRTHDAY)


ILLS = (
    ("tooth", "eaten too {much sugar|many sweets}", "pulled out the bad tooth", "Do not eat so many sweets"),
    ("stomach", "eaten too many {plums|cherries|green apples}", "gave {him} some {tea|bitter medicine}", "Eat only dry bread today"),
    ("throat", "stayed too long in the cold rain", "gave {him} sweet medicine", "Drink hot milk with honey"),
    ("foot", "fallen from {the wall|a tree|the ladder}", "put a bandage on {his} foot", "Stay off your feet for a week"),
    ("head", "played in the snow without a hat", "gave {him} a pill and some water", "Stay in bed and drink much tea"),
    ("hand", "touched the hot stove", "put a clean bandage on {his} hand", "Never touch a hot stove"),
)  # fmt: skip


ILLNESS = """
[when] [p] did not want to get up.
[p] {felt ill|was ill} [when].
[when] [p] did not go to school, because [p.he] was ill.

[p.his] [part] {hurt|hurt a lot}, and [p.he] {could not eat|was crying|felt bad|could not play}.
"My [part] hurts{| so much}," said [p] {quietly|sadly|with tears in [p.his] eyes}.

[p.he] had [cause].
The day before, [p.he] had [cause].

[p.his] [parent.father] {was worried and|looked at [p.him] and} called the doctor.
"We must go to the doctor," said [parent].
[parent] {took|brought} [p.him] to the hospital {in the city|by bus}.

Mei, the doctor, {looked at|examined} [p.his] [part] {carefully|for a long time}.
Mei is a doctor, and she {looked carefully at|examined} [p.his] [part].

"Does it hurt {here|when I touch it|very much}?" asked {Mei|the doctor}{| kindly}.

"Yes, it hurts {a lot|very much}," answered [p].
[p] {nodded|pointed to [p.his] [part]} and told her {everything|the whole story}.

Mei [cure].
So the doctor [cure].

"[advice]," {said the doctor|she told [p.him]}.
"[advice], and you will soon be well again," she said.

[p] stayed at home for [days] days and {slept a lot|read books|looked out of the window}.
For [days] days [p.he] {had to stay|stayed} at home.

*1
[sibling] brought [p.him] {books and fruit|tea and honey|a picture}.
[pet] the [pet.kind] {sat beside the bed|lay beside [p.him]} all day.
[elder] {sat|stayed} with [p.him] and told [p.him] stories.

After [days] days [p.he] was well again.
Then [p.his] [part] did not hurt any more, and [p.he] {could play again|went back to school}.

?60
"I will never do that again," [p.he] {said|promised}.
[p.he] had learned {something|a lesson}: {be careful|listen to your [parent.father]}.
[p.he] was glad, and [p.his] [parent.father] was glad too.
"""


def illness(page: Page) -> None:
    """A child is ill, sees Mei the doctor and gets well."""
    person = child(page)
    season(page, days=DAYS[:5])
    part, cause, cure, advice = page.chance.pick(ILLS)
    page.cast.update(part=part, advice=advice)
    page.set(cause=cause, cure=cure.replace("{him}", person.him).replace("{his}", person.his))
    page.cast["days"] = number(page.chance.between(3, 7))
    page.tell(ILLNESS)


QUARREL = """
[when] [p] and [q] were playing {with a [thing] |}[place].
[p] and [q] {often played|were playing} together [place].
[p] and [q] are good friends, but [when] they {quarrelled|had a quarrel}.

There was only one [thing], and both of them wanted it.
[p] wanted the [thing], but [q] wanted it too.
[q] had a [thing], and [p] wanted to {have|use} it.

"Give it to me! I had it first!" {cried|shouted} [p].
"It is my turn now!" {cried|shouted} [p].
"You have had it for an hour!" cried [p] angrily.

"No, it is mine!" [q] {shouted|answered|cried}.
"I will not give it to you," answered [q].
"You never {share|wait}!" [q] shouted back.

[p] pulled and [q] pulled, {until|and then} the [thing] {fell|broke}.
[p] pulled so hard that [q] fell down.
They both pulled at the [thing] until it {fell into the mud|broke}.

[q] was {angry|sad} and {went|walked|ran} home without a word.
[q] {began to cry|turned red} and {ran|went} away.

Now [p] was alone, and [p.he] {felt sorry|was not happy at all}.
[p] {sat down on a stone|sat on the steps} and felt {bad|sad|sorry}.
[p] had the [thing] now, but it was no fun to play alone.

?50
"{Was I|Were we} wrong?" [p.he] asked [p.himself].
[p.he] thought about it {all evening|for a long time}.
"A friend is {better|worth more} than a [thing]," said [p.his] {mother|father}.

The next {day|morning} [p] went to {see [q]|the house of [q]}.
{After a while|An hour later} [p.he] {knocked|was standing} at the door of the [q.house].

"I am sorry," [p.he] said.
"I am sorry that I {shouted|was angry|did not share}," said [p].

"I am sorry too," {answered|said} [q], and [q.he] smiled.
[q] {smiled|laughed} and {gave [p.him] [q.his] hand|was not angry any more}.

?80
Then they {mended the [thing] together|took turns}.
From then on they {always|usually} took turns.
They shared {an apple|a cake|a bag of nuts} and were friends again.
After that they played together as before.
"""


def quarrel(page: Page) -> None:
    """Two children quarrel over a thing and make it up."""
    two_children(page)
    season(page)
    page.pick("thing", ("ball", "kite", "swing", "drum", "toy boat", "wagon", "flute"))
    page.pick(
        "place",
        (
            "in the garden",
            "in the school yard",
            "near the river",
            "in the park",
            "behind the house",
        ),
    )
    page.tell(QUARREL)


BREAKS = (
    ("glass", "fell from the table", "broke", "swept up the pieces", "glass breaks easily"),
    ("plate", "slipped from {his} hands", "broke", "picked up the pieces", "wet plates are slippery"),
    ("window", "was hit by the ball", "broke", "put in a new window", "balls and windows are not friends"),
    ("chair", "was too old", "broke", "mended the leg with nails", "old wood is weak"),
    ("cup", "was too near the edge", "fell", "glued it together", "cups need care"),
    ("vase", "was pushed by the cat", "fell and broke", "put the flowers in a jar", "cats like to climb"),
    ("shirt", "got caught on a nail", "tore", "sewed it with a needle", "nails are sharp"),
)  # fmt: skip


BROKEN_THING = """
[when] [p] was {playing|alone} at home.
[when] [p] was {helping in the kitchen|running through the house|in a hurry}.
[p] was {careless|not careful} [when].

{Suddenly|Then} the [thing] [cause], so it [effect].
The [thing] [cause], and so it [effect].

There was a {loud|terrible} noise, and [pet] the [pet.kind] {ran|hid} under the {bed|table}.
[p] {stood still|turned pale} and {looked at it|did not know what to do}.
"Oh no!" cried [p] {loudly|when [p.he] saw it}.

"What was that {noise|sound}?" {called|asked} [parent] from the {next room|garden|stairs}.
[parent] {heard|had heard} the noise and came {in|at once}.
[parent] came in and asked, "Who did this?"

?50
First [p] wanted to {hide|say nothing|run away}, but then [p.he] told the truth.
[p] was afraid, but [p.he] did not lie.
[p.he] could say that [pet] had done it, but that was not true.

"I {did it|am so sorry}. It was {my fault|an accident}," said [p].
"It was me, and I am sorry," [p.he] said {quietly|with a red face}.

"Did you hurt yourself?" asked [p.his] [parent.father].
[parent] was not angry, because [p] had told the truth.
"Thank you for telling me the truth," said [parent].

Together they {cleaned the floor|found the tools}, and [parent] [repair].
Then [parent] [repair], and [p] helped.
[elder] came {to help|too} and [repair].

"Remember that [rule]," said [elder].
Now [p] knows that [rule].
"[rule], so be careful next time," [parent] said.

*2
After that [p.he] was {more careful|much more careful}.
[p.he] has never {run through the house|been so careless} again.
The next day the [thing] {was replaced by a new one|was forgotten}.
In the evening they could {already |}laugh about it.
[sibling] {laughed|asked what had happened}, and [p] told the whole story again.
"""


def broken_thing(page: Page) -> None:
    """Something breaks, the child tells the truth, and it is put right."""
    person = child(page)
    season(page)
    thing, cause, effect, repair, rule = page.chance.pick(BREAKS)
    page.cast.update(
        thing=thing,
        cause=cause.replace("{his}", person.his),
        effect=effect,
        repair=repair,
        rule=rule,
    )
    page.tell(BROKEN_THING)


HIDE_AND_SEEK = """
[p], [q] and [r] wanted to play {a game|together} [when].
[when] three children, [p], [q] and [r], played hide and seek.
"Let us play hide and seek," said [p] to [q] and [r].

?30
@rain

"You count, and we will hide," said [q] {to [p]|and laughed}.
[p] {had to|was the first to} count, and the others had to hide.

[p] closed [p.his] eyes and counted to [n].
"One, two, three," counted [p], and [p.he] went on to [n].
[p.he] {put|held} [p.his] hands over [p.his] eyes and counted to [n].

[q] {ran|crept} away and hid [q.himself] [one].
[q] hid [one], and [q.he] {kept very still|did not move}.

[r] {hid|found a place} [two].
[r] was {slower|quicker} and hid [two].

"I am coming!" {called|shouted} [p].
"Ready or not, here I come," called [p].
Then [p] opened [p.his] eyes, but there was nobody to see.

*2
First [p.he] looked {behind the door|under the bench|in the kitchen}, but nobody was there.
[p.he] {could hear|heard} {a noise|someone laughing}, but it was only {a bird|the wind|a hen}.
"Where can they be?" [p.he] asked [p.himself].
[p.he] looked everywhere, but [p.he] {found nobody|could not find anyone}.

?40
@outdoors

Then [r] {sneezed|laughed|coughed}, and so [p] found [r] [two].
[two] [p] saw {a foot|a shoe|an elbow}, and it was [r].

But where was [q]? [p] looked [two], but [q] was not there.
Now only [q] was {missing|still hidden}.

After {a long time|ten minutes} [q] came out and {laughed|smiled|danced with joy}.
[q] was still [one], and {nobody found [q.him]|[q.he] won the game}.
At last [p] looked [one] and found [q.him].

"Now it is {my|your} turn to hide!" said [p].
"That was a very good place," said [p].
They played {again and again|until dinner|until it got dark}.
"""


def hide_and_seek(page: Page) -> None:
    """A game of hide and seek."""
    p, q = two_children(page)
    season(page)
    page.cast["r"] = page.chance.pick(
        [f.son for f in FAMILIES if f.son not in (p, q)]
        + [f.daughter for f in FAMILIES if f.daughter not in (p, q)]
    )
    one, two = page.chance.sample(
        (
            "behind the big tree",
            "under the table",
            "in the barn",
            "behind the shed",
            "in an empty barrel",
            "behind the curtain",
            "under the old cart",
            "in the tall grass",
            "inside the cupboard",
        ),
        2,
    )
    page.cast.update(one=one, two=two, n=number(page.chance.pick((10, 20, 30, 50))))
    page.tell(HIDE_AND_SEEK)


KINDS = (birthday, illness, quarrel, broken_thing, hide_and_seek)
