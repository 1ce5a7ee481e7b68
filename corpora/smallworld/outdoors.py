"""Documents about what happens outside: walks, weather, water, gardens and trips."""

# ruff: noqa: E501 -- a pattern is one line, however long its choices make it.

from __future__ import annotations

from smallworld.animals import living
from smallworld.grammar import number
from smallworld.page import Page
from smallworld.people import ELDERS, FAMILIES
from smallworld.scene import child, season, two_children, two_people

WALK = """
[when] [p] and [q] went for a walk {in the forest|to the river|up the hill|through the fields}.
[when] [p] {asked [q] to go|went} for a walk with [q].
"The weather is [nice] today. Shall we go for a walk?" asked [p] [when].

It was a [sky] day, so [p] {wore|put on} [wear].
The sky was {clear|blue|grey}, and [q] {wore|had put on} [wear].
Because it was [sky], they {took|wore} {warm coats|good shoes}.

?40
@rain

They {walked|went} {slowly|quickly|for an hour} {along|down} {the narrow path|the old road|the stream}.
[p] walked in front, and [q] followed [p.him].
They crossed {a small bridge|a wide field} and {came to|reached} {a wood|an old mill|a pond}.

Suddenly [q] stopped and {pointed|looked up}.
"Look over there!" {cried|whispered} [q].
"Be quiet! I can see {something|an animal}," [q] {said softly|whispered}.

Between the trees there was a [animal].
{Near the path|Under a tree|Behind a bush} they saw a [animal].
A [animal] was {looking|looking straight} at them {from behind a bush|from the other side}.

It was {looking for food|eating}, because [animal.plural] eat [animal.food].
It had [animal.skin] and [animal.legs].
It {did not move|moved its head|was not afraid} and {looked around|listened}.

"What do [animal.plural] eat?" asked [p]. "They eat [animal.food]," {answered|said} [q].
"[animal.plural] live [animal.home]," {said [q]|[q] told [p.him]}.
The [animal] did not see them, so they {stood|kept} very still.

?70
Then the [animal] {heard|smelled} them and {ran|went|hurried} away.
When [p] {moved|stepped on a branch}, the [animal] was gone.

?60
@outdoors

*2
They {sat|rested} on a {fallen tree|big stone} and {ate|shared} {some bread|an apple|their lunch}.
[p] {found|picked up} a {white|smooth|round} stone and {gave it to|showed it to} [q].
"I have never seen a [animal] so near before," said [q].
"Are you tired?" asked [q], but [p] was not tired {at all|yet}.
[q] picked {flowers|berries} {for the family|by the path}.

{In the evening they|When the sun went down, they} {went|walked|came} home, tired but happy.
Before it got dark, they {turned back|went home}.
On the way back they {talked about|thought of} the [animal].

?60
"I want to come here again {tomorrow|soon}," said [p].
"We should {walk more often|do this every week}," said [q].
At home [p] {drew|told everyone about} the [animal].
"""


def walk(page: Page) -> None:
    """Two people take a walk and see an animal."""
    two_people(page)
    chosen = season(page)
    page.pick("sky", chosen.sky)
    page.pick("wear", chosen.wear)
    page.pick("nice", ("fine", "good", "not bad"))
    page.pick("animal", living("forest") + living("field"))
    page.tell(WALK)


FISHING = """
[when] [p] and [q] wanted to {catch|have} some fish {for dinner|for the family|}.
{Very early|Before sunrise} [p] {woke|called} [q] to go fishing.
"Let us go fishing," said [p] to [q] [when].

They took [tool] and a bucket and {went|walked} to the {river|lake|sea}.
[q] carried the bucket, and [p] carried [tool].
With [tool] and a {bag of bread|can of worms} they {went|walked} down to the {river|lake|harbour}.

The water was {calm|clear|cold}, and {there was no wind|there were no waves}.
They got into {a|their} small boat and {rowed|went} out {on the water|slowly}.
They {sat|sat down} on {the bank|a flat stone|the wooden bridge} and {waited|were quiet}.

?50
@outdoors

[p] {put|fixed} a worm on the hook and {threw|dropped} it into the water.
[q] {did not know|asked} how to hold the rod, so [p] showed [q.him].

For a long time {nothing happened|they caught nothing|no fish came}.
They waited {for an hour|and waited}, but {there were no fish|nothing moved}.
"Are there any fish here?" asked [q] {after an hour|at last}.

"You must be {patient|quiet}," {answered|said} [p], "{or you will scare them|because fish do not like noise}."
"Fish do not come if you {talk|move} too much," said [p].

Suddenly the {line|rod} {moved|bent}, and [q] {pulled|held on with both hands}.
Then [q] {cried|shouted}, "I have got one!"
"Pull! Pull it in!" {cried|shouted} [p] {suddenly|all at once}.

It was a [size] fish with shiny scales.
They pulled {hard|together}, and {out came|up came} a [size] fish.
It was not a fish at all, but {an old boot|a broken basket}, and they both laughed.

By {noon|evening} they had caught [n] fish {in all|}.
[p] caught [a] and [q] caught [b], so they had [n] fish {together|in all}.
[p] had [a] fish and [q] had [b], and that made [n].

*1
They {threw|put} the smallest one back, {because it was too young|so that it could grow}.
[q] felt sorry for the smallest fish and {let it go|put it back}.
A {cat|heron|seagull} came near and {stole|wanted} the smallest fish.

At home they {fried|cooked} the fish and {ate them|had them for dinner} {with potatoes|with rice|with bread}.
"These are the best fish {I have ever eaten|in the world}," said [q].
{That evening|In the evening} the whole family ate fish.
"""


