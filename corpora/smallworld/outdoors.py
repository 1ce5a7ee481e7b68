"""Documents about what happens outside: walks, weather, water, gardens and trips."""

from __future__ import annotations

from smallworld.animals import living
from smallworld.grammar import number
from smallworld.page import Page
from smallworld.people import ELDERS, FAMILIES, PEOPLE
from smallworld.scene import child, season, two_children, two_people
from smallworld.things import DAYS

WALK = """
[when] [p] and [q] went for a walk {in the forest|to the river|up the hill|through the fields}.
[when] [p] {asked [q] to go|went} for a walk with [q].
"The weather is [nice] today. Shall we go for a walk?" asked [p] [when].

It was a [sky] day, so [p] {wore|put on} [wear].
The sky was {clear|blue|grey}, and [q] {wore|had put on} [wear].
Because it was [sky], they {took|wore} {warm coats|good shoes}.

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
"Do you know what [animal.plural] eat?" asked [p].

"They eat [animal.food]," {answered|said} [q].
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

{In the evening|When the sun went down} they {went|walked|came} home, tired but happy.
Before it got dark, they {turned back|went home}.
On the way back they {talked about|thought of} the [animal].

?60
"I want to come here again {tomorrow|soon}," said [p].
"We should {walk more often|do this every week}," said [q].
At home [p] {drew|told everyone about} the [animal].
"""  # noqa: E501


def walk(page: Page) -> None:
    """Two people take a walk and see an animal."""
    two_people(page)
    chosen = season(page)
    page.pick("sky", chosen.sky)
    page.pick("wear", chosen.wear)
    page.pick("nice", ("fine", "good", "not bad"))
    page.pick("animal", living("forest") + living("field"))
    page.tell(WALK)


STORM = """
[when] the sky {grew|became|turned} {dark|black|grey} {over [place]|very quickly}.
[when] [p] looked at the sky and saw {black|dark} clouds {over [place]|in the west}.
"{A storm is coming|There will be a storm}," said [p] [when].

The wind {blew|began to blow} {harder and harder|from the west|so hard that the trees bent}.
First there was {a cold wind|only a little wind}, but then it {grew|became} stronger.
The birds stopped singing, and the [animal.plural] {were afraid|ran to the barn|became quiet}.

[p] ran {outside|to the garden} and {took in the washing|closed the gate|brought the [animal] inside}.
"Close the windows!" {called|shouted} [p], and [q] closed them {all|quickly}.
[q] {closed|shut} the windows, and [p] {closed|shut|locked} the door.

Then there was {lightning|a bright flash}, and {a moment later|soon} they heard {the thunder|loud thunder}.
{Suddenly|Then} it began to rain {very hard|as if it would never stop}.
The rain {fell|came down} so hard that {nobody could see the road|the road became a river}.

[q] was {afraid|frightened} of the {thunder|storm}, so [p] {held [q.his] hand|sang a song|told a story}.
"Are you afraid?" asked [p], but [q] {said no|shook [q.his] head}.
[p] and [q] sat by the {fire|window} and {waited|listened to the rain}.

?70
The wind broke {a branch of the apple tree|the old fence}, and it fell {on the roof|into the yard}.
The wind blew {a hat|a chair|a bucket} over the fence.
The lights went out, so they lit {a candle|two candles}.

?30
@indoors

It rained all night, so {in the morning|the next morning} the ground was wet.
It rained {all night|for hours|without a stop}, {so|and so} the {ground|road|grass|field|path} was {wet|very wet|wet and soft}.
Because it had rained {so much|all night}, the {road|grass|garden|ground} was wet{| and {muddy|soft}}.

The next {day|morning} the storm was over, and the sun {shone|was shining} again.
In the morning the clouds were gone and the air was {fresh|clean}.

*2
A tree had fallen {across the road|on the fence}, so {Erik|the woodcutter} cut it {up|into pieces}.
There were {leaves|branches} everywhere, and they had to {sweep|clean} the yard.
The roof was {damaged|broken}, but nobody was hurt.
The river was {high|brown} and full of {branches|mud}.
The children jumped into the puddles and got wet feet.
Yusuf, the carpenter, {mended|repaired} the {roof|gate|fence}.

"We were lucky," said [q].
"What a {night|storm}!" said [p], and [q] {laughed|nodded}.
{Above|Over} the hill there was a rainbow, and everyone looked at it.
"""  # noqa: E501


