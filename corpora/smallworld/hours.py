"""Documents about single hours: what everyone is doing, has done and feels, and how to do it."""

# ruff: noqa: E501 -- a pattern is one line, however long its choices make it.

from __future__ import annotations

from smallworld.grammar import number
from smallworld.page import Page
from smallworld.people import FAMILIES, PEOPLE
from smallworld.scene import child, family, season, two_people
from smallworld.things import DAYS

EVENING = """
It is [hour] o'clock in the evening, and the family is at home.
{Look into|Let us visit} the [father.house] [father.house_where] {this evening|tonight}.
{It is evening|The sun has gone down} {at|in} the [father.house] [father.house_where].

[father] has {just|already} come home, because {his work is done|it is late}.
[father] has been a [father.job.name] for {many|ten|twenty} years, and today he has worked hard.
"Has [father] come home yet?" asks [elder]. "Yes, he has."
"Is [father] home?" asks [elder]. "Yes, he is."

[mother] is {sitting|standing} {at the table|near the window} and {is reading a letter|is peeling potatoes|is writing something}.
[mother] has {cooked|made} {soup|rice with vegetables|fish} for {everyone|the family}.
Now [mother] is {cooking|making} {soup|dinner}, while [father] is {setting the table|cutting the bread}.

[son] is {doing his homework|washing his hands|playing with [pet]}, but [daughter] {is not|has already finished hers}.
[son] and [daughter] are {playing|drawing|laughing} {on the floor|in the next room}.
[daughter] has {lost a tooth|drawn a picture|broken a pencil}, and she is showing it to [elder].

[elder] is {sitting|sleeping} {by the fire|in the old chair}{| and is not listening}.
[elder] is sitting {by the fire|in the old chair} and is {telling a story|drinking tea}.
[elder] sat {by the fire|in the old chair} {all afternoon|before}, and [elder.he] is still {sitting|} there.
[elder], who is {old|the oldest}, {has closed [elder.his] eyes|is looking at old pictures}.

?40
@present

[pet] the [pet.kind] is {lying|sleeping} {under the table|near the stove}.
[pet] the [pet.kind] {has eaten|has been fed} and {is asleep now|is looking for more}.

"{Have you washed your hands|Are you hungry}?" asks [mother].
"{Dinner|The food} is ready!" {calls|says} [mother].

"Yes, of course," {answers|says} [son] and sits down at the table.
"We are coming!" {call|answer} [son] and [daughter].

*2
They {eat and talk|are eating and talking} about {the day|tomorrow}.
The children help themselves to {soup|bread|more potatoes}.
They have made themselves {comfortable|a warm drink}, and nobody {is in a hurry|wants to go to bed}.
[father] tells {them|everyone} what he has {seen|done} today.
{Nobody|No one} is late today, and {all are happy|that is good}.
The plates {have been washed|are being washed} by [who1] and [who2].

At [later] o'clock the children {must|have to} go to bed.
"Brush your teeth," says [father], {and|but} the children {have already done it|laugh}.

Soon {everyone will be|everybody will be} asleep{, and the house will be quiet|}.
The light {is turned|has been turned} off, and the house is {dark|quiet}.
"""


def evening(page: Page) -> None:
    """An evening at home in the present progressive and perfect."""
    home = family(page)
    hour = page.chance.between(6, 7)
    first, second = page.chance.sample((home.father, home.mother, home.elder), 2)
    page.cast.update(hour=number(hour), later=number(hour + 2), who1=first, who2=second)
    page.tell(EVENING)


