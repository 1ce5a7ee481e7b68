"""Documents about life at home."""

# ruff: noqa: E501 -- a pattern is one line, however long its choices make it.

from __future__ import annotations

from smallworld.grammar import number
from smallworld.page import Page
from smallworld.people import FAMILIES, WORKERS
from smallworld.scene import child, family, season
from smallworld.things import DAYS

DAY_OF_A_WORKER = """
[p] is a [p.job.name].
[p] works as a [p.job.name].
[p] is a {good|busy|kind} [p.job.name] and works [p.job.where].

[p.he] lives in the [p.house] [p.house_where].
[p.his] home is the [p.house] [p.house_where].
The [p.house] [p.house_where] is [p.his] home.

Every morning [p.he] gets up at [up] o'clock.
[p.he] {always|usually} gets up at [up] o'clock.
At [up] o'clock in the morning [p.he] wakes up.

*2
First [p.he] washes [p.his] face and {brushes [p.his] teeth|combs [p.his] hair}.
Then [p.he] dresses [p.himself] and {opens the window|feeds [pet] the [pet.kind]|makes the bed}.
For breakfast [p.he] {eats bread and drinks {tea|milk|coffee}|has {an egg|porridge|bread and cheese} and a cup of tea}.

At [start] o'clock [p.he] {starts work|begins to work}.
[p.his] work {starts|begins} at [start] o'clock.
[p.he] {starts work|begins} at [start] o'clock and is {never|seldom} late.

[p.he] [p.job.does].
[p.job.where] [p.he] [p.job.does].
All day [p.he] [p.job.does].

?60
For this work [p.he] needs [p.job.tool].
Without [p.job.tool] [p.he] {cannot|could not} do [p.his] work.
[p.his] {best|most important} tool is [p.job.tool].

*2
At noon [p.he] {stops for|has} lunch and {eats soup|eats bread and cheese|rests for an hour}.
The work is {hard|not easy}, but [p.he] {likes|loves} it.
{Many|Some|A lot of} people {know|like|thank} [p.him] for [p.his] work.
When [p.he] is tired, [p.he] {drinks a glass of water|sits down for a while|takes a short rest}.

At [home] o'clock [p.he] goes home{| and [pet] the [pet.kind] is waiting at the door}.
In the {evening|late afternoon} [p.he] comes home, because the work is done.
[p.his] work ends at [home] o'clock, and then [p.he] goes home.

~2
In the evening [p.he] {likes|enjoys} [p.likes].
{For dinner|For supper} [p.he] often {eats|has} [p.food].
After dinner [p.he] {talks with the family|tells the children a story|washes the plates|listens to music}.
[p.he] sits {in a soft chair|by the fire|by the window} and {reads|rests|drinks tea}.

[p.he] goes to bed at [bed] o'clock.
At [bed] o'clock [p.he] is {tired|sleepy} and goes to bed.
At [bed] o'clock [p.he] turns off the light and {falls asleep|sleeps well}.
"""


def day_of_a_worker(page: Page) -> None:
    """The usual day of someone with a job, in the present tense."""
    person = page.chance.pick(WORKERS)
    page.cast.update(p=person, pet=person.pet)
    up = page.chance.between(5, 7)
    page.cast.update(up=number(up), start=number(up + 2), home=number(page.chance.between(4, 6)))
    page.cast["bed"] = number(page.chance.between(9, 10))
    page.tell(DAY_OF_A_WORKER)


FAMILY_PORTRAIT = """
{This|Here} is the family {of|that lives in} the [father.house] [father.house_where].
[father] and [mother] live in the [father.house] [father.house_where].
There are five people in the [father.house] [father.house_where].

[father] is a [father.job.name] and [mother] is a [mother.job.name].
The father, [father], is a [father.job.name], and the mother, [mother], is a [mother.job.name].

They have two children, [son] and [daughter].
Their children are {called|named} [son] and [daughter].
They have a son, [son], and a daughter, [daughter].

[elder], the [elder.grandfather], lives with them{| too}.
The [elder.grandfather] of the children is called [elder].
The children have a [elder.grandfather] whose name is [elder].

The family has a [pet.colour] [pet.kind] called [pet].
They {also have|have} a [pet.kind] {called|named} [pet], and [pet.he] is [pet.colour].
There is also [pet], {a|the} [pet.colour] [pet.kind].

~4
[son] likes [son.likes], but [daughter] likes [daughter.likes].
[who] likes {to eat|eating} [who.food] {more than anything else|best|very much}.
The {best-loved|favourite} colour of [other] is [other.colour].
In the evening [elder] {often|} enjoys [elder.likes].
[father] works [father.job.where], and [mother] works [mother.job.where].
The children go to school, and [father] and [mother] go to work.
When [mother] is not working, she enjoys [mother.likes].
[father] loves [father.likes], and his son loves [son.likes].
[daughter] has a brother, and [son] has a sister.
[elder] is the oldest, and {[daughter] is the youngest|[daughter] and [son] are the youngest}.

*2
In the evening they all sit around the table and {eat|talk|laugh} together.
On {Sunday|Saturday} they {go for a walk|cook together|visit their friends|stay at home}.
They are {not rich, but they are happy|a happy family}.
The house is {never|seldom} quiet, because the children {laugh|sing|play} all day.
[pet] sleeps {by the door|near the stove|in the kitchen}, and everyone {loves|likes} [pet.him].
"""


