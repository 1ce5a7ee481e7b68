"""Documents about people among other people: buying, losing, stealing, building, writing."""

from __future__ import annotations

from smallworld.animals import BY_NAME
from smallworld.grammar import coins, number
from smallworld.page import Page
from smallworld.people import CHILDREN, FAMILIES, PEOPLE, WORKERS
from smallworld.scene import child, season, two_children, two_people
from smallworld.things import COLOURS, DAYS, GOODS, TREASURES, Good

MARKET = """
[when] [p] went to the market {with a {big|green|empty} basket|to buy food|to do the shopping}.
It was market day, and [p] {took|went with} {a basket|a big bag}.
[p] needed {something|some things} for {dinner|the weekend}, so [p.he] went to the market.

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
"""  # noqa: E501


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
[p.he] {was very sad|almost cried}, because [p.he] wanted to [t.use].

"When did you {last see it|have it last}?" asked [parent].
"Have you looked [wrong]?" asked [parent].

"{I had it yesterday|I do not remember|I am not sure}," {said|answered} [p].
"Yesterday I {still had it|saw it}, but now it is {gone|not there}," [p] {said|answered}.

First [p.he] looked [wrong], but {it was not there|the [t] was not there}.
[p] looked [wrong], and [sibling] looked [other].

{There|All} they found {was|was only} {an old sock|some dust|a button|a coin}.
"It is not here," {called|said} [sibling].
[sibling] helped {to look for it|[p.him]}, but neither of them found it.

Then [p] {met|went to} [q] and asked, "Have you seen my [t]?"
[p.he] {asked|went to} the neighbours, {but nobody had seen it|and asked them about the [t]}.

*1
"What does it look like?" asked [q].
"What colour is it?" asked [q], and [p] said it was [colour].

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
"""  # noqa: E501


def lost_and_found(page: Page) -> None:
    """Something is lost, looked for and found."""
    person = child(page)
    others = [each for each in PEOPLE if each.sex != person.sex and each.family != person.family]
    page.pick("q", others)
    season(page)
    thing = page.chance.pick(TREASURES)
    right, wrong, other = page.chance.sample(thing.hidden, 3)
    page.cast.update(t=thing, right=right, wrong=wrong, other=other, colour=page.chance.pick(COLOURS))
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
"{Look at these|Do you see these} [clue]?" said Paul. "{They are not from a person|These tell us a lot}."
"A man does not leave [clue]," said Paul.

{They|Paul and [p]} followed {them|the [clue]} {out of|through} the {house|garden} {to|as far as} [den].
The [clue] {led|went} from the window to [den].

And there {sat|was} a [thief], and {beside it|in front of it} {was|lay} the [thing].
There they saw the thief: it was a [thief]!
The thief was {not a man, but|only} a [thief], and it had the [thing].

"{So this is|Here is} our thief!" {laughed|said} Paul.
"I cannot put a [thief] in prison," {said|laughed} Paul with a smile.

The [thief] {ran off|looked at them|was not sorry}, because [thief.plural] [why].
[thief.plural] [why], so it had taken the [thing].

[p] was {glad|happy} to have the [thing] back{| and thanked Paul|}.
"I will {close|always close} the window from now on," said [p].
"Nothing was {broken, and nobody was hurt|lost}, so all is well," said [p].
"""  # noqa: E501


def theft(page: Page) -> None:
    """Something is stolen, and Paul the policeman finds the animal that took it."""
    person = page.chance.pick([each for each in PEOPLE if each.age != "child" and each.name != "Paul"])
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

"{May|Can} I help you?" asked [q].
[q] wanted to help, {and|so} [p] was glad.

[p.he] {drew|made} a plan and {measured everything|wrote down all the numbers}.
First [p] made a {plan|drawing}, because good work {begins with|needs} a good plan.

They needed [n] boards, {a hammer|a saw} and {many|fifty|sixty} nails.
[q] {brought|fetched} the {hammer|nails}, and [p] {brought|carried} [n] boards.

{The boards were|Each board was} {too long|too wide}, so [p] cut {them|it} with a saw.
[p] {cut|sawed} the {wood|boards}, while [q] {held them|counted the nails}.

"Hold {it|this} {straight|tight}, please," said [p].
"Give me the {hammer|nails}, please," said [p], and [q] helped at once.

Then [p] {hit|drove} the nails into the wood {one by one|with the hammer}.
The hammer was {heavy|too heavy for [q]}, so [p] {worked slowly|helped}.

?50
[p] hit [p.his] {thumb|finger} with the hammer, and it hurt.
One board {broke|was too short}, so they {had to cut|took} {a new one|another one}.
It began to rain, so they {had to wait|worked} {under the roof|for an hour}.

?30
@outdoors

