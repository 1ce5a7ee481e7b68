"""Documents about life at home."""

from __future__ import annotations

from smallworld.grammar import number
from smallworld.page import Page
from smallworld.people import FAMILIES, WORKERS
from smallworld.scene import child, family, season, two_children
from smallworld.things import COLOURS

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
"""  # noqa: E501


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
"""  # noqa: E501


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
"""  # noqa: E501


def child_day(page: Page) -> None:
    """A school day of a child, told in the past tense."""
    person = child(page)
    season(page)
    page.cast["up"] = number(page.chance.between(6, 7))
    page.cast["mate"] = page.chance.pick([c for f in FAMILIES for c in (f.son, f.daughter)
                                          if c.sex != person.sex and c.family != person.family])
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
"""  # noqa: E501


def cooking(page: Page) -> None:
    """A meal cooked step by step."""
    child(page)
    season(page)
    dish, pot, first, prepared, added, last, spice, done = page.chance.pick(DISHES)
    page.cast.update(dish=dish, pot=pot, spice=spice, done=done)
    page.set(first=first, prepared=prepared, added=added, last=last)
    page.tell(COOKING)


BIRTHDAY = """
It was the birthday of [p].
[day] was the birthday of [p], and [p.he] was very happy.
[when] [p] had a birthday.

[p.he] was [before] years old before, and now [p.he] was [age].
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
Everyone ate two pieces of cake, {and|but} [p] ate three.
[pet] the [pet.kind] {got|was given} a {small|little} piece of cake too.
[sibling] played music, and the others danced.

?20
@outdoors

When it got dark, the guests {went|walked} home.
At six o'clock the party was over, and the children went home.

"It was the best day of {the year|my life}," said [p] {happily|in the evening}.
[p] fell asleep with the [gift] {beside|next to} [p.him].
That night the [gift] lay beside [p.his] {bed|pillow}.
"""  # noqa: E501



def birthday(page: Page) -> None:
    """A birthday with guests, a cake and a present."""
    person = child(page)
    season(page)
    age = page.chance.between(5, 11)
    gift = page.chance.pick(("kite", "ball", "drum", "book", "boat", "puzzle", "flute", "doll", "bicycle", "scarf"))
    page.cast.update(age=number(age), before=number(age - 1), gift=gift, colour=page.chance.pick(COLOURS))
    page.cast["mate"] = page.chance.pick([c for f in FAMILIES for c in (f.son, f.daughter)
                                          if c.sex != person.sex and c.family != person.family])
    page.tell(BIRTHDAY)


ILLS = (
    ("{tooth|teeth} hurt", "tooth", "eaten too {much sugar|many sweets}", "pulled out the bad tooth", "Do not eat so many sweets"),
    ("stomach hurt", "stomach", "eaten too many {plums|cherries|green apples}", "gave {him} some {tea|bitter medicine}", "Eat only dry bread today"),
    ("throat was sore", "throat", "stayed too long in the cold rain", "gave {him} sweet medicine", "Drink hot milk with honey"),
    ("foot hurt", "foot", "fallen from {the wall|a tree|the ladder}", "put a bandage on {his} foot", "Stay off your feet for a week"),
    ("head was hot", "head", "played in the snow without a hat", "gave {him} a pill and some water", "Stay in bed and drink much tea"),
    ("hand hurt", "hand", "touched the hot stove", "put a clean bandage on {his} hand", "Never touch a hot stove"),
)  # fmt: skip

ILLNESS = """
[when] [p] did not want to get up.
[p] {felt ill|was ill} [when].
[when] [p] did not go to school, because [p.he] was ill.

[p.his] [pain], and [p.he] {could not eat|was crying|felt bad|could not play}.
"My [pain]," said [p] {quietly|sadly|with tears in [p.his] eyes}.

[p.he] had [cause].
The day before, [p.he] had [cause].

[p.his] [parent.father] {was worried and|looked at [p.him] and} called the doctor.
"We must go to the doctor," said [parent].
[parent] {took|brought} [p.him] to the hospital {in the city|by bus}.

Mei, the doctor, {looked at|examined} [p.his] [part] {carefully|for a long time}.
Mei is a doctor, and she {looked carefully at|examined} [p.his] [part].

"{Does it hurt here|Where does it hurt}?" asked {Mei|the doctor}.
"What did you do?" {Mei|the doctor} asked {kindly|with a smile}.

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
"""  # noqa: E501


def illness(page: Page) -> None:
    """A child is ill, sees Mei the doctor and gets well."""
    person = child(page)
    season(page)
    pain, part, cause, cure, advice = page.chance.pick(ILLS)
    pain = pain.replace("{tooth|teeth}", "tooth")
    page.cast.update(part=part, advice=advice, pain=pain)
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
"""  # noqa: E501


def quarrel(page: Page) -> None:
    """Two children quarrel over a thing and make it up."""
    two_children(page)
    season(page)
    page.pick("thing", ("ball", "kite", "swing", "drum", "boat", "puzzle", "red pencil", "sledge"))
    page.pick("place", ("in the garden", "in the school yard", "near the river", "in the park", "behind the house"))
    page.tell(QUARREL)


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

"The [hero] {walked|went} for {three|seven} days and {three|seven} nights."
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
"""  # noqa: E501