def family_portrait(page: Page) -> None:
    """A family, its house and what each member likes."""
    home = family(page)
    page.cast["p"] = home.father
    page.cast["who"] = page.chance.pick(home.members)
    page.cast["other"] = page.chance.pick([m for m in home.members if m is not page.cast["who"]])
    page.tell(FAMILY_PORTRAIT)


CHILD_DAY = """
On [day] [p] woke up at [up] o'clock.
[p] woke up early on [day] {morning|because it was a school day}.
The {cock crowed|clock rang|sun came up}, and [p] woke up.

[p.he] {got up|jumped out of bed}, washed [p.himself] and {got dressed|put on [p.his] [p.colour] shirt}.
[p.he] was still sleepy, so [parent] {had to call|called} [p.him] {again|twice}.

[p.his] [parent.father] had made {porridge|tea and toast|eggs and bread} for breakfast.
For breakfast [p.he] {ate|had} {porridge|an egg|bread and butter} and drank a {glass|cup} of milk.

Then [p.he] {took|picked up} [p.his] bag and {walked|ran} to school.
[p.he] said goodbye to [pet] the [pet.kind] and {walked|went} to school.
At eight o'clock [p.he] left the house and walked to school {with [sibling]|alone}.

?35
@rain

On the way [p.he] met [mate], and they {walked on together|went on together}.
[mate] was waiting {at the corner|by the gate|near the bridge}, and they went on together.

*3
At school [p] {learned|had to learn} {ten new words|a song|how to add|a poem}.
Anna, the teacher, {wrote numbers on the board|read a story to the children|showed the children a map}.
[mate] did not know the answer, but [p] {did|knew it}.
They {counted|sang|wrote|drew} until the bell rang.
At noon [p] and [mate] ate {apples|bread and cheese|soup} together.
In the break they {played|ran} in the yard with the other children.

?25
@outdoors

After school [p.he] {went|walked|ran} home, {hungry and tired|for [p.he] was hungry|because lunch was waiting}.
At three o'clock the school was over, and [p.he] {went|ran} home.

At home [p.he] did [p.his] homework and then [p.he] {helped [parent]|played with [pet]|played with [sibling]}.
[p.his] [elder.grandfather] asked [p.him], "What did you learn today?"
"How was school?" asked [p.his] [parent.father].

"{It was fun|We learned a lot|I learned something new}," said [p].
[p] {told|showed} [parent] everything{| about [p.his] day}.

In the evening [p.he] was so tired that [p.he] {fell asleep at once|went to bed early}.
[p.he] went to bed at eight o'clock and {slept well|dreamed of the sea|fell asleep quickly}.
That night [p.he] dreamed {of|about} {a big ship|a flying horse|a talking fish}.
"""


def child_day(page: Page) -> None:
    """A school day of a child, told in the past tense."""
    person = child(page)
    season(page, days=DAYS[:5])
    page.cast["up"] = number(page.chance.between(6, 7))
    page.cast["mate"] = page.chance.pick(
        [
            c
            for f in FAMILIES
            for c in (f.son, f.daughter)
            if c.sex != person.sex and c.family != person.family
        ]
    )
    page.tell(CHILD_DAY)


DISHES = (
    ("soup", "a big pot", "the {carrots|potatoes|onions}", "cut them into {small pieces|slices}", "put them into the hot water", "stirred the soup", "salt", "hot"),
    ("pancakes", "a flat pan", "the eggs", "broke them into a bowl", "added flour and milk", "turned the pancakes over", "sugar", "golden"),
    ("rice", "a small pot", "the beans", "washed them in cold water", "cooked them with the rice", "put the lid on the pot", "salt", "soft"),
    ("an apple cake", "a round tin", "the apples", "cut them into {thin slices|small pieces}", "put them on the dough", "put the cake in the oven", "sugar", "brown"),
    ("salad", "a wooden bowl", "the tomatoes", "washed and cut them", "put them in the bowl", "mixed everything with oil", "salt", "fresh"),
    ("fried fish", "a black pan", "the fish", "cleaned them with a knife", "put them in the hot oil", "turned the fish over", "lemon", "crisp"),
)  # fmt: skip