def storm(page: Page) -> None:
    """A storm comes, rages and is over."""
    home = page.chance.pick(FAMILIES)
    page.cast["p"] = page.chance.pick((home.father, home.mother, home.elder))
    other = home.daughter if page.cast["p"].sex == "m" else home.son  # type: ignore[attr-defined]
    page.cast["q"] = other
    page.cast["place"] = {"city": "the city", "town": "the town", "harbour": "the harbour"}.get(
        home.place, f"the {home.place}"
    )
    season(page, "spring summer autumn")
    page.pick("animal", living("farm"))
    page.tell(STORM)


WEATHER_REPORT = """
Good morning! Today is [day], and {it is|here is the weather for} {a [feel] day|the first week} in [month].
{Here is|This is} the weather for [day].
It is [day], {a|another} [feel] [season] day in [month].

In the morning it will be [one] in the {north|south|mountains|valley}.
{Early|First} it will be [one], {and|with} {the wind will be weak|a weak wind}.
This morning it is [one] {almost everywhere|by the sea|in the city}.

{Later|In the afternoon} it will {get|become} [two].
After {noon|lunch} the weather will change, and it will be [two].

[advice]

*2
The wind will come from the {north|south|east|west}.
Near the sea {it will be|the wind will be} {stronger|a little colder|windy}.
In the mountains there {will|may} be {some fog|a few clouds|a little frost}.
{Farmers|Fishermen} should {watch the sky|stay at home|start early}.
The sun {will rise|rises} at {six|seven} o'clock and {will set|sets} at {five|eight} o'clock.
The night will be {cold|quiet|clear}, and many stars will be out.

Yesterday it was [two], but today {it is not|the weather is different}.
Yesterday it was warmer than today, and the day before {it|that} was {even warmer|warmer still}.

Tomorrow {will be|is} [tomorrow], and {it will be|the weather will be} {a little warmer|a bit colder|the same}.
What will tomorrow bring? It will {probably|perhaps} be [one] again.

*1
In [season] [trees].
It is [season], and so [trees].
[does] in [season], {as they always do|as everyone knows}.
[month] is {often|usually} [feel], because it is {in|a month of} [season].

{That is all for today|That was the weather}, so have a {good|nice} day!
"""  # noqa: E501
ADVICE = {
    "rainy": "It will rain, so {take an umbrella with you|do not forget your umbrella|put on your boots}.",
    "snowy": "It will snow, so {put on warm boots|wear a thick coat and gloves|drive slowly}.",
    "sunny": "The sun will shine, so {wear a hat|you will not need an umbrella|it is a good day for a walk}.",
    "windy": "The wind will be strong, so {hold on to your hat|close the windows|it is a good day for kites}.",
    "foggy": "There will be fog, so {drive slowly|boats should stay in the harbour|take a lamp with you}.",
    "cloudy": "There will be many clouds, but {it will not rain|it will stay dry}.",
    "hot": "It will be very hot, so {drink much water|stay in the shade|give water to your animals}.",
    "dry": "It will not rain, so {water your garden|give the flowers some water}.",
    "bright": "The sky will be blue, so {it is a good day for a picnic|you can leave your coat at home}.",
    "cold": "It will be very cold, so {make a fire|wear two pairs of socks|put on a woollen hat}.",
    "icy": "There will be ice on the roads, so {walk slowly|be careful|do not run}.",
    "frosty": "There will be frost, so {cover your plants|the windows will be white|wear gloves}.",
}  # fmt: skip


def weather_report(page: Page) -> None:
    """A weather report, mostly in the future tense."""
    chosen = season(page)
    first, second, third = page.chance.sample(chosen.sky, 3)
    page.cast["day"] = page.chance.pick(DAYS)
    page.cast.update(one=first, two=second, tomorrow=DAYS[(DAYS.index(str(page.cast["day"])) + 1) % 7])
    page.cast.update(feel=chosen.feel, trees=chosen.trees, does=chosen.does)
    page.set(advice=ADVICE[second])
    page.tell(WEATHER_REPORT)


FISHING = """
[when] [p] and [q] wanted to {catch|have} some fish {for dinner|for the family|}.
{Very early|Before sunrise} [p] {woke|called} [q] to go fishing.
"Let us go fishing," said [p] to [q] [when].

They took [tool] and a bucket and {went|walked} to the {river|lake|sea}.
[q] carried the bucket, and [p] carried [tool].
With [tool] and a {bag of bread|can of worms} they {went|walked} down to the {river|lake|harbour}.

The water was {calm|clear|cold}, and {there was no wind|the sun was just coming up}.
They got into {a|their} small boat and {rowed|went} out {on the water|slowly}.
They {sat|sat down} on {the bank|a flat stone|the wooden bridge} and {waited|were quiet}.

?50
@outdoors

[p] {put|fixed} a worm on the hook and {threw|dropped} it into the water.
[q] {did not know|asked} how to hold the rod, so [p] showed [q.him].

For a long time {nothing happened|they caught nothing|no fish came}.
They waited {for an hour|and waited}, but {there were no fish|nothing moved}.
"Are there any fish here?" asked [q] {after an hour|at last}.

"You must be {patient|quiet}," {answered|said} [p], "{or|because} {you will scare them|fish do not like noise}."
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
"""  # noqa: E501