def fishing(page: Page) -> None:
    """A fishing trip with a count of the catch."""
    elder = page.chance.pick(ELDERS)
    home = FAMILIES[elder.family]
    fisher = page.chance.pick((home.father, elder))
    page.cast["p"] = fisher
    page.cast["q"] = home.daughter if fisher.sex == "m" else home.son
    season(page, "spring summer autumn")
    page.pick("tool", ("two rods", "a new rod", "a long rod", "a short rod"))
    page.pick("size", ("big", "small", "silver", "long", "heavy", "fat"))
    one, two = page.chance.between(2, 5), page.chance.between(2, 6)
    page.cast.update(a=number(one), b=number(two), n=number(one + two))
    page.tell(FISHING)


TRIP = """
{In [month]|Last [season]} [p] and [p.his] {family|[parent.father]} {made|took} a trip to [goal].
[p] had never {seen|been to} [goal] before.
"Tomorrow we will {travel|go} to [goal]," [parent] told [p].

They {packed {their bags|two bags}|had packed {their bags|two bags}} and got up {early|before sunrise}.
[p] was so excited that [p.he] {could not sleep|woke up three times}.
The bags were packed, and [p] {could hardly wait|carried the smallest one}.

They went {there|} by [vehicle], because {it was far|the way was long}.
At [hour] o'clock they {took|got on} the [vehicle].
The [vehicle] {left|started} at [hour] o'clock, and they {were almost late|were just in time}.

"How {long will it take|long does it take|many hours will it take}?" asked [p]{ {again|after an hour}|}.

"{About|It takes} [n] hours{| in all}," {answered|said} [parent].
"[n] hours," {answered|said} [parent], "but the time will go by quickly."

On the way they {saw|passed} {green fields|small villages|high hills|a long river} and {many cows|an old castle|a stone bridge}.
[p] {looked out of|sat at} the window and counted {the cows|the bridges|the trees}.
They ate {bread and eggs|apples and nuts|cheese} and {played cards|sang songs} on the way.

When they arrived, {the sun was shining|it was noon|it was already evening}.
At last they {reached|came to} [goal], and [p] {jumped for joy|was the first to get off}.

[p] saw {[sight] for the first time|[sight] and could not believe [p.his] eyes}.
The most {beautiful|wonderful} thing [p.he] saw was [sight].
There they {looked at|visited|saw} [sight].

?50
@outdoors

*2
They slept in a {small hotel|tent|house by the road} and {ate|had} {good|warm} soup.
[parent] bought [p.him] {an ice cream|a postcard|a little bell}.
[p] {wrote|sent} a card to [elder], who had stayed at home.
"It is {bigger|more beautiful} than I thought," said [p].
They {walked|were on their feet} all day, so {their feet hurt|they were very tired}.
[p] {took|made} {many|twenty} pictures.

After {two|three|four} days they {went back|travelled home}.
{On|Late on} [day] they came home {again|by the same [vehicle]}.

[p] told [elder] {everything|all about [sight]}.
"{Travelling is fun|It was wonderful}, but home is best," said [p].
"I will {never|not} forget it," said [p].
Since then [p] has wanted to {travel|go there} again.
"""


GOALS = (
    ("the sea", "the big waves", "train"),
    ("the mountains", "the snow on the peaks", "bus"),
    ("the capital", "the palace and its golden gate", "train"),
    ("the island", "the white lighthouse", "ship"),
    ("the desert", "the long line of camels", "bus"),
    ("the old castle", "the high stone tower", "bus"),
    ("the great lake", "the boats with coloured sails", "train"),
    ("the big zoo", "the elephants and the tall giraffes", "bus"),
)


def trip(page: Page) -> None:
    """A trip to a far place by bus, train or ship."""
    person = child(page)
    season(page)
    goals = GOALS[1:] if person.place == "harbour" else GOALS
    goal, sight, vehicle = page.chance.pick(goals)
    page.cast.update(goal=goal, sight=sight, vehicle=vehicle)
    page.cast.update(hour=number(page.chance.between(6, 9)), n=number(page.chance.between(3, 9)))
    page.tell(TRIP)


