"""Documents about people among other people: buying, losing, stealing, building, writing."""

# ruff: noqa: E501 -- a pattern is one line, however long its choices make it.

from __future__ import annotations

from smallworld.animals import BY_NAME
from smallworld.grammar import coins, number
from smallworld.page import Page
from smallworld.people import FAMILIES, PEOPLE
from smallworld.scene import child, season, two_people
from smallworld.things import COLOURS, GOODS, TREASURES, Good

MARKET = """
[when] [p] went to the market {with a {big|green|empty} basket|to buy food|to do the shopping}.
It was market day, and [p] {took|went with} {a basket|a big bag}.
[p] needed {something|some things} for {dinner|the weekend}, so [p.he] went to the market.

?30
@rain

There were {many|a lot of} people {between the stalls|everywhere}, and {everyone was talking|it was loud}.
The sellers {called|shouted}, {children ran around|dogs barked}, and it smelled of {bread|fish|flowers}.

?40
@outdoors

First [p.he] went to the [x.stall] stall and {looked at|asked about} the [x].
First [p.he] {wanted to buy|looked for} [x].

"How much {is one [x.one]|does one [x.one] cost}?" asked [p].
"Good morning! What {is the price of|do you want for} one [x.one]?" [p] asked the {seller|woman|man}.

"One [x.one] costs [xp]," {answered|said} the seller.
"Only [xp] for one," said the {seller|woman|man}.

[p] {bought|took} [xn] and paid [xt].
"Then I will take [xn]," said [p], and [p.he] paid [xt].
[p.he] bought [xn], because they {looked|were} [x.taste], and {gave|paid} the seller [xt].

Then [p.he] {went to|saw} the [y.stall] stall and {bought|asked for} [yn].
Next [p.he] {bought|chose} [yn] {at|from} the [y.stall] stall.

{They|That} cost [yt]{|, which was not too much|, and [p] paid at once}.
"That makes [yt], please," said the seller.
One [y.one] {cost|was} [yp], so [p.he] paid [yt].

[xt_] and [yt_] {is|makes} [sum_], so [p.he] had {spent|paid} [sum].
In all [p.he] {spent|had paid} [sum].
"[xt_] and [yt_] makes [sum_]," {counted|said} [p].

[p.he] had {brought|taken} [purse], so [p.he] {still had|had} [left] left.
Before, there were [purse] in the purse, and now there {were|were only} [left_].

*1
"Do you have {any|some} {cheaper ones|smaller ones}?" asked {an old woman|a man} {behind [p.him]|beside [p.him]}.
{There were many [x], but there were only a few [y]|There was not much time, but there was enough money}.
The basket was {heavy|full}, so [q] {helped [p.him] to carry it|carried it for [p.him]}.
On the way home [p.he] met [q] and gave [q.him] {one [x.one]|something to eat}.
"Have you already been to the market?" asked [q], who was just {coming|going there}.

At home [p.he] {put|laid} {everything|it all} on the table.
[p] {carried everything|went} home and {cooked dinner|made soup|had a cup of tea}.
"{What did you buy|What is in the basket}?" asked {the family|everyone} at home.
"""


def _amount(good: Good, count: int) -> str:
    return f"one {good.one}" if count == 1 else f"{number(count)} {good.many}"


def market(page: Page) -> None:
    """Shopping at the market, with prices that add up."""
    person, _ = two_people(page)
    if person.age == "child":
        home = FAMILIES[person.family]
        page.cast["p"] = home.mother if person.sex == "f" else home.father
    season(page)
    first = page.chance.pick(GOODS)
    second = page.chance.pick([good for good in GOODS if good.stall != first.stall])
    many, few = page.chance.between(2, 5), page.chance.between(2, 4)
    paid, then = first.price * many, second.price * few
    left = page.chance.between(2, 9)
    page.cast.update(
        x=first,
        y=second,
        xn=_amount(first, many),
        yn=_amount(second, few),
        xp=coins(first.price),
        yp=coins(second.price),
        xt=coins(paid),
        yt=coins(then),
        sum=coins(paid + then),
        purse=coins(paid + then + left),
        left=coins(left),
        xt_=number(paid),
        yt_=number(then),
        sum_=number(paid + then),
        left_=number(left),
    )
    page.tell(MARKET)