def bedtime(page: Page) -> None:
    """A bedtime with a short story inside."""
    person = child(page)
    page.pick("hero", ("mouse", "rabbit", "hedgehog", "bear", "star", "fox", "fish", "snail"))
    page.pick("look", ("little", "grey", "lonely", "brave", "sleepy", "tiny"))
    page.set(wish="{see the sea|fly to the moon|find a friend|sleep in a golden bed|climb the highest hill|hear a song}")
    page.pick("helper", ("wind", "moon", "owl", "river", "old tree", "frog"))
    page.tell(BEDTIME)


ROOMS = {
    "kitchen": ("a stove|a big table|a shelf with plates|a pot of soup|a basket of bread", "cook"),
    "bedroom": ("a soft bed|a warm blanket|a small lamp|a white pillow|a big cupboard", "sleep"),
    "living room": ("a sofa|a bookcase|a clock|a round carpet|an old piano", "talk and rest"),
    "classroom": ("a blackboard|a row of desks|a map of the world|a box of chalk|a globe", "learn"),
    "workshop": ("a long bench|a box of nails|a row of hammers|a saw|a heap of boards", "work"),
    "bakery": ("a hot oven|a sack of flour|a tray of cakes|a row of loaves|a wooden table", "bake bread"),
    "barn": ("a heap of hay|an old ladder|a bucket of water|a cart|a sack of corn", "keep the animals"),
}

ROOM = """
This is {a|our|the} [room].
{Let us look|Look} {into|at} {this|the} [room].
Here we {are|stand} in {a|the} [room].
The [room] is {large and light|small but warm|clean and quiet}.

It is {a|the} place where {people|they} [use].
In this room people [use].
{Here|In it} people [use] {every day|all day}.

~3
The walls are [colour], and the floor is {of wood|of stone|brown|clean}.
There are [n] windows and {one door|two doors}.
{The ceiling is|The windows are} {high|low}, {and|but} the room is {bright|warm}.
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

*2
There are {some|three|four} chairs {around the table|by the wall}, but nobody is sitting on them.
A {cat|dog} is {lying|sleeping} {on the floor|near [the_b]}.
{It is not|The room is not} dark, because the sun is shining through the window.
{How many|How many} windows are there? There are [n].
A {clock|picture} hangs {on the wall|over [the_a]}.
The keys on the {shelf|table} are {old|small|heavy}.

[p] is {standing|sitting} near [the_b].
Now [p] comes in and {sits down|looks around}.
[p] {often|sometimes} comes here to see [parent].

The cat {is sitting|sits} on the mat.
[p.he] is looking at [the_a].
"I like this room," [p.he] {says|is saying}.
[p.he] {likes|loves} this room because it is {warm|quiet|bright}.

?50
In winter it is the warmest room of all.
When it gets dark, [p.he] lights the lamp.
In the evening {nobody|no one} is here, and the room is {quiet|dark}.
"""  # noqa: E501



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

{Suddenly|Then} the [thing] [cause], {so|and} it [effect].
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
"""  # noqa: E501



def broken_thing(page: Page) -> None:
    """Something breaks, the child tells the truth, and it is put right."""
    person = child(page)
    season(page)
    thing, cause, effect, repair, rule = page.chance.pick(BREAKS)
    page.cast.update(thing=thing, cause=cause.replace("{his}", person.his), effect=effect, repair=repair, rule=rule)
    page.tell(BROKEN_THING)


HIDE_AND_SEEK = """
[p], [q] and [r] wanted to play {a game|together} [when].
[when] three children, [p], [q] and [r], played hide and seek.
"Let us play hide and seek," said [p] to [q] and [r].

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
"""  # noqa: E501


def hide_and_seek(page: Page) -> None:
    """A game of hide and seek."""
    p, q = two_children(page)
    season(page)
    page.cast["r"] = page.chance.pick([f.son for f in FAMILIES if f.son not in (p, q)] + [f.daughter for f in FAMILIES if f.daughter not in (p, q)])
    one, two = page.chance.sample(("behind the big tree", "under the table", "in the barn", "behind the shed", "in an empty barrel", "behind the curtain", "under the old cart", "in the tall grass", "inside the cupboard"), 2)
    page.cast.update(one=one, two=two, n=number(page.chance.pick((10, 20, 30, 50))))
    page.tell(HIDE_AND_SEEK)


KINDS = (
    day_of_a_worker,
    family_portrait,
    child_day,
    cooking,
    birthday,
    illness,
    quarrel,
    bedtime,
    room,
    broken_thing,
    hide_and_seek,
)
