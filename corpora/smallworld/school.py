"""Documents that teach: counting, the calendar, opposites, agreement, questions and causes."""

from __future__ import annotations

from dataclasses import dataclass

from smallworld.animals import ANIMALS
from smallworld.grammar import ORDINALS, number
from smallworld.page import Page
from smallworld.people import FAMILIES, PEOPLE, WORKERS, Person
from smallworld.scene import child, season, two_children
from smallworld.things import COLOURS, DAYS, MONTHS, SEASONS

LESSON = """
It is {[day]|a quiet [day] morning}, and Anna, the teacher, is {in the classroom|standing at the blackboard}.
The bell {has rung|rings}, and the children {sit down|are sitting at their desks}.
"Good morning, children!" says Anna{, the teacher|}.

"Today we {will|shall} {add|work with} numbers," {she|the teacher} says.
"Take out your {books|pencils}, please. We will {add|count}," says {she|the teacher}.

"[p], {what is|how much is} [a] and [b]?" asks {Anna|the teacher}.
"{Who knows|Who can tell me} what [a] and [b] {is|makes}?" asks Anna.

[p] {counts on [p.his] fingers|thinks for a moment} and {says|answers}, "[a] and [b] is [sum]."
"[a] and [b] {is|makes} [sum]," {answers|says} [p] {quickly|at once}.

"{Right|Very good|Well done}, [p]! {And what|What} is [c] minus [d]?" {asks|says} {Anna|the teacher}.
"That is {right|correct}. Now, [q], what is [c] minus [d]?"

[q] {says|answers}, "[c] minus [d] is [wrong]."
"I think it is [wrong]," {says|answers} [q], but [q.he] is not {sure|certain}.

"No, {that is not right|not quite}. {Think|Try} again, [q]," says Anna.
"[wrong]? Is that {right|true}, [p]?" asks Anna.

"{Oh|Now I see}, [c] minus [d] is [rest]!" {says|cries} [q].
[q] {counts|thinks} {again|once more} and says, "It is [rest]."

{Anna|The teacher} writes [rest] on the {blackboard|board} and {smiles|nods}.
"Yes, [rest] is right," says {Anna|the teacher}.

?40
The cat of the school {is sitting|sits} {in the window|on the mat} and {watches|looks at} the {birds|children}.
{Outside|In the yard} {a bird is singing|the rain is falling}, but nobody {looks up|is listening}.

Then the children {learn|write} {a poem|a new song|ten words} about {the moon|spring|a cat}.
Next they {look at|find} {the sea|the rivers|the mountains} on the map.
After that they {read|hear} a story {about a lion|about an old king}.

"What comes after [e]?" asks Anna, and {all|many} children {know|say} that it is [f].
"Which number comes before [f]?" asks Anna. "It is [e]," say the children.

{At twelve o'clock|Then} the bell rings, and {the lesson is over|the children may go home}.
"That is all for today. Do not forget your {homework|books}," says {Anna|the teacher}.

?60
[p] and [q] {run|go} out into the {yard|sun} {with the others|together}.
"{I like numbers|School is fun}," says [p], but [q] {likes drawing|prefers to draw|wants to play}.
"""  # noqa: E501


def lesson(page: Page) -> None:
    """A lesson in adding and taking away, in the present tense."""
    two_children(page)
    page.pick("day", DAYS[:5])
    one, two = page.chance.between(2, 9), page.chance.between(2, 9)
    total, taken = page.chance.between(8, 18), page.chance.between(2, 6)
    after = page.chance.between(11, 60)
    page.cast.update(a=number(one), b=number(two), sum=number(one + two), c=number(total))
    page.cast.update(d=number(taken), rest=number(total - taken))
    page.cast["wrong"] = number(total - taken + page.chance.pick((-1, 1)))
    page.cast.update(e=number(after), f=number(after + 1))
    page.tell(LESSON)