HOW_TO = {
    "plant a tree": (
        "{First|To begin} you {dig a deep hole|need a good place with sun}.",
        "The hole must be {deep|wide} enough for the roots.",
        "Put the young tree into the hole and hold it straight.",
        "{Then|Now} fill the hole with {earth|soft earth}, {but do not|and never} {break|hurt} the roots.",
        "{After that|Next} give the tree {plenty of water|two buckets of water}.",
        "{Tie|You can tie} the tree to a {stick|strong stick}, so that the wind cannot {break|move} it.",
        "Do not forget to water it {every week|when it is dry}.",
    ),
    "make a cup of tea": (
        "{First|To begin} you {fill a pot with|boil some} water.",
        "When the water is {hot|very hot}, take the pot off the stove.",
        "Put {one spoon|a spoon} of tea into the {pot|cup}.",
        "{Then|Now} {carefully|slowly} pour the hot water over the tea.",
        "Wait for {three|four|five} minutes, {but not|and never} longer.",
        "{If you like|If you want}, add {some milk|a little sugar|a little honey|some lemon}.",
        "Be careful, because the cup is {hot|very hot}.",
    ),
    "make a kite": (
        "You need {two thin sticks|two sticks, some paper} and a long {string|piece of string}.",
        "First lay one stick across the other and tie them together.",
        "Cut the paper {with scissors|to the right size}, but {make it|leave it} a little bigger than the sticks.",
        "Then {fold|glue} the paper over the string and {wait|let it dry}.",
        "{Make|Give it} a long tail, because a kite {needs|cannot fly without} one.",
        "Tie the {string|long string} to the middle of the kite.",
        "Wait for a windy day and run as fast as you can.",
    ),
    "wash a dog": (
        "{First|To begin} fill a big tub with warm water, but {it must not be|do not make it} too hot.",
        "Call the dog in a {friendly|soft} voice and give it a {bone|piece of meat}.",
        "Now put the dog {slowly|gently} into the water.",
        "{Then|Next} wash its back and its legs with {a little|some} soap.",
        "Do not get any soap into its {eyes|ears}.",
        "{After that|Now} {wash off the soap with|use} {clean|fresh} water.",
        "Dry the dog with a towel before it {shakes itself|runs away}.",
    ),
    "bake bread": (
        "{First|To begin} you need flour, water and {a little|some} salt.",
        "Mix {everything|the flour and the water} in a {big|large} bowl with your hands.",
        "{Then|Now} wait for an hour, because the dough has to rise.",
        "{Make|Shape} the dough into a {round|long} loaf.",
        "The oven {must|has to} be hot, before you put the bread in.",
        "Bake the bread for forty minutes, until it is {brown|golden}.",
        "Let it cool, because hot bread is {hard|difficult} to cut.",
    ),
    "cross a street": (
        "{First|To begin} stop at the edge of the street.",
        "Do not run into the street, even if you are late.",
        "Look {to the|} left, then right, and then left again.",
        "{Listen too|Also listen}, because you may hear a car before you see it.",
        "If a {car|bus|bicycle} is coming, wait until it has passed.",
        "When the street is {empty|free}, walk straight across.",
        "{Take|Hold} the hand of a {small|little} child, if one is with you.",
    ),
}  # fmt: skip
HOW_TO_START = """
{Do you know|Can you tell me} how to [task]?
"{Can|Will} you teach me how to [task]?" asked [p].
[p] {wants|would like} to [task], {but [p.he] does not know how|so [elder] explains how}.
{It is|It is really} not {hard|difficult} to [task], if you know how.
"""
HOW_TO_END = """
That is all, and {now you can [task]|it is not hard at all}.
Now you know how to [task].
{If you do it|When you have done it} {well|once}, it will be easy {the next time|after that}.

"{I have done it|I did it all} myself!" {cries|says} [p] {proudly|happily}.
[p] has {tried it|done it} {twice|once}, and it {worked|went} well.
"The first time I did everything wrong," says [elder], {who can do it well|and laughs}.

?50
"{May I try|Can I try} it again?" asks [p].
"{You are a good teacher|Now I can teach others}," says [p].
[sibling] has {watched|seen} everything and wants to {try it|learn it} too.
"""


def how_to(page: Page) -> None:
    """Instructions in the imperative."""
    child(page)
    task = page.chance.pick(tuple(HOW_TO))
    page.cast["task"] = task
    page.tell(HOW_TO_START)
    kept = sorted(page.chance.sample(range(7), page.chance.between(5, 7)))
    for index in kept:
        page.say(HOW_TO[task][index])
    page.tell(HOW_TO_END)