LOST_AND_FOUND = """
[when] [p] could not find [p.his] [colour] [t].
[when] [p] lost [p.his] [t].
"Where is my [t]?" asked [p] [when].
[p] had a [t.look] [t], and [when] it was gone.

It was {a [t.look] [t]|[p.his] best [t]}, and {[p.he] needed it to [t.use]|[elder] had given it to [p.him]}.
Without it [p.he] could not [t.use].
[p.he] {was very sad|almost cried}, because [p.he] could not [t.use] {now|without it}.

"When did you {last see it|have it last}?" asked [parent].
"Do you know where you {put|left} it?" asked [parent].

"{I had it yesterday|I do not remember|I am not sure}," {said|answered} [p].
"Yesterday I {still had it|saw it}, but now it is {gone|not there}," [p] {said|answered}.

First [p.he] looked [wrong], but {it was not there|the [t] was not there}.
[p] looked [wrong], and [sibling] looked [other].

{There|All} they found {was|was only} {an old sock|some dust|a button|a coin}.
"It is not here," {called|said} [sibling].
[sibling] helped {to look for it|[p.him]}, but neither of them found it.

Then [p] {met|went to} [q] and asked, "Have you seen my [t]?"
[p.he] {asked|went to} the neighbours, {but nobody had seen it|and asked them about the [t]}.

?60
"What does it look like?" asked [q]. "It is [colour]," {said|answered} [p].
"What colour is it?" asked [q], and [p] said that it was [colour].

*1
"No, I have not seen {it|your [t]}," said [q], "{but I will help you|I am sorry}."
[q] {thought about it|shook [q.his] head} and {helped [p.him] to look|looked around}.

[p] {sat down|was tired} and {thought|tried to remember} again.
"Think! Where were you {yesterday|before that}?" {asked|said} [elder].

Then [pet] the [pet.kind] {ran away|began to make noise|came in}, and [p] {followed [pet.him]|looked up}.
Suddenly {[p] had an idea|[p.he] remembered something}.

And there it was: the [t] {lay|was} [right]!
[p] looked [right], and there was the [t]!
The [t] was [right] {all the time|and not lost at all}.

"I have found it!" {cried|shouted} [p] {happily|and laughed}.
"Here it is!" {cried|called} [p], and everyone {came|was glad}.

*1
"{Next time|From now on} I will {put it in its place|be more careful}," [p.he] {said|promised}.
Now [p.he] could [t.use] again.
Since then [p] has always {put|kept} the [t] in the same place.
[p] thanked {everyone|[parent]} and {was happy again|smiled}.
"""


def lost_and_found(page: Page) -> None:
    """Something is lost, looked for and found."""
    person = child(page)
    others = [each for each in PEOPLE if each.sex != person.sex and each.family != person.family]
    page.pick("q", others)
    season(page)
    thing = page.chance.pick(TREASURES)
    right, wrong, other = page.chance.sample(thing.hidden, 3)
    page.cast.update(
        t=thing, right=right, wrong=wrong, other=other, colour=page.chance.pick(COLOURS)
    )
    page.tell(LOST_AND_FOUND)


THEFT = """
[when] {something strange happened|there was trouble} at the house of [p].
[p] came home [when], and {the door was open|a window was open}.
"Someone has been {here|in my house}!" cried [p] [when].

The [thing] {was gone|had disappeared}, and there was {nobody|no one} in the house.
The [thing], which had been on the table, was {not there any more|gone}.
Somebody had {taken|stolen} the [thing] from the {table|kitchen}.

[p] {ran to|called} Paul, the policeman, and told him {everything|what had happened}.
Paul, the policeman, {came at once|was called} and {looked at|examined} the room.

"When did you {leave|see it last}?" asked Paul.
"Was the [thing] here this morning?" asked {Paul|the policeman}.

"I {left the house|went out} at {nine|ten} o'clock, and it was {still|} here," {said|answered} [p].
"Yes, {it was on the table|I am sure}," {said|answered} [p].

Paul {asked|talked to} the neighbours, but {they had seen nobody|nobody had seen anything}.
[q], who lives in the [q.house], had {heard|only heard} a {noise|strange noise}.
"Did you see anyone?" Paul asked [q], but [q] {had been asleep|shook [q.his] head}.

Then Paul {found|saw} {some|a few} [clue] {on the floor|under the window}.
{Under|Near} the window there were [clue], and {Paul looked at them closely|that was strange}.

"What do you think {this|that} means?" asked [p].
"Do you see these [clue]?" {asked|said} Paul. "{They are not from a person|They tell us a lot}."
"A man does not leave [clue]," said Paul.

{They|Paul and [p]} followed {them|the [clue]} {out of|through} the {house|garden} {to|as far as} [den].
The [clue] {led|went} from the window to [den].

And there {sat|was} a [thief], and {beside it|in front of it} {was|lay} the [thing].
There they saw the thief: it was a [thief]!
The thief was {not a man, but|only} a [thief], and it had the [thing].

"{So this is|Here is} our thief!" {laughed|said} Paul.
"I cannot put a [thief] in prison," said Paul {with a smile|and laughed}.

The [thief] {ran off|looked at them|was not sorry}, because [thief.plural] [why].
[thief.plural] [why], so it had taken the [thing].

[p] was {glad|happy} to have the [thing] back{| and thanked Paul|}.
"I will {close|always close} the window from now on," said [p].
"Nothing was {broken, and nobody was hurt|lost}, so all is well," said [p].
"""


