"""Documents of questions, reasons and differences between people."""

# ruff: noqa: E501 -- a pattern is one line, however long its choices make it.

from __future__ import annotations

from smallworld.animals import ANIMALS
from smallworld.page import Page
from smallworld.people import FAMILIES, PEOPLE, WORKERS, Person
from smallworld.scene import child, season

QUESTIONS = """
"May I ask you something?" {said|asked} [p] {to [elder]|}.
[p] {likes|loves} {asking questions|to ask questions}, and [elder] knows many answers.
[p] {sat|was sitting} {beside|next to} [elder] and {asked|wanted to ask} many questions.
"I have {so many|some|three} questions," said [p] to [elder].
"""


WHY = (
    ("do we wear coats in winter", "in winter it is cold", "a coat keeps us warm"),
    ("is the ground wet", "it {rained|has rained} {all night|a lot}", "rain makes everything wet"),
    ("do the birds fly south", "it gets cold here", "in the south it is warm"),
    ("do we sleep at night", "we are tired after the day", "it is dark at night"),
    ("did the glass break", "it fell on the {hard|stone} floor", "glass breaks easily"),
    ("does ice melt in the sun", "the sun makes it warm", "ice needs the cold"),
    ("do we eat", "we get hungry", "food makes us strong"),
    ("do plants need rain", "they {drink|must drink} water", "without water they die"),
    ("is the baby crying", "it is hungry", "it cannot talk yet"),
    ("does the dog bark", "it has heard a stranger", "it wants to guard the house"),
    ("do leaves fall in autumn", "the days get short and cold", "the trees rest in winter"),
    ("is the stove hot", "there is a fire in it", "we are cooking soup"),
    ("do we wash our hands", "they get dirty", "dirt can make us ill"),
    ("do we need money", "we want to buy things", "nobody can make everything alone"),
    ("do fish live in water", "they breathe under water", "they cannot live on land"),
    ("is the road white", "it has snowed", "snow is white"),
    ("do cats sleep all day", "they hunt mice at night", "they can see well in the dark"),
    ("is the boat not moving", "there is no wind", "a sail needs wind"),
    ("do people smile", "they are happy", "a smile is {like|as good as} a gift"),
    ("do we go to the doctor", "we are ill", "the doctor can make us well"),
    ("does the moon shine", "the sun shines on it", "it has no light of its own"),
    ("do we go to school", "we want to learn", "it is good to know many things"),
    ("is the soup too salty", "somebody put in too much salt", "a little salt is enough"),
    ("do bears sleep in winter", "there is {nothing|not enough} to eat", "sleeping needs little food"),
    ("do we close the door", "it is cold outside", "the room should stay warm"),
    ("was the train late", "there was snow on the rails", "trains must go slowly in the snow"),
)  # fmt: skip


WHY_STEP = """
"Why [q]?" asked [p].
"Can you tell me why [statement]?" asked [p].

"Because [because]," {said|answered} [elder].
"[because], and [more]," {said|answered} [elder].
"It is because [because]," {explained|said} [elder].

?40
"[more]," {said|added} {[p]|[sibling]|[elder]}.
"I see. [more]," said [p].
"{Is that true|Really}?" asked [p]. "Yes, [because]."
"""


ANIMAL_STEP = """
"What do [a.plural] eat?" asked [p]. "[a.plural] eat [a.food]," {said|answered} [elder].
"Where do [a.plural] live?" asked [p]. "They live [a.home]," {said|answered} [elder].
"Do [a.plural] eat [b.food]?" asked [p]. "No, they eat [a.food]."
"How many legs {has a [a]|does a [a] have}?" asked [p]. "It has [a.legs]," said [elder].
"What {can [a.plural] do|is a [a] good at}?" asked [p]. "[a.plural] can [a.skill]," said [elder].
"What do you call a young [a]?" asked [p]. "A [a.young]," {said|answered} [elder].
"Is a [a] bigger than a [b]?" asked [p]. "[bigger]," {said|answered} [elder].
"""