COUNTING = """
How many [things] are there? [p] {counts|wants to count} them.
[p] and [q] are playing a counting game with [things].
"Let us count the [things]," says [p] {to [q]|}.

?40
@outdoors

There are [a] [colour] [things] and [b] [other] [things].
"I see [a] [colour] [things] and [b] [other] ones," says [p].
[p] has [a] [colour] [things], and [q] has [b] [other] [things].

How many are there {together|in all}? There are [sum], because [a] and [b] is [sum].
[a] and [b] is [sum], so {together there are|they have} [sum] [things].
"That {makes|is} [sum] {together|in all}," says [q].

Are there more [colour] [things] or more [other] [things]?
"Do we have more [colour] ones or more [other] ones?" asks [p].

There are {more [more] ones than [fewer] ones|fewer [fewer] ones than [more] ones}.
"There are more [more] ones," {says|answers} [q], "{and fewer [fewer] ones|because I counted them}."

[q] {takes away|hides} [c] of them. How many are left?
Now [q] {puts|takes} [c] [things] {into a box|away}.
Then [c] [things] {fall under the table|are taken away}.

Now {there are only|only} [d] [things] {are left|on the table}, because [sum] minus [c] is [d].
[sum] minus [c] {is|makes} [d], so there are [d] left.

"Give me one {more|of them}, please," says [p], and [q] gives [p.him] {one|a [other] one}.
[p] {finds|gets} one more, and {so|now} there are [e].
One more {is found|comes} under the {chair|bed}, and [d] and one is [e].

*2
Half of [f] is [half], and twice [half] is [f].
Ten is {more|bigger} than {nine|eight}, {but|and} {eleven|twelve} is {more|bigger} than ten.
After [g] comes [h], and before [h] comes [g].
The first {one|of them} is [colour], and the last {one|of them} is [other].
{Nobody|No one} has as many [things] as [p].
One, two, three, four, five: [q] counts {aloud|with [q.his] fingers}.

"You {count|can count} {well|very quickly}," says [q.his] {mother|father}.
{"Counting is easy," says [p], "if you go slowly."|"Shall we play again?" asks [q].}
They {put|lay} all the [things] back into the {box|bag} and {go home|start again}.
"""  # noqa: E501


def counting(page: Page) -> None:
    """A counting game with sums that are right."""
    two_children(page)
    page.pick("things", ("apples", "stones", "shells", "buttons", "nuts", "balls", "leaves", "pencils"))
    colour, other = page.chance.sample(COLOURS, 2)
    one = page.chance.between(2, 9)
    two = page.chance.pick([count for count in range(2, 10) if count != one])
    taken, half, start = page.chance.between(1, 3), page.chance.between(2, 10), page.chance.between(5, 30)
    page.cast.update(colour=colour, other=other, a=number(one), b=number(two), sum=number(one + two))
    page.cast.update(more=colour if one > two else other, fewer=other if one > two else colour)
    page.cast.update(c=number(taken), d=number(one + two - taken), e=number(one + two - taken + 1))
    page.cast.update(f=number(2 * half), half=number(half), g=number(start), h=number(start + 1))
    text = COUNTING
    if taken == 1:
        text = text.replace("[c] [things] {fall under the table|are taken away}", "one of them {falls under the table|is taken away}")
        text = text.replace("{puts|takes} [c] [things]", "{puts|takes} one of them")
    page.tell(text)


OPPOSITES = (
    ("big", "small", "an elephant", "a mouse"), ("hot", "cold", "fire", "ice"),
    ("fast", "slow", "a horse", "a snail"), ("light", "heavy", "a feather", "a stone"),
    ("dry", "wet", "sand", "rain"), ("soft", "hard", "a pillow", "a stone"),
    ("sweet", "sour", "honey", "a lemon"), ("old", "young", "a grandmother", "a baby"),
    ("loud", "quiet", "thunder", "a mouse"), ("black", "white", "coal", "snow"),
    ("high", "low", "a mountain", "the grass"), ("long", "short", "a snake", "a worm"),
    ("bright", "dark", "the sun", "the night"), ("sharp", "blunt", "a knife", "a spoon"),
    ("thick", "thin", "a tree", "a hair"), ("strong", "weak", "a bear", "a baby"),
    ("full", "empty", "a full cup", "an empty cup"), ("new", "old", "a new coat", "an old castle"),
)  # fmt: skip
OPPOSITES_START = """
"Let us play {opposites|the game of opposites}," said [p] to [q].
[p] and [q] were {learning|playing with} opposites.
"I say a word, and you say the opposite," said [p].

?70
"{That is easy|Good}, you {begin|may begin}," said [q].
[q] {liked|loved} this game and {wanted to begin|sat down beside [p.him]}.
"""
OPPOSITES_STEP = """
"What is the opposite of [x]?" asked [p]. "[y]," said [q].
The opposite of [x] is [y], and the opposite of [y] is [x].
"[x]," said [p], {and|so} [q] {answered|said}, "[y]."
{If something is not [x], it|A thing that is not [x]} {is|may be} [y].

[xs_] is [x], but [ys_] is [y].
[ys_] is not [x], because it is [y].
{Is [ys] [x]? No, [ys] is [y].|Is [xs] [y]? No, [xs] is [x].}
What is [x]? [xs_] is [x], but [ys] is not.
"""
OPPOSITES_END = """
?30
@outdoors

"Now {I will ask you|it is my turn}: what is the opposite of {happy|open|good|clean}?" {asked|said} [q].
"And what is the opposite of {happy|open|good|clean}?" asked [q].

*1
"{You|We} {know|have found} {so many|many} words," said [q.his] {mother|father}{, who had listened|}.
They {played|went on} until {dinner|bedtime|it got dark}.
"{Day and night|Summer and winter|Up and down} are opposites too," said [p].
"I do not know {any more|another word}," said [q] {and laughed|at last}.
"""