def theft(page: Page) -> None:
    """Something is stolen, and Paul the policeman finds the animal that took it."""
    person = page.chance.pick(
        [each for each in PEOPLE if each.age != "child" and each.name != "Paul"]
    )
    others = [each for each in PEOPLE if each.family != person.family and each.name != "Paul"]
    page.cast["p"] = person
    page.pick("q", [each for each in others if each.age != "child"])
    season(page)
    thief, thing, clue, den, why = page.chance.pick(THIEVES)
    page.cast.update(thief=BY_NAME[thief], thing=thing, clue=clue, den=den, why=why)
    page.tell(THEFT)


THIEVES = (
    ("crow", "gold ring", "black feathers", "a nest in the old tree", "love shiny things"),
    ("crow", "silver spoon", "black feathers", "a nest on the roof", "love shiny things"),
    ("monkey", "basket of bananas", "banana skins", "a tall tree", "love bananas"),
    ("fox", "basket of eggs", "small footprints", "a den behind the fence", "like eggs"),
    ("mouse", "piece of cheese", "crumbs", "a hole in the wall", "love cheese"),
    ("squirrel", "bag of nuts", "nut shells", "a hole in the tree", "keep nuts for the winter"),
    ("bear", "jar of honey", "big footprints", "a cave near the forest", "love honey"),
    ("goat", "straw hat", "bits of straw", "the other side of the hill", "eat almost everything"),
    ("dog", "leather shoe", "muddy footprints", "a basket in the yard", "like to carry things"),
)


BUILDING = """
[p] {needed|wanted to build} a [thing] for [user].
[when] [p] {began|wanted} to build a [thing].
"Let us build a [thing] for [user]," said [p] to [q] [when].

?30
@rain

"{May|Can} I help you?" asked [q].
[q] wanted to help, and [p] was glad.

[p.he] {drew|made} a plan and {measured everything|wrote down all the numbers}.
First [p] made a {plan|drawing}, because good work {begins with|needs} a good plan.

They needed [n] boards, {a hammer|a saw} and {many|fifty|sixty} nails.
[q] {brought|fetched} the {hammer|nails}, and [p] {brought|carried} [n] boards.

{The boards were too {long|wide}, so [p] cut them|One board was too {long|wide}, so [p] cut it} with a saw.
[p] {cut|sawed} the {wood|boards}, while [q] {held them|counted the nails}.

"Hold {it|this} {straight|tight}, please," said [p].
"Give me the {hammer|nails}, please," said [p], and [q] helped at once.

Then [p] {hit|drove} the nails into the wood {one by one|with the hammer}.
The hammer was {heavy|too heavy for [q]}, so [p] {worked slowly|helped}.

?50
[p] hit [p.his] {thumb|finger} with the hammer, and it hurt.
One board {broke|was too short}, so they {had to cut|took} {a new one|another one}.
It began to rain, so they {had to wait|worked} {under the roof|for an hour}.

{After|In} {two|three} days the {walls were|first part was} finished.
In the afternoon {only the last boards were missing|it was almost ready}.

{At last|In the end} they painted {it|the [thing]} [colour].
[q] {painted|was allowed to paint} the [thing] [colour].

{Now the [thing] was finished|The [thing] was ready}, and it was {strong enough|beautiful}.
The [thing] was built {by [p] and [q]|in three days}, and {everybody liked it|it did not fall down}.

[user_] {came|looked at it} and liked it {at once|very much}.
"Will it last for many years?" asked [q].

*1
"{Without you|Alone} I could not have done it," said [p] {to [q]|with a smile}.
"Two people work better than one," said [p].
[q] was {tired, but proud of [q.himself]|proud, because [q.he] had never built anything before}.
The [thing] is still there today.
"""


def building(page: Page) -> None:
    """A building job from the plan to the paint."""
    home = page.chance.pick(FAMILIES)
    builder = page.chance.pick((home.father, home.elder))
    page.cast["p"] = builder
    page.cast["q"] = home.daughter if builder.sex == "m" else home.son
    season(page, "spring summer autumn")
    thing, user = page.chance.pick(
        (
            ("hen house", "the hens"),
            ("rabbit house", "the rabbits"),
            ("bird house", "the birds"),
            ("tree house", "the children"),
            ("shed", "the tools"),
            ("small bridge", "the goats"),
            ("boat", "the family"),
            ("stable", "the horse"),
        )
    )
    page.cast.update(
        thing=thing, user=user, user_=user if user != "the tools" else "the neighbours"
    )
    page.cast.update(n=number(page.chance.between(6, 20)), colour=page.chance.pick(COLOURS))
    page.tell(BUILDING)


KINDS = (market, lost_and_found, theft, building)