def fishing(page: Page) -> None:
    """A fishing trip with a count of the catch."""
    elder = page.chance.pick(ELDERS)
    home = FAMILIES[elder.family]
    fisher = page.chance.pick((home.father, elder))
    page.cast["p"] = fisher
    page.cast["q"] = home.daughter if fisher.sex == "m" else home.son
    season(page, "spring summer autumn")
    page.pick("tool", ("a net", "two rods", "a long rod", "an old rod"))
    page.pick("size", ("big", "small", "silver", "long", "heavy", "fat"))
    one, two = page.chance.between(2, 5), page.chance.between(2, 6)
    page.cast.update(a=number(one), b=number(two), n=number(one + two))
    page.tell(FISHING)


GARDEN = """
[p] has a {small|big|beautiful} garden {behind|beside} the [p.house].
{There is|Behind the [p.house] there is} a garden, and it belongs to [p].
In the garden of [p] there is work to do in {every season|all four seasons}.

In spring [p.he] digs the {earth|ground} and {plants|sows} [plant].
When spring comes, [p] {buys|gets} seeds and {plants|sows} [plant].
In {March|April} the snow is gone, so [p.he] can {plant|sow} [plant].

{A few weeks later|Soon} the first green leaves {come out of|can be seen above} the ground.
At first there is nothing to see, but {then|after two weeks} small leaves {appear|come up}.

Plants need {sun and rain|water and light}, and so [p] waters them every {day|evening}.
If it does not rain, [p.he] gives the plants {water|some water} {every day|in the evening}.
[p] pulls out the weeds, because they {take the water|make the [plant] weak}.

?60
@outdoors

In summer {it is hot|the days are long}, and the [plant] {grow|get} {bigger every day|taller|big and strong}.
In {June|July} the {bees|butterflies} fly from flower to flower.
In summer the {garden is full of flowers|flowers are open}, and bees {come|buzz} all day.

*1
Once {a snail|a rabbit|a goat} {ate|was eating} the leaves, {and|but} [p] {chased it away|built a fence}.
{Some|A few} birds want to eat the [plant], so [p] {made|puts up} a man of straw.
The bees near the old tree are {busy|making honey}.

In autumn the [plant] are ripe, and [p] {picks|harvests} them.
When the [plant] are ripe in autumn, the whole family helps to pick them.
In {September|October} [p] {picks|fills baskets with} the [plant].

*1
Some are eaten at once, and some are kept for the winter.
{A basket|One part} of them is {sold at the market|given to the neighbours}.
"This year we have {more|many more} than last year," says [p].
There are so many that [p.he] {gives some to|shares them with} the neighbours.

The leaves {turn|become} yellow and fall {from the trees|to the ground}.
In November the leaves are swept up and the garden {becomes|is} quiet.

In winter the garden {sleeps|rests} under the snow.
In winter {nothing grows|no plants grow}, because it is too cold.
Then it is winter, and the garden is {white|asleep}.

[p] {sits by the fire|stays inside} and {dreams of|waits for|plans} the next spring.
{But|And} under the snow the {seeds|roots} are waiting for spring.
"""  # noqa: E501


def garden(page: Page) -> None:
    """A garden through the four seasons, in the present tense."""
    page.pick("p", [each for each in PEOPLE if each.age != "child"])
    page.pick("plant", ("beans", "carrots", "tomatoes", "potatoes", "pumpkins", "onions", "cabbages"))
    page.tell(GARDEN)


TRIP = """
{In [month]|Last [season]} [p] and [p.his] {family|[parent.father]} {made|took} a trip to [goal].
[p] had never {seen|been to} [goal] before.
"Tomorrow we will {travel|go} to [goal]," [parent] told [p].

They got up {early|before sunrise} and {packed|had already packed} {their bags|two bags}.
[p] was so excited that [p.he] {could not sleep|woke up three times}.
The bags were packed, and [p] {could hardly wait|carried the smallest one}.

They went {there|} by [vehicle], because {it was far|the way was long}.
At [hour] o'clock they {took|got on} the [vehicle].
The [vehicle] {left|started} at [hour] o'clock, and they {were almost late|were just in time}.

"How long will it take?" asked [p].
"Are we there yet?" asked [p] {after an hour|again and again}.

"{About|It takes} [n] hours," {answered|said} [parent].
"No, {we need|it takes} [n] hours," said [parent].

On the way they {saw|passed} {green fields|small villages|high hills|a long river} and {many cows|an old castle|a stone bridge}.
[p] {looked out of|sat at} the window and counted {the cows|the bridges|the trees}.
They ate {bread and eggs|apples and nuts|cheese} and {played cards|sang songs} on the way.

When they arrived, {the sun was shining|it was noon|it was already evening}.
At last they {reached|arrived at} [goal], and [p] {jumped for joy|was the first to get off}.

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
"""  # noqa: E501
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