PERSON_STEP = """
"Where does [w] work?" asked [p]. "[w] works [w.job.where]," {said|answered} [elder].
"What does [w] do?" asked [p]. "[w] is a [w.job.name] and [w.job.does]."
"Who lives in the [w.house] [w.house_where]?" asked [p]. "[w] {and [w.his] family do|does}," said [elder].
"What does [w] like {to eat|best}?" asked [p]. "[w.he] likes [w.food]," said [elder].
"Is [w] a [v.job.name]?" asked [p]. "No, [w] is a [w.job.name], {and|but} [v] is a [v.job.name]."
"What is [w] doing now?" asked [p]. "[w.he] is [w.job.doing]," {said|answered} [elder].
"""


QUESTIONS_END = """
?30
@indoors

"You know {everything|so much}!" {said|cried} [p].
"How do you know all this?" asked [p].
"Are there any more questions?" asked [elder], {but|and} [p] {had none|was silent|had to think}.
"That is enough for today," said [elder] {and closed [elder.his] eyes|with a smile}.
"{Nobody knows everything|I do not know everything}," said [elder], "but {asking is good|it is good to ask}."
[p] {thanked [elder]|was content} and {ran off|went out} to {tell|ask} [sibling] {the same|everything}.
"""


def _statement(question: str) -> str:
    """Turn "do birds sing" or "is the road wet" into a statement of the same words."""
    verb, rest = question.split(" ", 1)
    if verb == "do":
        return rest
    if verb in ("is", "was"):
        subject, predicate = rest.rsplit(" ", 1)
        for tail in ("too salty", "not moving"):
            if rest.endswith(tail):
                subject, predicate = rest[: -len(tail) - 1], tail
        return f"{subject} {verb} {predicate}"
    return {
        "did the glass break": "the glass broke",
        "does ice melt in the sun": "ice melts in the sun",
        "does the dog bark": "the dog is barking",
        "does the moon shine": "the moon shines",
    }[question]


def questions(page: Page) -> None:
    """A child asks and a grandparent answers: causes, animals and people."""
    child(page)
    page.tell(QUESTIONS)
    for step in page.chance.shuffled(("why", "why", "why", "animal", "animal", "person"))[:5]:
        if step == "why":
            question, because, more = page.chance.pick(WHY)
            page.cast.update(q=question, statement=_statement(question))
            page.set(because=because, more=more)
            page.tell(WHY_STEP)
        elif step == "animal":
            first, second = page.chance.sample(ANIMALS, 2)
            while not first.unlike(second) or abs(first.size - second.size) < 4:
                first, second = page.chance.sample(ANIMALS, 2)
            page.cast.update(a=first, b=second)
            page.cast["bigger"] = (
                f"Yes, the {first} is bigger"
                if first.size > second.size
                else f"No, the {second} is bigger"
            )
            page.tell(ANIMAL_STEP)
        else:
            _workers(page)
            page.tell(PERSON_STEP)
    page.tell(QUESTIONS_END)


def _workers(page: Page) -> tuple[Person, Person]:
    inside = page.cast["p"]
    strangers = [each for each in WORKERS if each.family != inside.family]  # type: ignore[attr-defined]
    first, second = page.chance.sample(strangers, 2)
    page.cast.update(w=first, v=second)
    return first, second