FEELINGS = (
    ("sad", "{his} friend {had moved|was} far away", "cried {quietly|a little}", "gave {him} a hug", "happy"),
    ("angry", "somebody had {broken|taken} {his} cup", "shouted and closed the door", "spoke to {him} in a soft voice", "calm"),
    ("afraid", "it was dark and {he} heard a noise", "hid under the blanket", "lit a lamp and held {his} hand", "brave"),
    ("hungry", "{he} had not eaten since the morning", "looked into the empty pot", "gave {him} some bread and cheese", "full"),
    ("thirsty", "the way had been long and dusty", "looked for water", "gave {him} a glass of water", "content"),
    ("tired", "{he} had worked the whole day", "yawned and {sat down|rubbed {his} eyes}", "made {him} a soft bed", "awake again"),
    ("bored", "there was nothing to do", "looked out of the window", "taught {him} a new game", "busy"),
    ("lonely", "nobody had come to visit", "sat alone {on the steps|in the kitchen}", "asked {him} to come along", "cheerful"),
    ("cold", "{he} had lost {his} coat", "shook from head to foot", "gave {him} a warm blanket", "warm"),
    ("nervous", "{he} had to sing {before|in front of} many people", "could not sit still", "told {him} that all would be well", "calm"),
)  # fmt: skip
FEELINGS_TOLD = """
[when] [p] was [feel], because [why].
[p] {felt|was} very [feel] [when].
"You look [feel], [p]. What is the matter?" asked [q] [when].

The reason was {simple|this}: [why].
[p.he] was [feel], because [why].
{Why was [p.he] [feel]|Do you know why}? Because [why].

[p.he] [did], but it did not {help|help at all}.
So [p.he] [did], as [feel] people {often|sometimes} do.
When people are [feel], they are not always {friendly|easy to talk to}.

?50
@outdoors

[q] {saw|noticed} it and {asked|came nearer and asked}, "Are you [feel]?"
"{Is something wrong|Are you not well}?" asked [q].
"Are you [feel], [p]?" asked [q] {kindly|in a soft voice}.

"Yes, I am [feel]," {said|answered} [p].
[p] {only nodded|did not speak at first|could not hide it}.
"I {feel|am} [feel], and I do not know what to do," {said|answered} [p].

Then [q] [help].
[q] {smiled|thought for a moment} and [help].

{Soon|After a while} [p] was not [feel] any more, but [end].
"{Now|I think} I am [end]," said [p] {with a smile|at last}.
And so [p] was [end], and [q] was glad too.

*2
"Thank you, [q]. You are a {good|true} friend," said [p].
"It is {good|nice} to have {a friend|you here}," said [p].
[p] and [q] {laughed|sat together} and {talked until it was late|looked at the stars}.
They looked at each other and {laughed|were content with themselves}.
{When you are [feel]|If somebody is [feel]}, {it is good to talk|a friend can help}.
The next day [q] was [feel2], so [p] {helped [q.him]|was there for [q.him]}.
[p] will never forget what [q] did {for [p.him]|that day}.
"""


def feelings(page: Page) -> None:
    """Someone feels something for a reason, and a friend helps."""
    person, _ = two_people(page)
    season(page)
    row, other = page.chance.sample(FEELINGS, 2)
    feel, why, did, help_, end = (
        text.replace("{him}", person.him).replace("{his}", person.his).replace("{he}", person.he)
        for text in row
    )
    page.cast.update(feel=feel, end=end, feel2=other[0])
    page.set(why=why, did=did, help=help_)
    page.tell(FEELINGS_TOLD)