{After|In} {two|three} days the {walls were|first part was} finished.
In the afternoon {only the roof was missing|it was almost ready}.

{At last|In the end} they painted {it|the [thing]} [colour].
[q] {painted|was allowed to paint} the [thing] [colour].

{Now the [thing] was finished|The [thing] was ready}, and it was {strong|beautiful} {enough|}.
The [thing] was built {by [p] and [q]|in three days}, and {everybody liked it|it did not fall down}.

[user_] {came|looked at it} and {liked it at once|went in}.
"Will it last for many years?" asked [q].

*1
"{Without you|Alone} I could not have done it," said [p] {to [q]|with a smile}.
"Two people work better than one," said [p].
[q] was {tired, but proud of [q.himself]|proud, because [q.he] had never built anything before}.
The [thing] is still there today.
"""  # noqa: E501


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
    page.cast.update(thing=thing, user=user, user_=user if user != "the tools" else "the neighbours")
    page.cast.update(n=number(page.chance.between(6, 20)), colour=page.chance.pick(COLOURS))
    page.tell(BUILDING)


LETTER = """
Dear [q], how are you?
Dear [q], I {hope|think} {you are well|that you are well}.
My dear [q], thank you for your {letter|last letter|card}.

I am writing to you from {the [p.house] [p.house_where]|my room|our kitchen}.
It is [day] {evening|morning}, and I am sitting {at the table|by the window|near the stove}.
Here it is [season], and the weather is [sky].

I {want|have wanted} to tell you {what happened last week|some news|about my week}.
{Something|A lot} has happened {here|} since {you left|your last visit|your letter}.
Do you {still|} remember [pet], our [pet.kind]?

Last [other_day] {we went|I went with [parent]} to {the market|the sea|the forest|the city}.
Yesterday [elder] and I {baked a cake|mended the fence|went fishing|planted a tree}.
On [other_day] it {rained|snowed} so much that we {had to stay|stayed} at home all day.

It was {great fun|very funny|not easy}, and {we laughed a lot|everybody was tired}.
I {wish|only wish} you had been with us.
I think you would have {liked|loved} it.

[pet] {has learned to open the door|is getting fat|was ill, but now [pet.he] is well}.
Our [pet.kind] [pet] {sends you greetings|still sleeps on my bed|ate my sock}.
My [parent.father] is {busy|working hard}, because [parent.he] is a [parent.job.name].

I {have a new friend|have read a good book|am learning to swim|am learning a new song}.
This {week|month} I {have read|am reading} a book about {bears|the sea|the stars}.
At school we are {learning|reading} about {animals|numbers|the moon}.

Do you still {like|enjoy} [q.likes]?
What {are you doing|do you do} these days?
How is {[q_parent]|your [q_parent.father]}?

{Will|Can} you visit us {next month|in [next]|on your birthday}?
Please come and {see|visit} us {in [next]|soon}.
We {will have|have} enough {room|beds}, so please {come|visit us} in [next].

?70
If you come, we {will|can} {go to the sea|eat pancakes|sleep in the barn|build a tree house}.
Then I will show you {my secret place|our new boat|the baby rabbits}.

Please {write back|write to me} soon.
I {hope|am waiting} {to hear from you soon|for your answer}.

Your friend, [p] {of|from} the [p.house].
{Many|A thousand|Best} greetings from your friend [p].
"""  # noqa: E501


def letter(page: Page) -> None:
    """A letter from one child to another."""
    person = child(page)
    page.pick("q", [other for other in CHILDREN if other.family != person.family])
    other = page.cast["q"]
    home = FAMILIES[other.family]  # type: ignore[attr-defined]
    page.cast["q_parent"] = page.chance.pick((home.father, home.mother))
    chosen = season(page)
    page.pick("sky", chosen.sky)
    page.cast["other_day"] = page.chance.pick([day for day in DAYS if day != page.cast["day"]])
    page.cast["next"] = {"spring": "July", "summer": "September", "autumn": "January"}.get(
        chosen.name, "April"
    )
    page.tell(LETTER)


WHO_IS_IT = """
Who {is it|can it be}? It is a person who works [job.where].
I know {somebody|a person} who works [job.where]. Who is it?
Let us play a game: who {is it|works [job.where]}?

For this work a person needs [job.tool].
This person often {uses|needs} [job.tool].
"Does this person need [job.tool]?" asked {the children|one of the children}. "Yes, of course!"

{Every day|All day long} [p.he] [job.does].
It is somebody who [job.does].

Is it {a [wrong]|[other], the [wrong]}? No, it is not, because a [wrong] works [wrong_where].
"Is it [other]?" {No|No, no}, [other] is a [wrong] and works [wrong_where].