def opposites(page: Page) -> None:
    """A game of opposites."""
    two_children(page)
    page.tell(OPPOSITES_START)
    for x, y, xs, ys in page.chance.sample(OPPOSITES, page.chance.between(3, 4)):
        page.cast.update(x=x, y=y, xs=xs, ys=ys, xs_=xs, ys_=ys)
        page.tell(OPPOSITES_STEP)
    page.tell(OPPOSITES_END)


CALENDAR = """
"How many days {are there in|has} a week?" asked [p].
{There are|A week has} seven days {in a week|}, and [p] can {name|say} them all.
[p] {is learning|wants to learn} the days and the months.

{The first is Monday|The week begins with Monday}, {and|then comes Tuesday, and} the last {is Sunday|day is Sunday}.
On {Saturday and Sunday|the weekend} there is no school{, so the children stay at home|}.

After [d1] comes [d2], and after [d2] comes [d3].
If today is [d1], tomorrow {will be|is} [d2].
Yesterday was [d1], so today is [d2].
The day before [d2] is [d1], {and|while} the day after it is [d3].

There are twelve months in a year, and the first one is January.
A year has twelve months. {It begins|The year begins} {with|in} January and ends {with|in} December.

After [m1] comes [m2], and before [m1] comes [m0].
"Which month comes after [m1]?" asked [parent]. "[m2]," {said|answered} [p].
[m1] is the {[nth]|[nth] month} of the year{, and [m2] comes next|}.

There are four seasons: spring, summer, autumn and winter.
The four seasons are {called|} spring, summer, autumn and winter.

[s1] {is [f1]|comes first}, and {it is|} followed by [s2].
After [s1] comes [s2], {and|when} it {is|gets} [f2].

In [s1] it is [f1], and [t1].
[m_in] is a month {of|in} [s1], when it is {often|usually} [f1].
When it is [s1], [t1] {and [w1]|}.

*2
A day has twenty-four hours, and an hour has sixty minutes.
At noon the sun is {high|highest}, and at midnight {it is dark|we are asleep}.
In the morning the sun rises, and in the evening it {sets|goes down}.
We {get up|wake up} in the morning and {go to bed|sleep} at night.
In winter the days are short, {and|but} in summer {they|the days} are long.
"I was born in [m1]," said [p].
It is [hour] o'clock now, so in one hour it will be [hour2] o'clock.

"{I know|Now I know} {it all|all of them}!" {said|cried} [p].
"You {have learned|know} a lot {today|}," said [parent].
"My {best|favourite} month is {[m1]|July|December}," said [p].
"""  # noqa: E501