CAUSES = (
    ("It rained all night", "the ground was wet", "{p} put on {his} boots", "warm"),
    ("It rained for hours", "the road was wet", "the bus drove slowly", "warm"),
    ("It rained the whole day", "the ground was wet", "the cart could not move", "warm"),
    ("It rained in the night", "the grass was wet", "{p} did not sit down on it", "warm"),
    ("The sun was very hot", "the grass was dry", "{p} gave it some water", "warm"),
    ("{p} had not eaten all day", "{he} was hungry", "{he} ate two plates of soup", ""),
    ("{p} had worked all day", "{he} was tired", "{he} went to bed early", ""),
    ("The wind was strong", "the window closed with a bang", "the glass broke", ""),
    ("The glass fell from the table", "it broke", "{p} swept up the pieces", ""),
    ("It was very cold outside", "the water in the bucket was ice", "{p} lit a fire", "cold"),
    ("{p} did not wear a hat in the snow", "{he} became ill", "{he} had to stay in bed", "cold"),
    ("The lamp went out", "the room was dark", "{p} lit a candle", ""),
    ("The dog heard a noise", "it barked", "{p} woke up", ""),
    ("{p} ran all the way home", "{he} was thirsty", "{he} drank three glasses of water", ""),
    ("{p} forgot the bread in the oven", "it was black", "{p} opened all the windows", ""),
    ("The bus was late", "{p} came too late to work", "{he} said that {he} was sorry", ""),
    ("{p} lost the key", "the door could not be opened", "{he} climbed through the window", ""),
    ("It snowed all night", "the road was white", "{p} took the sledge", "cold"),
    ("The baby was hungry", "it cried", "{p} gave it some milk", ""),
    ("The ice on the pond was thin", "nobody could walk on it", "the children stayed on the bank", "cold"),
    ("The bag was too heavy", "it tore", "all the apples fell on the road", ""),
    ("The cat was hungry", "it caught a mouse", "{p} gave it some fish as well", ""),
    ("There was no wind", "the boat did not move", "{p} had to row", ""),
    ("{p} heard good news", "{he} was happy", "{he} sang in the kitchen", ""),
    ("{p} ate too many plums", "{his} stomach hurt", "{he} drank only tea that evening", "warm"),
    ("The coat had a hole", "{p} was cold", "{he} took the coat to the tailor", ""),
    ("The fire was out", "the soup was cold", "{p} lit the stove again", ""),
    ("{p} fell into the river", "{his} clothes were wet", "{he} sat down by the fire", ""),
    ("The shop was closed", "{p} could not buy any bread", "{he} baked some at home", ""),
    ("There was no rain for a month", "the river was low", "the farmer was worried", "warm"),
    ("{p} told a joke", "everybody laughed", "the quarrel was forgotten", ""),
)  # fmt: skip


DAY_START = """
It was {a day full of surprises|a strange day} for [p] and [q].
{So much|Many things} happened to [p] and [q] {that week|on [day]}.
[day] was {not|not quite} an easy day for [p] and [q].
{On [day]|That day} {one thing led to another|many things happened}.
"""


CAUSE_STEP = """
[cause], so [effect].
[cause], and so [effect].
[effect_], because [cause_he].
Because [cause_], [effect].

[then].
So [then].
Therefore [then].
And because [effect], [then].
"""


DAY_END = """
?50
@outdoors

"What a day!" {said|thought} [q], {who was|and was} {glad that it was over|tired}.
"{Everything has a reason|One thing leads to another}," said [p].
In the evening [p] and [q] {laughed|talked} about {it|everything}.
All {was|ended} well, and {they|[p] and [q]} {slept|could sleep} well.
"{Why did all that happen|Why is it always us}?" asked [q], but [p] {did not know|only laughed}.
"""