DAYS_TOLD = """
Yesterday was [d1], today is [d2], and tomorrow will be [d3].
Today is [d2], and {[p] is talking about|[p] likes to talk about} yesterday and tomorrow.
"What did you do yesterday?" asked [q]. [p] {thought about it|remembered everything}.

Yesterday [p] [past1], but today [p.he] [now1].
On [d1] [p] [past1], and on [d2] [p.he] [past2].
Yesterday [p] {did not|never} [bare2], because [p.he] [past1].

Tomorrow [p.he] will [bare3], {if it does not rain|if there is time}.
[p.he] has never [perfect3] before, but tomorrow [p.he] will {do it|try}.
On [d3] [p.he] will [bare3], because [p.he] {wants|has wanted} to do it {for a long time|}.

Today [p.he] is not going to [bare3], because [p.he] has {no time|too much to do}.
{Right now|At the moment} [p.he] is [ing2], and [q] is [ing1].
While [p] was [ing1] yesterday, [q] was [ing2].

"Did you [bare1] {yesterday|on [d1]}?" asked [q]. "Yes, I did."
"Have you ever [perfect3]?" asked [q]. "No, I {have not|never have}."
"Will you [bare3] tomorrow?" asked [q]. "Yes, I {will|think so}."

Before [p.he] [past1], [p.he] had {eaten breakfast|slept well|cleaned the room}.
When [p.he] had [perfect1], [p.he] {was tired|went home|had a rest}.
After [p.he] had [perfect1], [q] came and [past2] {too|with [p.him]}.

Every [d1] [p] and [q] [bare1], but they {never|seldom} [bare2] on that day.
[q] often [s2], but [q.he] seldom [s1].
Every week [q] [s1], and [p] [s2].

?60
"I [past1] {all day|yesterday}, and it was fun," said [p].
"We will {never|not} do the same thing {twice|every day}," said [q].
"If you [bare3], I will [bare1]," said [q].
"""
# bare | past | perfect | ing | third person
_VERBS = tuple(
    tuple(row.split("|"))
    for row in (
        "go to the market|went to the market|gone to the market|going to the market|goes to the market",
        "write letters|wrote letters|written letters|writing letters|writes letters",
        "swim in the lake|swam in the lake|swum in the lake|swimming in the lake|swims in the lake",
        "catch fish|caught fish|caught fish|catching fish|catches fish",
        "read the newspaper|read the newspaper|read the newspaper|reading the newspaper|reads the newspaper",
        "sing old songs|sang old songs|sung old songs|singing old songs|sings old songs",
        "ride a horse|rode a horse|ridden a horse|riding a horse|rides a horse",
        "draw pictures|drew pictures|drawn pictures|drawing pictures|draws pictures",
        "work in the garden|worked in the garden|worked in the garden|working in the garden|works in the garden",
        "buy vegetables|bought vegetables|bought vegetables|buying vegetables|buys vegetables",
        "make soup|made soup|made soup|making soup|makes soup",
        "run around the pond|ran around the pond|run around the pond|running around the pond|runs around the pond",
        "take pictures|took pictures|taken pictures|taking pictures|takes pictures",
        "visit the neighbours|visited the neighbours|visited the neighbours|visiting the neighbours|visits the neighbours",
        "sleep in a tent|slept in a tent|slept in a tent|sleeping in a tent|sleeps in a tent",
        "build a wall|built a wall|built a wall|building a wall|builds a wall",
        "drive to the city|drove to the city|driven to the city|driving to the city|drives to the city",
        "eat at the inn|ate at the inn|eaten at the inn|eating at the inn|eats at the inn",
        "see the sea|saw the sea|seen the sea|looking at the sea|sees the sea",
        "climb the hill|climbed the hill|climbed the hill|climbing the hill|climbs the hill",
        "play cards|played cards|played cards|playing cards|plays cards",
        "feed the birds|fed the birds|fed the birds|feeding the birds|feeds the birds",
    )
)  # fmt: skip


def days_told(page: Page) -> None:
    """Yesterday, today and tomorrow: the tenses side by side."""
    first = page.chance.pick([each for each in PEOPLE if each.age != "child"])
    others = [
        p for home in FAMILIES for p in home.members if p.sex != first.sex and p.age != "child"
    ]
    page.cast["p"] = first
    page.pick("q", [p for p in others if p.family != first.family])
    day = page.chance.below(7)
    page.cast.update(d1=DAYS[day], d2=DAYS[(day + 1) % 7], d3=DAYS[(day + 2) % 7])
    for index, forms in enumerate(page.chance.sample(_VERBS, 3), 1):
        for name, form in zip(("bare", "past", "perfect", "ing", "s"), forms, strict=True):
            page.cast[f"{name}{index}"] = form
    page.cast["now1"] = f"is {page.cast['ing2']}"
    page.tell(DAYS_TOLD)


KINDS = (evening, how_to, feelings, days_told)