[p.his] home is the [p.house] [p.house_where].
[p.he] lives in the [p.house] [p.house_where].
The house [p.he] lives in is the [p.house] [p.house_where].

[p.he] has a [pet.colour] [pet.kind] {called|whose name is} [pet].
[p.his] children are called [son] and [daughter].
[p.he] {likes|enjoys} [p.likes] and loves to eat [p.food].

It is [p], the [job.name]!
{Of course|Now you know}, it is [p], {the [job.name]|who is a [job.name]}!
{The answer|So the answer} is [p], {the [job.name]|because [p.he] is a [job.name]}.

*1
Did you {know it|guess it}? {Then it is your turn now|Then you know our world well}.
Without [p] {we would not|nobody would} {be so happy|know what to do}.
{Many|All the} children {want|would like} to become a [job.name] too.
A good [job.name] {must|has to} {be patient|work hard|get up early}.
"""  # noqa: E501


def who_is_it(page: Page) -> None:
    """A riddle about a person and the work of that person."""
    person = page.chance.pick(WORKERS)
    home = FAMILIES[person.family]
    page.cast.update(p=person, job=person.job, pet=home.pet, son=home.son, daughter=home.daughter)
    other = page.chance.pick([w for w in WORKERS if w.family != person.family])
    assert other.job is not None
    page.cast.update(other=other, wrong=other.job.name, wrong_where=other.job.where)
    page.tell(WHO_IS_IT)


PLANS = """
Tomorrow will be {[day]|a busy day}, and [p] {has|is making} a plan.
"What will you do {tomorrow|on [day]}?" [p] asks [q].
It is evening, and [p] and [q] are {talking about|planning} {tomorrow|the next day}.

"Tomorrow I will get up at [a] o'clock," says [q].
"First I {will|am going to} {sleep long|get up at [a] o'clock}," says [q].
[q] will get up at [a] o'clock, because [q.he] {wants|has} to {see the sun rise|do a lot}.

"At [b] o'clock I {will|shall} {visit|meet} [r]," [q.he] says.
At [b] o'clock [q.he] will {visit|meet} [r] {in the park|at the market|near the bridge}.

"{We are going to|We will} {play football|swim in the river|bake a cake|fly a kite}," [q.he] says.
They are going to {play football|look for shells|bake bread|pick apples} together.

"{And what|What} will you do if it rains?" asks [p].
"But what if it {rains|snows}?" asks [p].

"If it rains, {we will stay inside|I will read a book|we will not go}," {says|answers} [q].
"Then we {will|shall} {stay at home|play cards} and {drink tea|tell stories}," says [q].

"May I come {with you|too}?" asks [p].
[p] {does not have|has no} plan {yet|for the day}, so [p.he] asks, "May I come too?"

"Yes, {of course|please come}, it will be {more fun|better} with you," answers [q].
"{Of course you may|You are always welcome}," {says|answers} [q].

[p] {laughs|is happy|smiles} and {says|promises}, "I will bring {the ball|some cake|my kite|apples}."
"Then I will {bring|make} {some food|sandwiches|lemonade}," says [p].

*1
In the evening {they will be|both will be} tired.
"{Do not|Don't} be late," says [q].
"We {will meet|shall meet} at {the bridge|the school|the old tree}, and we must not be late," says [q].
Now they only {hope that [r] will come|have to ask [r]}.

{So|Then} they say good night and go to bed {early|at once}.
"Good night! See you tomorrow," says [p].
[p] {goes to bed|closes [p.his] eyes} and thinks {of|about} {tomorrow|the fun they will have}.
"""  # noqa: E501


def plans(page: Page) -> None:
    """A talk about plans for tomorrow, in the future tense."""
    first, second = two_children(page)
    page.cast["r"] = page.chance.pick([c for c in CHILDREN if c not in (first, second)])
    early = page.chance.between(6, 8)
    page.cast.update(a=number(early), b=number(page.chance.between(early + 1, 11)))
    page.pick("day", DAYS)
    page.tell(PLANS)


GIVING = """
[p] {had|got} a basket {with|full of} [x].
[when] [p] {picked|had picked} {too many|a lot of} [x].
In the garden of [p] there were more [x] than [p.he] could eat.

"What {shall|should} I do with so many [x]?" [p.he] {asked|asked [p.himself]}.
There were [n] [x], and that was {too many for one person|too much for [p.him]}.

First [p.he] gave [q] [a] of them.
So [p] gave [a] [x] to [q], {because [q.he] {liked|loved} them|who was passing by}.
[p] {brought|took} [q] [a] [x] {in a small bag|as a present}.

"Thank you{ very much|}! {That is kind of you|They smell wonderful}," said [q].
[q] thanked [p.him] and {ate one at once|gave [p.him] {some flowers|a kiss}|smiled}.