"I {will win|am the fastest}," said [p], but [q] only {smiled|laughed}.
[p] was {nervous|sure that [p.he] would win}, and [q] was {calm|quiet}.
"{Who do you think|Who} will win?" asked [r], but nobody knew.

"Ready, steady, go!" {cried|called|shouted} the teacher.
{The teacher counted|Anna counted} to three, and they {began to run|ran off}.

{At first|In the beginning} [r] was first and [t] was last.
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

[q] got {a golden cup|a basket of apples|a silver medal}, {and|so} [q.he] {was very proud|held it high}.
"How did you do it?" asked [p].

"I {ran|have run} every {morning|day} {for a month|since [before]}," said [q].
[p] was not angry and {shook hands with|smiled at} [q].

?60
[t] was {not sad|not unhappy}, because [t.he] had {finished the race|tried hard}.
"Next year I will be faster," said [t].
"""  # noqa: E501


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


SNOW_DAY = """
When [p] woke up, {everything was white|the garden was white|it was very quiet outside}.
One morning in [month] the {ground|whole world} was white.
It had snowed all night, so the {ground|roof|garden|road} was white.

"It has snowed!" {cried|shouted} [p] and ran to the window.
"Look, there is snow everywhere!" [p] called to [sibling].
[p] {looked out of|opened} the window and saw {snow on the trees|the snow}.

[p.he] put on [p.his] {thick coat|woollen hat}, [p.his] boots and [p.his] gloves.
"Put on your {gloves|warm coat}, because it is very cold," said [parent].

{Outside|In the garden} the snow was so deep that [p.his] feet {disappeared|sank in}.
The air was cold, and {you could see your breath|the snow was soft}.
[pet] the [pet.kind] {ran|did not like to go} out {into the snow|too}.

[p] and [sibling] made {a snowman|a big snowman|three snowballs}.
First they {rolled|made} a big ball of snow, and then {a smaller one|they made two more}.
Together they {built|made} a snowman {in front of the house|near the gate}.

It had {a carrot|an orange carrot} for a nose and two {stones|buttons} for eyes.
They gave it [elder]'s old hat and a carrot {for|as} a nose.

*2
[sibling] threw a snowball, and it hit [p] {on the back|on the arm}.
They took the sledge and {went|slid} down the hill {ten times|again and again}.
The pond was frozen, so they could {walk|slide|skate} on the ice.
The birds {were hungry|could not find food}, so [p] gave them {seeds|bread}.
A {bird|crow} sat on the snowman's hat and {looked around|ate the carrot|sang}.
The old man sat at the window and {watched|smiled}.

After {an hour|two hours} their {hands|feet} were {cold|wet|like ice}.
{When they came in|Inside}, [sibling] was {cold and wet|shivering}.

[parent] {gave|made} them {hot milk|tea with honey|hot soup}.
They sat by the {fire|stove}, drank {hot milk|tea} and {got warm again|dried their socks}.

{A few|Three} days later it {got|became} warmer, so the snow melted.
Then the sun came out, and the snowman {got smaller and smaller|melted}.
In the night it snowed again, and {so|in the morning} the snowman was even bigger.

?50
"Where has our snowman gone?" asked [sibling].
"It has become water," {said|explained} [elder].
"""  # noqa: E501


def snow_day(page: Page) -> None:
    """The first snow and a snowman."""
    child(page)
    season(page, "winter")
    page.tell(SNOW_DAY)


GETTING_LOST = """
[p] went into the forest to {look for|pick} {mushrooms|berries} [when].
[when] [p] was {walking|looking for mushrooms} in the forest.

[p.he] {walked|went} deeper and deeper and did not {look at|think of} the path.
[p.he] followed {a butterfly|a deer|a squirrel} and {left|forgot} the path.

{After an hour|Soon} [p.he] {did not know where [p.he] was|could not find the way back}.
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
"""  # noqa: E501


def getting_lost(page: Page) -> None:
    """A child is lost in the forest and found again."""
    child(page)
    season(page, "summer autumn")
    page.tell(GETTING_LOST)


KINDS = (walk, storm, weather_report, fishing, garden, trip, race, snow_day, getting_lost)
