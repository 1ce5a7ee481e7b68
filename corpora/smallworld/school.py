"""Documents that teach: counting, the calendar, opposites, agreement, questions and causes."""

# ruff: noqa: E501 -- a pattern is one line, however long its choices make it.

from __future__ import annotations

from smallworld.grammar import ORDINALS, number
from smallworld.page import Page
from smallworld.scene import child, two_children
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

"{Right|Very good|Well done}, [p]! And now, [q], what is [c] minus [d]?" asks {Anna|the teacher}.
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
@present
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
"""


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
Ten is {more|bigger} than {nine|eight}, but {eleven|twelve} is {more|bigger} than ten.
After [g] comes [h], and before [h] comes [g].
The first {one|of them} is [colour], and the last {one|of them} is [other].
{Nobody|No one} has as many [things] as [p].
One, two, three, four, five: [q] counts {aloud|with [q.his] fingers}.

"You {count|can count} {well|very quickly}," says [q.his] {mother|father}.
{"Counting is easy," says [p], "if you go slowly."|"Shall we play again?" asks [q].}
They {put|lay} all the [things] back into the {box|bag} and {go home|start again}.
"""


def counting(page: Page) -> None:
    """A counting game with sums that are right."""
    two_children(page)
    page.pick(
        "things", ("apples", "stones", "shells", "buttons", "nuts", "balls", "leaves", "pencils")
    )
    colour, other = page.chance.sample(COLOURS, 2)
    one = page.chance.between(2, 9)
    two = page.chance.pick([count for count in range(2, 10) if count != one])
    taken, half, start = (
        page.chance.between(1, 3),
        page.chance.between(2, 10),
        page.chance.between(5, 30),
    )
    page.cast.update(
        colour=colour, other=other, a=number(one), b=number(two), sum=number(one + two)
    )
    page.cast.update(more=colour if one > two else other, fewer=other if one > two else colour)
    page.cast.update(c=number(taken), d=number(one + two - taken), e=number(one + two - taken + 1))
    page.cast.update(f=number(2 * half), half=number(half), g=number(start), h=number(start + 1))
    text = COUNTING
    if taken == 1:
        text = text.replace(
            "[c] [things] {fall under the table|are taken away}",
            "one of them {falls under the table|is taken away}",
        )
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

[xs] is [x], but [ys] is [y].
[ys] is not [x], because it is [y].
{Is [ys] [x]? No, [ys] is [y].|Is [xs] [y]? No, [xs] is [x].}
What is [x]? [xs] is [x], but [ys] is not.
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
        page.cast.update(x=x, y=y, xs=xs, ys=ys)
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
[m1] is the [nth] month of the year{, and [m2] comes next|}.

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
"""


def calendar(page: Page) -> None:
    """Days, months and seasons in their order."""
    child(page)
    day = page.chance.below(7)
    month = page.chance.below(12)
    page.cast.update(d1=DAYS[day], d2=DAYS[(day + 1) % 7], d3=DAYS[(day + 2) % 7])
    page.cast.update(m0=MONTHS[(month + 11) % 12], m1=MONTHS[month], m2=MONTHS[(month + 1) % 12])
    order = page.chance.below(4)
    first, second = SEASONS[order], SEASONS[(order + 1) % 4]
    page.cast.update(
        s1=first, s2=second, f1=first.feel, f2=second.feel, t1=first.trees, w1=first.does
    )
    page.pick("m_in", first.months)
    hour = page.chance.between(1, 11)
    page.cast.update(hour=number(hour), hour2=number(hour + 1))
    if month < 10:
        page.cast["nth"] = ORDINALS[month]
    else:
        page.cast["nth"] = ("eleventh", "twelfth")[month - 10]
    page.tell(CALENDAR)


KINDS = (lesson, counting, opposites, calendar)