def causes(page: Page) -> None:
    """A day of causes and effects."""
    home = page.chance.pick(FAMILIES)
    pair = page.chance.pick(
        (
            (home.father, home.mother),
            (home.mother, home.son),
            (home.elder, home.daughter if home.elder.sex == "m" else home.son),
        )
    )
    page.cast["p"], page.cast["q"] = pair
    season(page)
    page.tell(DAY_START)
    other = "warm" if str(page.cast["season"]) == "winter" else "cold"
    rows = [row for row in CAUSES if row[3] != other]
    for turn, row in enumerate(page.chance.sample(rows, page.chance.between(3, 5))):
        who = pair[turn % 2]
        cause, effect, then = (
            text.replace("{p}", who.name).replace("{he}", who.he).replace("{his}", who.his)
            for text in row[:3]
        )
        lower = cause if cause.startswith(who.name) else cause[0].lower() + cause[1:]
        named = effect
        if effect.startswith(f"{who.he} "):
            named = effect.replace(who.he, who.name, 1)
        elif effect.startswith(f"{who.his} "):
            named = effect.replace(who.his, f"{who.name}'s", 1)
        other_way = cause.replace(who.name, who.he) if who.name in named else lower
        page.cast.update(
            cause=cause,
            cause_=lower,
            effect=effect,
            effect_=named,
            cause_he=other_way,
            then=then,
        )
        page.tell(CAUSE_STEP)
    page.tell(DAY_END)


HABITS = """
[p] is a {[p.boy]|[p.boy] from the [p.place]}, and [q] is a {[q.boy]|[q.boy] from the [q.place]}.
[p] and [q] are friends, but they are very different.
{Do you know|Have you met} [p] and [q]? They are {neighbours|friends}, but not alike.

[p] lives in the [p.house] [p.house_where], but [q] does not.
[p] lives in the [p.house], {while|but} [q] lives in the [q.house].

[p] likes [p.likes], but [q] likes [q.likes].
[q] does not like [p.likes], because [q.he] prefers [q.likes].
[p] enjoys [p.likes] more than anything else.

[p] {loves|likes} to eat [p.food], {and|but} [q] {prefers|would rather have} [q.food].
The favourite food of [p] is [p.food], and [q] likes [q.food].

*2
The favourite colour of [p] is [p.colour], but [q] {likes|loves} [q.colour].
Has [p] ever {been late|told a lie}? No, [p.he] has never {done that|been late}.
[p] has a [p.pet.kind] called [p.pet], and [q] has a [q.pet.kind] called [q.pet].
[p] can {swim|sing|ride a horse} {very well|well}, but [q] {cannot|can do it better}.
[q] has often {visited|been to} the [p.place] and {likes it|wants to see it again}.
[q] has never {visited|seen} the [p.house], but [q.he] would like to.
[p] {seldom|never} gets angry, {and|but} [q] {often|sometimes} does.

*2
In the morning [p] {gets up|is up} {before|after} [q].
When [p] is {sad|bored}, [p.he] {goes to see|visits} [q].
On {Sunday|Saturday} they {meet|sit} {in the park|near the river|at the market} and {talk|laugh|drink tea}.
When [q] {laughs|sings}, [p] {laughs|sings} too.
If [p] has {an apple|a cake}, [p.he] {always|} gives [q] half of it.
Last [season] they {went|travelled} to {the sea|the mountains} together.

?50
They {saw|looked at} themselves in the {water|mirror|window} and laughed.
They often laugh at themselves{ and never at others|}.
They have {built|made} themselves a {small boat|swing|table}.
[q] hurt [q.himself] {last week|once}, and [p] helped [q.him].
[p] {taught|has taught} [p.himself] to {play cards|cook|whistle}.

?70
@present

They are {different|not the same}, but they {like each other|never quarrel for long}.
"A good friend {does not have to be|need not be} like you," says [p].
"We are {so different|not alike}," says [q], "{and that is good|but we are friends}."
"""


def habits(page: Page) -> None:
    """Two friends and how they differ."""
    first = page.chance.pick(PEOPLE)
    others = [
        each
        for each in PEOPLE
        if each.sex != first.sex
        and each.family != first.family
        and each.age == first.age
        and each.food != first.food
        and each.colour != first.colour
        and each.likes != first.likes
        and each.house_where != first.house_where
    ]
    page.cast["p"] = first
    page.pick("q", others)
    season(page)
    page.tell(HABITS)


KINDS = (questions, causes, habits)
