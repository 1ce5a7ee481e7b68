"""Documents about the weather and what grows in it."""

# ruff: noqa: E501 -- a pattern is one line, however long its choices make it.

from __future__ import annotations

from smallworld.animals import living
from smallworld.page import Page
from smallworld.people import FAMILIES, PEOPLE
from smallworld.scene import child, season
from smallworld.things import DAYS

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
"""


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
{Early|First} it will be [one], {and the wind will be weak|with a weak wind}.
This morning it is [one] {almost everywhere|by the sea|in the city}.

{Later|In the afternoon} it will {get|become} [two].
After {noon|lunch} the weather will change, and it will be [two].

[advice]

*2
The wind will come from the {north|south|east|west}.
Near the sea {the wind will be stronger|it will be a little colder|it will be windy}.
In the mountains there {will|may} be {some fog|a few clouds|a little frost}.
{Farmers|Fishermen} should {watch the sky|stay at home|start early}.
The sun {will rise|rises} at {six|seven} o'clock and {will set|sets} at {five|eight} o'clock.
The night will be {cold|quiet|clear}, and many stars will be out.

Yesterday it was [three], but today {it is not|the weather is different}.
Yesterday it was warmer than today, and the day before {it|that} was {even warmer|warmer still}.

Tomorrow {will be|is} [tomorrow], and {it will be|the weather will be} {a little warmer|a bit colder|the same}.
What will tomorrow bring? It will {probably|perhaps} be [one] again.

*1
In [season] [trees].
It is [season], and so [trees].
[does] in [season], {as they always do|as everyone knows}.
[month] is {often|usually} [feel], because it is {in|a month of} [season].

{That is all for today|That was the weather}, so have a {good|nice} day!
"""


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
    page.cast.update(
        one=first,
        two=second,
        three=third,
        tomorrow=DAYS[(DAYS.index(str(page.cast["day"])) + 1) % 7],
    )
    page.cast.update(feel=chosen.feel, trees=chosen.trees, does=chosen.does)
    page.set(advice=ADVICE[second])
    page.tell(WEATHER_REPORT)


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
@present

In summer {it is hot|the days are long}, and the [plant] {grow|get} {bigger every day|taller|big and strong}.
In {June|July} the {bees|butterflies} fly from flower to flower.
In summer the {garden is full of flowers|flowers are open}, and bees {come|buzz} all day.

*1
Once {a snail|a rabbit|a goat} {ate|was eating} the leaves, but [p] {chased it away|built a fence}.
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
"""


def garden(page: Page) -> None:
    """A garden through the four seasons, in the present tense."""
    page.pick("p", [each for each in PEOPLE if each.age != "child"])
    page.pick(
        "plant", ("beans", "carrots", "tomatoes", "potatoes", "pumpkins", "onions", "cabbages")
    )
    page.tell(GARDEN)


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
"""


def snow_day(page: Page) -> None:
    """The first snow and a snowman."""
    child(page)
    season(page, "winter")
    page.tell(SNOW_DAY)


KINDS = (storm, weather_report, garden, snow_day)