[n] minus [a] is [b], so [b] were left.
Now [p.he] had [b] left, because [n] minus [a] {is|makes} [b].

Then [p.he] {met|visited} [r] and {showed [r.him] the basket|offered [r.him] some}.
After that [p.he] {sent|gave} [r] [c] [x].

"Would you like {some|a few}?" asked [p], and [r] {took|wanted} [c].
"{Take as many as you like|Please help yourself}," said [p], and [r] took [c].

{Now there were only|That left} [d] [x] in the basket.
[b] minus [c] is [d], so [p.he] {still had|kept} [d].

*2
[r] {gave|handed} [p.him] a {pot of soup|loaf of bread|jar of jam} {in return|for them}.
[q] {told|sent} [r] {the news|a card} about it.
[p] {made|baked} {jam|a cake} from the rest and {gave it to|shared it with} [p.his] family.
"It is better to give than to {keep|have}," said [p].
Nobody {was|went} hungry {that day|}, and {nothing was wasted|everybody was content}.

The next {day|week} [q] {brought|gave} {[p] a warm cake|a warm cake to [p]}.
In the end {everyone|everybody} {had|got} something, and {everyone|everybody} was {glad|happy}.
"""  # noqa: E501


def giving(page: Page) -> None:
    """Someone shares out a harvest; the numbers are taken away one by one."""
    first, second = two_people(page)
    page.cast["r"] = page.chance.pick(
        [p for p in PEOPLE if p.family not in (first.family, second.family)]
    )
    season(page, "summer autumn")
    page.pick("x", [good for good in GOODS if good.stall in ("fruit", "vegetable")])
    total = page.chance.between(12, 30)
    gone, more = page.chance.between(3, 5), page.chance.between(2, 4)
    page.cast.update(n=number(total), a=number(gone), b=number(total - gone))
    page.cast.update(c=number(more), d=number(total - gone - more))
    page.tell(GIVING)


DIRECTIONS = """
"Excuse me, where is the [goal]?" {a stranger|a traveller|a woman|a man} asked [p].
[when] a {stranger|traveller|young man|young woman} stopped [p] and asked the way to the [goal].
"I am looking for the [goal]. Do you know the way?" {a man|a woman|a traveller} asked [p].

"The [goal]? Yes, {I know it|that is easy}," {said|answered} [p].
[p] knew the way, because [p.he] lives [p.house_where].

"{First|Now} go straight {on|ahead} {to|until you reach} the [one]."
"Walk down this {road|street} until you {see|come to} the [one]," [p.he] {said|explained}.

"{There|At the [one]} you {turn|must turn} {left|right} and {cross|go over} the bridge."
"Turn {left|right} at the [one], but do not {cross|go over} the bridge."

"{After|Behind} the {bridge|turn} you will {see|pass} {a|the} [two]."
"Go past the [two] {and|until} {you {see|reach} a {hill|big tree}|you hear the river}."

"{The|Then the} [goal] is {on your left|on your right|just behind it}," [p] said.
"The [goal] is {between|near} the [two] and the {church|big tree}," {said|added} [p].

"Is it far{ from here|}?" asked the stranger.
"How long does it take {to walk|on foot}?" asked the stranger.

"No, {it is not far|only [n] minutes} {on foot|}," {said|answered} [p].
"It takes about [n] minutes, {if you walk quickly|if you do not stop}," [p] {said|answered}.

?40
@outdoors

"{First|So} {left|right} at the [one], and then past the [two]?" {repeated|asked} the stranger.
The stranger {repeated every word|wrote it down}, {so that it would not be forgotten|and nodded}.

"{Exactly|That is right}," said [p] {and smiled|}.
"You cannot miss it," said [p].

"Thank you {very much|for your help}," said the stranger and {walked on|went away}.
The stranger {thanked|waved to} [p] and {walked|went} {down the road|towards the [one]}.

*1
{An hour later|In the evening} [p] met the stranger again, and {both laughed|they drank tea}.
[p] {went home|went on} and was glad {to have helped|that [p.he] had helped}.
Ten minutes later [p] thought, "Did I say left or right?"
"""  # noqa: E501


def directions(page: Page) -> None:
    """A stranger asks the way."""
    page.pick("p", PEOPLE)
    season(page)
    goal, one, two = page.chance.sample(
        ("station", "market", "school", "hospital", "bakery", "harbour", "post office", "library",
         "mill", "park", "old well", "town hall", "theatre"), 3
    )  # fmt: skip
    page.cast.update(goal=goal, one=one, two=two, n=number(page.chance.pick((5, 10, 15, 20))))
    page.tell(DIRECTIONS)


KINDS = (market, lost_and_found, theft, building, letter, who_is_it, plans, giving, directions)