COOKING = """
[when] [p] was hungry, so [p.he] wanted to make [dish].
[p] and [parent] wanted to {cook|make} [dish] {for dinner|for the family|for [elder]}.
"I am hungry," said [p] [when].
[when] [p] and [parent] were in the kitchen.

"Let us make [dish]," said [p.his] [parent.father].
"Shall we make [dish]?" asked [parent].
[parent] said, "Today we will {make|cook} [dish]."

First they {washed their hands|put on their aprons} and {looked for|took out} [pot].
First [p] {took|brought} [pot] from the {shelf|cupboard}.
[p] {found|got} [pot], and [parent] lit the {fire|stove}.

[parent] gave [p] [first], and [p.he] [prepared].
[p] took [first] and {carefully |}[prepared].

Then they [added].
Next, [p] [added], while [parent] {watched|helped}.

After that [parent] [last].
After {five|ten} minutes [parent] [last].
Then [p] {carefully |}[last], because the {pot|stove} was hot.

?80
"{Don't|Do not} forget the [spice]," said [parent].
"How much [spice] do we need?" asked [p].
[p] tasted it and said, "It needs {a little|some|more} [spice]."
They added {a little|some} [spice], but not too much.

?50
A good smell {filled the kitchen|came from the kitchen}.
The kitchen smelled {good|wonderful}, and [pet] the [pet.kind] came to look.
[pet] the [pet.kind] {waited|sat} {under the table|by the door} and hoped for a {bite|piece}.

?25
@indoors

After {twenty|thirty} minutes the food was [done] and ready.
At last it was [done], and the table was {set|laid}.
{Soon|At last} everything was ready, so [p] called the family.

The whole family sat {down at|around} the table and {ate|began to eat}.
[p], [sibling], [parent] and [elder] sat down and ate.
[sibling] {brought|carried} the plates, and they all sat down to eat.

"{This|It} tastes {wonderful|very good}," said [elder].
"Who made this?" asked [elder].
[elder] {smiled|laughed} and asked for more.

{Soon|Then} the {plates were|table was} empty, and nobody was hungry {any more|any longer}.
[p] was proud, because [p.he] had made [dish] {with [p.his] own hands|almost alone}.
After the meal [p] washed the plates and [sibling] dried them.
"""


def cooking(page: Page) -> None:
    """A meal cooked step by step."""
    child(page)
    season(page)
    dish, pot, first, prepared, added, last, spice, done = page.chance.pick(DISHES)
    page.cast.update(dish=dish, pot=pot, spice=spice, done=done)
    page.set(first=first, prepared=prepared, added=added, last=last)
    page.tell(COOKING)


BEDTIME = """
It was {late|dark|eight o'clock}, and [p] {was lying|lay} in bed.
The moon was {high|bright}, and [p] {could not sleep|was still awake}.
[p] had brushed [p.his] teeth and {was lying|lay} in bed.

"Please tell me a story," [p.he] {said to|asked} [elder].
"I cannot sleep. Tell me a story," said [p].

[elder] sat down {beside|on} the bed and {began|smiled}.
{So|Then} [elder] {turned down|lit} the lamp and began to tell a story.
[p.his] [elder.grandfather] sat down on the bed and began.

"{Once upon a time|Long ago|Once} there was a [look] [hero] {who|that} wanted to [wish]."
"There was once a [look] [hero], and it wanted to [wish]."

"Every night the [hero] {looked up at the sky|was alone|dreamed about it|thought about it}."
"The other animals laughed at the [hero], but it did not {stop|give up}."

"One day it met the [helper] and asked it for help."
"So the [hero] went to the [helper] and said, please help me."

"The [helper] {was old and wise|was kind} and showed the [hero] the way."
"{Wait until morning|Be patient|Follow me}, said the [helper] {softly|to the [hero]}."

"The [hero] {walked|went} for {three days and three nights|seven days and seven nights}."
"They travelled {over the hills|through the dark forest} until the sun came up."

"In the end the [hero] was happy, and it {never felt lonely again|went home and slept|thanked the [helper]}."
"And so the [look] [hero] got its wish in the end."

"{Is that the end|And then|What happened then|Did the [hero] come back}?" asked [p] {sleepily|in a low voice|softly}.
[p] {yawned|closed [p.his] eyes} and {smiled|asked for one more story}.

"That is all for tonight," [elder] {whispered|answered|said}.
"Tomorrow I will tell you {more|another story}," said [elder].

{But|Soon} [p] was {already asleep|fast asleep}.
[elder] turned off the {light|lamp} and {closed the door|left the room} {quietly|softly}.
[pet] the [pet.kind] lay {at the end of the bed|beside the bed} and slept too.
"""