def calendar(page: Page) -> None:
    """Days, months and seasons in their order."""
    child(page)
    day = page.chance.below(7)
    month = page.chance.below(12)
    page.cast.update(d1=DAYS[day], d2=DAYS[(day + 1) % 7], d3=DAYS[(day + 2) % 7])
    page.cast.update(m0=MONTHS[(month + 11) % 12], m1=MONTHS[month], m2=MONTHS[(month + 1) % 12])
    order = page.chance.below(4)
    first, second = SEASONS[order], SEASONS[(order + 1) % 4]
    page.cast.update(s1=first, s2=second, f1=first.feel, f2=second.feel, t1=first.trees, w1=first.does)
    page.pick("m_in", first.months)
    hour = page.chance.between(1, 11)
    page.cast.update(hour=number(hour), hour2=number(hour + 1))
    if month < 10:
        page.cast["nth"] = ORDINALS[month]
    else:
        page.cast["nth"] = ("eleventh", "twelfth")[month - 10]
    page.tell(CALENDAR)


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
        return "they" if self.plural else "it"

    @property
    def this(self) -> str:
        return "these" if self.plural else "this"

    @property
    def that(self) -> str:
        return "those" if self.plural else "that"


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
    ("cow cows", "eating grass/sleeping/standing still", "brown/big/white/old"),
    ("goose geese", "swimming/eating grass/making noise", "white/loud/fat/grey"),
    ("mouse mice", "eating cheese/hiding/running away", "grey/tiny/quick/hungry"),
    ("sheep sheep", "eating grass/resting/looking at us", "white/quiet/young/old"),
    ("baby babies", "sleeping/crying/smiling", "little/small/happy/tired"),
    ("farmer farmers", "working/resting/talking", "old/busy/tired/kind"),
    ("teacher teachers", "reading/talking/smiling", "young/kind/busy/tall"),
)  # fmt: skip
_NEARS = (
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
The [x] [near] [x.be] [doing].
The [look] [x] [near] [x.be] [doing].
The [x] that [x.be] [near] [x.be] [look].
The [x] [near] [x.has] {nothing to do|a lot of time}.

[x.it] [x.be] [look], {and|but} [x.it] [x.be] not [doing2].
{[x.this]|[x.that]} [x] [x.be] [look] and {very|quite} [look2].
[x.do] {[x.this]|the} [x] look [look]? Yes, [x.it] [x.do].
[x.be] {[x.this]|the} [x] [doing]? Yes, [x.it] [x.be].
[x.be] the [x] [doing2]? No, [x.it] [x.be] not.
Yesterday [x.it] [x.was] {there too|not there|in another place}.
{Now|At the moment} [x.it] [x.be] [doing] {near the road|in the sun|alone}.
The [x] [near] [x.was] there {before|yesterday} too.
"""
PICTURE_END = """
*1
There [y.be] {also|} [count] [y] {in the picture|on the left|on the right}, and [y.it] [y.be] [ydoing].
There [y.be] [count] [y] [near], and [y.it] [y.be] [ylook].

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
    rows = page.chance.sample(_LIVING, 4)
    for row in rows[:3]:
        noun = _noun(row, page.chance.happens(0.5))
        start, one, many = page.chance.pick(_NEARS)
        doing, doing2 = page.chance.sample(noun.doing, 2)
        look, look2 = page.chance.sample(noun.look, 2)
        page.cast.update(x=noun, near=f"{start} {page.chance.pick((one, many))}", doing=doing)
        page.cast.update(doing2=doing2, look=look, look2=look2)
        page.tell(PICTURE_STEP)
    last = _noun(rows[3], page.chance.happens(0.6))
    count = page.chance.pick(("two", "three", "four", "some", "many")) if last.plural else "a"
    page.cast.update(y=last, count=count, ydoing=page.chance.pick(last.doing), ylook=page.chance.pick(last.look))
    page.tell(PICTURE_END)


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
"[because]," said [elder], "{and|because} [more]."
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

"{You know everything|How do you know all this}!" {said|cried} [p].
"Are there any more questions?" asked [elder], {but|and} [p] {had none|was silent|had to think}.
"That is enough for today," said [elder] {and closed [elder.his] eyes|with a smile}.
"{Nobody knows everything|I do not know everything}," said [elder], "{but|and} {asking is good|it is good to ask}."
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
            while first.food == second.food or abs(first.size - second.size) < 4:
                first, second = page.chance.sample(ANIMALS, 2)
            page.cast.update(a=first, b=second)
            page.cast["bigger"] = (
                f"Yes, the {first} is bigger" if first.size > second.size else f"No, the {second} is bigger"
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
    ("It rained all night", "the ground was wet", "{p} put on {his} boots"),
    ("The sun was very hot", "the grass was dry", "{p} gave it some water"),
    ("{p} had not eaten all day", "{he} was hungry", "{he} ate two plates of soup"),
    ("{p} had worked all day", "{he} was tired", "{he} went to bed early"),
    ("The wind was strong", "the window closed with a bang", "the glass broke"),
    ("The glass fell from the table", "it broke", "{p} swept up the pieces"),
    ("It was very cold outside", "the water in the bucket was ice", "{p} lit a fire"),
    ("{p} did not wear a hat in the snow", "{he} became ill", "{he} had to stay in bed"),
    ("The lamp went out", "the room was dark", "{p} lit a candle"),
    ("The dog heard a noise", "it barked", "{p} woke up"),
    ("{p} ran all the way home", "{he} was thirsty", "{he} drank three glasses of water"),
    ("{p} forgot the bread in the oven", "it was black", "{p} opened all the windows"),
    ("The bus was late", "{p} came too late to work", "{he} said that {he} was sorry"),
    ("{p} lost the key", "the door could not be opened", "{he} climbed through the window"),
    ("It snowed all night", "the road was white", "{p} took the sledge"),
    ("The baby was hungry", "it cried", "{p} gave it some milk"),
    ("The ice on the pond was thin", "nobody could walk on it", "the children stayed on the bank"),
    ("The bag was too heavy", "it tore", "all the apples fell on the road"),
    ("The cat was hungry", "it caught a mouse", "{p} gave it some fish as well"),
    ("There was no wind", "the boat did not move", "{p} had to row"),
    ("{p} heard good news", "{he} was happy", "{he} sang in the kitchen"),
    ("{p} ate too many plums", "{his} stomach hurt", "{he} drank only tea that evening"),
    ("The coat had a hole", "{p} was cold", "{he} took the coat to the tailor"),
    ("The fire was out", "the soup was cold", "{p} lit the stove again"),
    ("{p} fell into the river", "{his} clothes were wet", "{he} sat down by the fire"),
    ("The shop was closed", "{p} could not buy any bread", "{he} baked some at home"),
    ("There was no rain for a month", "the river was low", "the farmer was worried"),
    ("{p} told a joke", "everybody laughed", "the quarrel was forgotten"),
)  # fmt: skip
DAY_START = """
It was {a day full of surprises|a strange day} for [p] and [q].
{So much|Many things} happened to [p] and [q] {that week|last [season]}.
[when] {everything went wrong|everything had a reason}.
{On [day]|That day} {one thing led to another|many things happened}.
"""
CAUSE_STEP = """
[cause], so [effect].
[cause], and so [effect].
[effect_], because [cause_].
Because [cause_], [effect].

[then_].
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
    pair = page.chance.pick(((home.father, home.mother), (home.mother, home.son), (home.elder, home.daughter if home.elder.sex == "m" else home.son)))
    page.cast["p"], page.cast["q"] = pair
    season(page)
    page.tell(DAY_START)
    for turn, row in enumerate(page.chance.sample(CAUSES, page.chance.between(3, 5))):
        who = pair[turn % 2]
        cause, effect, then = (
            text.replace("{p}", who.name).replace("{he}", who.he).replace("{his}", who.his) for text in row
        )
        lower = cause if cause.startswith(who.name) else cause[0].lower() + cause[1:]
        page.cast.update(cause=cause, cause_=lower, effect=effect, effect_=effect, then=then, then_=then)
        page.tell(CAUSE_STEP)
    page.tell(DAY_END)


HABITS = """
[p] is a {[p.boy]|[p.boy] from the [p.place]}, and [q] is a {[q.boy]|[q.boy] from the [q.place]}.
[p] and [q] are friends, but they are very different.
{Do you know|Have you met} [p] and [q]? They are {neighbours|friends}, but not alike.

[p] lives in the [p.house] [p.house_where], but [q] does not.
[p] lives in the [p.house], {while|but} [q] lives in the [q.house].

[p] likes [p.likes], but [q] likes [q.likes].
[q] does not like [p.likes], {because|and} [q.he] {prefers|likes} [q.likes].
[p] enjoys [p.likes] more than anything else.

[p] {loves|likes} to eat [p.food], {and|but} [q] {prefers|would rather have} [q.food].
The favourite food of [p] is [p.food], and [q] likes [q.food].

*2
The favourite colour of [p] is [p.colour], but [q] {likes|loves} [q.colour].
Has [p] ever {been late|told a lie}? No, [p.he] has never {done that|been late}.
[p] has a [p.pet.kind] called [p.pet], and [q] has a [q.pet.kind] called [q.pet].
[p] can {swim|sing|ride a horse} {very well|well}, but [q] {cannot|can do it better}.
[q] has {often|never} {visited|been to} the [p.place], and {likes it|wants to see it again}.
[p] {seldom|never} gets angry, {and|but} [q] {often|sometimes} does.

*2
In the morning [p] {gets up|is up} {before|after} [q].
When [p] is {sad|bored}, [p.he] {goes to see|visits} [q].
On {Sunday|Saturday} they {meet|sit} {in the park|near the river|at the market} and {talk|laugh|drink tea}.
When [q] {laughs|sings}, [p] {laughs|sings} too.
If [p] has {an apple|a cake}, [p.he] {always|} gives [q] half of it.
Last [season] they {went|travelled} to {the sea|the mountains} together.

?50
They saw themselves in the {water|mirror|window} and laughed.
[q] hurt [q.himself] {last week|once}, and [p] {helped|carried} [q.him].
[p] {taught|has taught} [p.himself] to {play cards|cook|whistle}.

?40
@outdoors

They are {different|not the same}, but they {like each other|never quarrel for long}.
"A good friend {does not have to be|need not be} like you," says [p].
"We are {so different|not alike}," says [q], "{and that is good|but we are friends}."
"""  # noqa: E501


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


KINDS = (lesson, counting, opposites, calendar, picture, questions, causes, habits)
