"""Documents about people who write, ask, give and help."""

# ruff: noqa: E501 -- a pattern is one line, however long its choices make it.

from __future__ import annotations

from smallworld.grammar import number
from smallworld.page import Page
from smallworld.people import CHILDREN, FAMILIES, PEOPLE, WORKERS
from smallworld.scene import child, season, two_children, two_people
from smallworld.things import DAYS, GOODS

LETTER = """
Dear [q], how are you?
Dear [q], I hope {you are well|that you are well}.
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

It was {great fun|very funny}, and we {all|} laughed {a lot|until we cried}.
It was not easy, {but we did it|and everybody was tired}.
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
"""


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
"""


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
[q] will get up at [a] o'clock, because [q.he] {wants to see the sun rise|has to do a lot|has a lot to do}.

"At [b] o'clock I {will|shall} {visit|meet} [r]," [q.he] says.
At [b] o'clock [q.he] will {visit|meet} [r] {in the park|at the market|near the bridge}.

"{We are going to|We will} {play football|swim in the river|bake a cake|fly a kite}," [q.he] says.
They are going to {play football|look for shells|bake bread|pick apples} together.

"{And what|What} will you do if it rains?" asks [p].
"But what if it {rains|snows}?" asks [p].

"If it rains, {we will stay inside|I will read a book|we will not go}," {says|answers} [q].
"Then we {will|shall} {stay at home|play cards} and {drink tea|tell stories}," says [q].

"May I come {with you|too}?" asks [p].
[p] {does not have a|has no} plan {yet|for the day}, so [p.he] asks, "May I come too?"

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
"""


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
There were [n] [x], and that was too many for {one person|[p.him]}.

First [p.he] gave [q] [a] of them.
So [p] gave [a] [x] to [q], {because [q.he] {liked|loved} them|who was passing by}.
[p] {brought|took} [q] [a] [x] {in a small bag|as a present}.

"Thank you{ very much|}! {That is kind of you|They look wonderful}," said [q].
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
[q] {told [r] the news|sent [r] a card} {the same day|in the evening}.
[p] {made|baked} {jam|a cake} from the rest and {gave it to|shared it with} [p.his] family.
"It is better to give than to {keep|have}," said [p].
Nobody {was|went} hungry {that day|}, and {nothing was wasted|everybody was content}.

The next {day|week} [q] {brought|gave} {[p] a warm cake|a warm cake to [p]}.
In the end {everyone|everybody} {had|got} something, and {everyone|everybody} was {glad|happy}.
"""


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
[p] knew the way, because [p.he] lived [p.house_where].

"{First|Now} go straight {on|ahead} {to|until you reach} the [one]."
"Walk down this {road|street} until you {see|come to} the [one]," [p.he] {said|explained}.

"{There|At the [one]} you {turn|must turn} {left|right} and {cross|go over} the bridge."
"Turn {left|right} at the [one], but do not {cross|go over} the bridge."

"{After|Behind} the {bridge|turn} you will {see|pass} {a|the} [two]."
"Go past the [two] {and|until} {you {see|reach} a {hill|big tree}|you hear the river}."

"{The|Then the} [goal] is {on your left|on your right|just behind it}," [p] said.
"The [goal] is {between|near} the [two] and the {church|big tree}," {said|added} [p].

"Is it far{ from here| on foot}?" asked the stranger.
"Is it a long {way|walk}?" asked the stranger.

"No, {it is not far|only [n] minutes} {on foot|}," {said|answered} [p].
"It takes about [n] minutes, {if you walk quickly|if you do not stop}," [p] {said|answered}.

?40
@outdoors

"{First|So} {left|right} at the [one], and then past the [two]?" {repeated|asked} the stranger.
The stranger {repeated every word|wrote it down}, {so that it would not be forgotten|and nodded}.

"{Exactly|That is right}, it is {easy|not hard} to find," said [p].
"You cannot miss it," said [p].

"Thank you {very much|for your help}," said the stranger and {walked on|went away}.
The stranger {thanked|waved to} [p] and {walked|went} {down the road|towards the [one]}.

*1
{An hour later|In the evening} [p] met the stranger again, and {both laughed|they drank tea}.
[p] {went home|went on} and was glad {to have helped|that [p.he] had helped}.
Ten minutes later [p] thought, "Did I say left or right?"
"""


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


KINDS = (letter, who_is_it, plans, giving, directions)