def bedtime(page: Page) -> None:
    """A bedtime with a short story inside."""
    child(page)
    page.pick("hero", ("mouse", "rabbit", "hedgehog", "bear", "star", "fox", "fish", "snail"))
    page.pick("look", ("little", "grey", "lonely", "brave", "sleepy", "tiny"))
    page.set(
        wish="{see the sea|fly to the moon|find a friend|sleep in a golden bed|climb the highest hill|hear a song}"
    )
    page.pick("helper", ("wind", "moon", "owl", "river", "old tree", "frog"))
    page.tell(BEDTIME)


ROOMS = {
    "kitchen": ("a stove|a big table|a shelf with plates|a pot of soup|a basket of bread", "cook"),
    "bedroom": ("a soft bed|a warm blanket|a small lamp|a white pillow|a big cupboard", "sleep"),
    "living room": ("a sofa|a bookcase|a clock|a round carpet|an old piano", "talk and rest"),
    "classroom": ("a blackboard|a row of desks|a map of the world|a box of chalk|a globe", "learn"),
    "workshop": ("a long bench|a box of nails|a row of hammers|a saw|a heap of boards", "work"),
    "bakery": (
        "a hot oven|a sack of flour|a tray of cakes|a row of loaves|a wooden table",
        "bake bread",
    ),
    "barn": (
        "a heap of hay|an old ladder|a bucket of water|a cart|a sack of corn",
        "keep the animals",
    ),
}


ROOM = """
This is {a|our|the} [room].
{Let us look|Look} {into|at} {this|the} [room].
Here we {are|stand} in {a|the} [room].
The [room] is {large and light|small but warm|clean and quiet}.

It is {a|the} place where {people|they} [use].
In this room people [use].
{Here|In it} people [use] every day.

~3
The walls are [colour], and the floor is {of wood|of stone|brown|clean}.
There are [n] windows and {one door|two doors}.
{The ceiling is high|The windows are large}, and the room is {bright|light}.
Through the window you can see {the hill|the street|the trees|the sky}.
There is {no|only one} {lamp|mirror} on the wall, but there are {two|three|many} pictures.

On the left there is [a], and on the right there is [b].
{Next to|Near} the door {stands|is} [a], and [b] is {under|near} the window.
There is [a] in the corner and [b] in the middle.

{Behind|Beside} [the_a] {you can see|there is} [c].
There is also [c] {near|beside} [the_b].

?70
[d] is there too.
Is there [d] too? Yes, there is.
There is [d], but nobody is using it now.
{People|We} also need [d] here.

?60
@present

*2
There are {some|three|four} chairs {around the table|by the wall}, but nobody is sitting on them.
A {cat|dog} is {lying|sleeping} {on the floor|near [the_b]}.
{It is not|The room is not} dark, because the sun is shining through the window.
{How many|How many} windows are there? There are [n].
A {clock|picture} hangs {on the wall|over [the_a]}.
The keys on the {shelf|table} are {old|small|heavy}.

[p] is {standing|sitting} near [the_b].
Now [p] comes in and {sits down|looks around}.
[p] {often|sometimes} comes here {after school|with [parent]}.

The cat {is sitting|sits} on the mat.
[p.he] is looking at [the_a].
"I like this room," [p.he] {says|is saying}.
[p.he] {likes|loves} this room because it is {warm|quiet|bright}.

?50
In winter it is the warmest room of all.
When it gets dark, [p.he] lights the lamp.
In the evening {nobody|no one} is here, and the room is {quiet|dark}.
"""


def room(page: Page) -> None:
    """A room and where things are in it, in the present tense."""
    name = page.chance.pick(tuple(ROOMS))
    things, use = ROOMS[name]
    first, second, third, fourth = page.chance.sample(things.split("|"), 4)
    page.cast.update(room=name, use=use, a=first, b=second, c=third, d=fourth)
    page.cast["the_a"] = "the " + first.split(" ", 1)[1]
    page.cast["the_b"] = "the " + second.split(" ", 1)[1]
    page.cast["n"] = number(page.chance.between(2, 6))
    child(page)
    page.set(colour="{white|yellow|blue|green|grey}")
    page.tell(ROOM)


KINDS = (day_of_a_worker, family_portrait, child_day, cooking, bedtime, room)