RACE = """
On [day] there was a race {in the village|around the pond|through the park|from the bridge to the school}.
Every year in [month] there is a race, and {many children|the children} run in it.

[p], [q], [r] and [t] stood at the {line|start}.
Four children {ran|wanted to run}: [p], [q], [r] and [t].

?35
@rain

"I {will win|am the fastest}," said [p], but [q] only {smiled|laughed}.
[p] was {nervous|sure that [p.he] would win}, and [q] was {calm|quiet}.
"{Who do you think|Who} will win?" asked [r], but nobody knew.

"Ready, steady, go!" {cried|called|shouted} the teacher.
{The teacher counted|Anna counted} to three, and they {began to run|ran off}.

In the beginning [r] was first and [t] was last.
At first [p] ran faster than all the others.
[t] started {quickly|well}, but [t.he] {got tired|fell behind} {soon|after a while}.

?60
@outdoors

Then [r] {fell over a stone|lost a shoe}, but [r.he] {got up|stood up} and {ran on|went on}.
Halfway there [q] {passed|ran past} [r] and [t].
[q] did not look back and {ran|kept running} {faster and faster|as fast as [q.he] could}.

The people {clapped|shouted|called} {loudly|and waved}.
"Run, [q], run!" {shouted|cried} the people.
"You can do it!" {called|shouted} [q.his] {mother|father}.

{In the end|At last} [q] was the fastest and won the race.
[q] came in first and {won|got} the {race|first prize}.
Nobody was faster than [q], so [q.he] {won|was the winner}.

[p] was second, [r] was third, and [t] was last.
[p] came second, {only one step behind [q]|right after [q]}, and [r] came third.
After [q] came [p], after [p] came [r], and [t] was the slowest.

[q] got {a golden cup|a basket of apples|a silver medal}, and [q.he] {was very proud|held it high}.
"How did you do it?" asked [p].

"I {ran|have run} every {morning|day} {for a month|since [before]}," said [q].
[p] was not angry and {shook hands with|smiled at} [q].

?60
[t] was {not sad|not unhappy}, because [t.he] had {finished the race|tried hard}.
"Next year I will be faster," said [t].
"""


def race(page: Page) -> None:
    """A race of four children with first, second, third and last."""
    first, second = two_children(page)
    rest = [
        child
        for home in FAMILIES
        for child in (home.son, home.daughter)
        if child not in (first, second)
    ]
    third, fourth = page.chance.sample(rest, 2)
    page.cast.update(r=third, t=fourth)
    season(page, "spring summer autumn")
    page.cast["before"] = {"spring": "the winter", "summer": "the spring"}.get(
        str(page.cast["season"]), "the summer"
    )
    page.tell(RACE)


GETTING_LOST = """
[p] went into the forest to {look for|pick} {mushrooms|berries} [when].
[when] [p] was {walking|looking for mushrooms} in the forest.

?35
@rain

[p.he] {walked|went} deeper and deeper and did not {look at|think of} the path.
[p.he] followed {a butterfly|a deer|a squirrel} and {left|forgot} the path.

{After some hours|Late in the day} [p.he] {did not know where [p.he] was|could not find the way back}.
"Where am I?" [p.he] asked [p.himself], {because all the trees looked the same|but nobody answered}.

{It was getting dark|The sun was going down}, and [p] {was afraid|became afraid|felt cold}.
[p] {shouted|called} for help, but {nobody heard [p.him]|only an owl answered}.

[p.he] sat down {under|beside} {a tree|an old tree} and {began to cry|thought about it}.
[p.he] {tried to|wanted to} be brave, but {it was not easy|the shadows were long}.

"{Stay where you are|Do not run} when you are lost," [p.his] [parent.father] had {once said|told [p.him]}.
Then [p.he] remembered: {the river flows to the village|the sun goes down in the west}.

?60
An owl sat on a branch and {hooted|looked at [p.him]}.
A {fox|deer|rabbit} {ran past|looked at [p.him]} and {disappeared|was gone}.

At home [parent] {was worried|looked at the clock}, because [p] {had not come back|was late}.
"Where is [p]? It is already {dark|seven o'clock}," said [parent].

[parent] took {a lamp|a lantern} and went to {look for|search for} [p.him].
{Erik, the woodcutter, knows the forest well, so he|The neighbours} came to help.

"[p]! Where are you?" they {called|shouted}.
{Suddenly|Then} [p] {heard|could hear} {a dog|voices} and saw a light.

"I am here!" {cried|shouted} [p] as loudly as [p.he] could.
[p] jumped up and {ran|waved} {to|at} the light.

[parent] {took [p.him] in [parent.his] arms|was so glad that [parent.he] cried}.
"I {was so afraid|have looked everywhere for you}," said [parent].

*1
They {went|walked} home together, and [p] {ate|got} a {big|hot} {plate|bowl} of soup.
"Next time {I will stay on the path|I will not go alone}," said [p].
Since that day [p] has never left the path again.
"""


def getting_lost(page: Page) -> None:
    """A child is lost in the forest and found again."""
    child(page)
    season(page, "summer autumn")
    page.tell(GETTING_LOST)


KINDS = (walk, fishing, trip, race, getting_lost)
