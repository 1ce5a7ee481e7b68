"""Documents about animals and how things are made."""

# ruff: noqa: E501 -- a pattern is one line, however long its choices make it.

from __future__ import annotations

from smallworld.animals import ANIMALS, BY_NAME, Animal
from smallworld.page import Page
from smallworld.scene import child

PORTRAIT = """
[this_is_a] [a].
Do you know {much|anything} about [a.plural]?
{Today|Now} we will {learn|read} about the [a].
The [a] is a {very|quite} {well known|interesting} animal.

{The|A} [a] has [a.legs] and [a.skin].
[a.plural] have [a.legs] and [a.skin].
It has [a.legs], and it has [a.skin].

?80
It is {bigger|larger} than a [small], but {not so big as|smaller than} a [large].
A [a] is smaller than a [large], {but|and} bigger than a [small].
[a.plural] are {smaller than|not as big as} [large.plural].

[a.plural] live [a.home].
{Where does a [a] live? It|A [a] usually|A [a]} lives [a.home].
You {can|will} find [a.plural] [a.home].

[a.plural] eat [a.food].
A [a] {eats|likes to eat|likes} [a.food].
What do [a.plural] eat? They eat [a.food].
{When it is hungry, a [a]|A hungry [a]} eats [a.food].

[a.plural] [a.sound].
The [a] [a.sounds]{| when it is {afraid|hungry|happy}}.
What {sound|noise} does a [a] make? It [a.sounds].

*1
[a.plural] can [a.skill].
{This animal|The [a]} can [a.skill], and that is {useful|wonderful|special}.
A young [a] cannot [a.skill] yet, but it learns {quickly|soon}.

A young [a] is called a [a.young].
The mother {looks after|feeds|protects} her [a.young], {until it is big|because it is still weak}.
{When|If} a [a.young] is {hungry|in danger}, it calls its mother.

?80
[fact]

?60
@present

?50
The [a] near the [small.plural] is not afraid of them.
{These|Those} [a.plural] near the {tree|fence|stone} are {eating|sleeping|resting}.
{This|That} [a] near the {trees|stones|houses} is {eating|sleeping|resting}.

*1
[p] has seen {a [a]|many [a.plural]} {only once|in the zoo|in a book|}.
"{I like|I love} [a.plural]," says [p], "because they can [a.skill]."
"May I {touch|feed} the [a]?" asks [p].
"[a.plural] are my favourite animals," says [p].
[p] {wants to draw|is drawing} a [a] and {needs|looks for} a {brown|black|grey} pencil.
"""


def _fact(animal: Animal) -> str:
    if animal.gives:
        return f"{{People|We}} keep [a.plural] because they give us {animal.gives}."
    return {
        "zoo": "In our country you can see [a.plural] only in {the zoo|a zoo|books}.",
        "forest": "{You must be quiet in the forest|Be quiet}, if you want to see a [a].",
        "sea": "If you take a [a] out of the water, it {dies|cannot live}.",
        "farm": "{The farmer|Omar, the farmer,} {likes|needs} [a.plural], and he feeds them every day.",
        "house": "Many [a.plural] live near people, {in the town and in the village|and some live in our houses}.",
    }.get(
        animal.where,
        "In {summer|spring} you can see [a.plural] {outside|in the open} {every day|almost everywhere}.",
    )


def portrait(page: Page) -> None:
    """A portrait of a kind of animal, neither the biggest nor the smallest."""
    animal = page.chance.pick([each for each in ANIMALS if each.name not in ("whale", "ant")])
    page.cast.update(
        a=animal, this_is_a=page.chance.pick(("This is a", "Look, this is a", "Here you see a"))
    )
    page.pick(
        "small", [each for each in ANIMALS if each.size < animal.size - 3] or [BY_NAME["ant"]]
    )
    page.pick(
        "large", [each for each in ANIMALS if each.size > animal.size + 3] or [BY_NAME["whale"]]
    )
    child(page)
    page.tell(PORTRAIT.replace("[fact]", _fact(animal)))


RIDDLE = """
{Here is|I know|Listen, this is} a {little|new|} riddle {for you|}.
{Can you guess|Guess} {what I am|the answer to this riddle}?
"I have a riddle for you," said [elder] to [p].

I have [a.legs] and [a.skin].
"I have [a.legs], and I have [a.skin]," {began|said} [elder].

I live [a.home].
You {can|will} find me [a.home].
My home is not a house, because I live [a.home].

I {like to eat|eat|love} [a.food].
When I am hungry, I eat [a.food].

I {can|know how to} [a.skill].
I [a.sound].

I am bigger than a [small], but smaller than a [large].
I am {not as big as a [large]|smaller than a [large]}, {but I am not weak|and I do not mind}.

My children are called [young].

What am I? {Can you tell me|Do you know it|Have you guessed it}?
{Who|What} am I, and what is my {name|real name}?
I have [a.skin] and live [a.home]: what am I?

*1
"Are you a [wrong]?" {asked|guessed} [p].
"It is a [wrong]," {guessed|said} [p].
[p] thought {for a long time|hard} and said, "Is it a [wrong]?"

"No, a [wrong] lives [wrong.home]," said [elder].
"No, a [wrong] has [wrong.skin]," said [elder].
"That is {wrong|not right}. A [wrong] eats [wrong.food]," said [elder].

"{Now|Then} I know: it is a [a]!" {cried|said} [p].
"{A [a]|It must be a [a]|You are a [a]}!" {cried|shouted|said} {[p]|[sibling]}{ at last|}.

{Yes|Right}, {I am|the answer is} a [a].
"{Right|Yes|Correct}, it is a [a]," said [elder] {and laughed|}.

?50
"{Another one|One more}, please!" {said|asked|begged} [p].
"Now it is my turn," said [p] and {thought|began to think}.
"""


def riddle(page: Page) -> None:
    """A riddle about an animal, with a wrong guess and the right one."""
    animal = page.chance.pick([each for each in ANIMALS if each.name != "ant"])
    child(page)
    wrong = page.chance.pick([each for each in ANIMALS if each.unlike(animal)])
    page.cast.update(a=animal, wrong=wrong, young=_plural_young(animal))
    page.pick("small", [each for each in ANIMALS if each.size < animal.size])
    page.pick("large", [each for each in ANIMALS if each.size > animal.size] or [BY_NAME["whale"]])
    text = RIDDLE
    if animal.name == "whale":
        text = text.replace(
            "I am bigger than a [small], but smaller than a [large].",
            "I am the biggest of all {animals|living animals}.",
        )
        text = text.replace(
            "I am {not as big as a [large]|smaller than a [large]}, {but I am not weak|and I do not mind}.\n",
            "",
        )
    page.tell(text)


def _plural_young(animal: Animal) -> str:
    young = animal.young
    irregular = {"calf": "calves", "fish": "fish", "fry": "fry"}
    if young in irregular:
        return irregular[young]
    if young.endswith("y"):
        return f"{young[:-1]}ies"
    return f"{young}s"


COMPARISON = """
{Let us compare|Today we compare} two animals: the [a] and the [b].
{What is|Do you know} the difference between a [a] and a [b]?
"Which is bigger, a [a] or a [b]?" asked [p].

The [big] is {bigger|larger|heavier} than the [little].
A [big] is {much|} bigger than a [little], and a [little] is {much|} smaller than a [big].
Of the two, the [big] is {the bigger one|bigger}, and the [little] is smaller.

The [a] has [a.skin], {but|while} the [b] has [b.skin].
[a.plural] have [a.skin], and [b.plural] have [b.skin].

The [a] lives [a.home], {but|while} the [b] lives [b.home].
[a.plural] live [a.home], and [b.plural] live [b.home].

[a.plural] eat [a.food], {but|while} [b.plural] eat [b.food].
A [a] eats [a.food]. What does a [b] eat? It eats [b.food].

[legs]

[a.plural] [a.sound], {but|while} [b.plural] [b.sound].
The [a] [a.sounds], and the [b] [b.sounds].

*1
[a.plural] can [a.skill], and [b.plural] can [b.skill].
[a.plural] can [a.skill], but [b.plural] {cannot|cannot do that}.

{An even bigger animal than both is the [huge]|The [huge] is even bigger than the [big]}.
{The biggest of the three is the [huge]|The [huge] is the biggest of the three}, and the smallest is the [little].

?70
"Which {of them|animal} do you like {better|more}?" asked [parent].
"Which of {them|these animals} would you like to have?" asked [p.his] [elder.grandfather].

"I like the [a] better, because it can [a.skill]," {said|answered} [p].
"I like both, {because both are good animals|but the [b] is more beautiful}," {said|answered} [p].

?50
"So they are {different, but both are useful|not alike at all}," said [elder].
[p] {wrote everything down in a book|read everything aloud to [sibling]}.
"""


def comparison(page: Page) -> None:
    """Two kinds of animals side by side."""
    smaller = [each for each in ANIMALS if each.size < 95]
    first, second = page.chance.sample(smaller, 2)
    while not first.unlike(second) or abs(first.size - second.size) < 3:
        first, second = page.chance.sample(smaller, 2)
    little, big = sorted((first, second), key=lambda each: each.size)
    child(page)
    page.cast.update(a=first, b=second, little=little, big=big)
    page.pick("huge", [each for each in ANIMALS if each.size > big.size + 3])
    page.tell(COMPARISON.replace("[legs]", _legs(first, second)))


FACTS_START = """
Which animals do you know? {Let us|We can} {name some|talk about them}.
The animals of our world are {all different|very different}.
{[p] is|Today [p] is} {reading|looking at} a book about animals.
Every animal needs {food|a home}, but not {every animal needs the same|the same one}.
"Tell me {something|more} about the animals," says [p] {to [elder]|}.
"""


FACTS_STEP = """
[a.plural] eat [a.food], but [b.plural] eat [b.food].
The [a] eats [a.food], and the [b] eats [b.food].
{The|A} {|hungry |young |wild }[a] eats [a.food]{| every day| when it is hungry}.
The {cow|sheep} near the {trees|barn|farm|houses} eats grass{| all day}.
The {|old |brown |white }cow eats grass in the field{| near the {river|house|barn}}.
If {you give|[p] gives} {a|the} [a] [a.food], it will be {happy|glad}.
[a.plural] do not eat [b.food], because they eat [a.food].

[a.plural] live [a.home], and [b.plural] live [b.home].
The [a] {lives|sleeps} [a.home].
You will not find a [b] [a.home], because it lives [b.home].
Where do [b.plural] live? They live [b.home].

The [a] [a.sounds], and the [b] [b.sounds].
[a.plural] [a.sound], and [b.plural] [b.sound].
When {the|a} [a] is {hungry|afraid}, it [a.sounds].
{Do [a.plural] [b.sound]? No, [a.plural]|What sound do [a.plural] make? They|Listen: [a.plural]} [a.sound].

[legs]
[a.plural] have [a.skin], {and|while} [b.plural] have [b.skin].
A young [a] is called a [a.young], and a young [b] is {called|} a [b.young].
[a.plural] can [a.skill], {and|while} [b.plural] can [b.skill].
"""


FACTS_END = """
?50
{The biggest of all is the whale|The whale is the biggest animal in the world}, and the ant is {the smallest|one of the smallest|very small}.
A [big] is bigger than a [little], but the whale is {the biggest of all|bigger still}.

"I like the [a] best," says [p], "but [sibling] likes the [b] best."
[p] {closes|puts away} the book and {goes out to look for a [c]|thinks of the [a]}.
"{How much|So much} there is to know!" says [p].
"""


def animal_facts(page: Page) -> None:
    """Short facts about many animals: what they eat, where they live, what they say."""
    child(page)
    page.tell(FACTS_START)
    blocks = FACTS_STEP.strip().split("\n\n")
    for _ in range(2):
        for block in page.chance.shuffled(blocks):
            first, second = _unlike(page)
            page.cast.update(a=first, b=second)
            page.tell(block.replace("[legs]", _legs(first, second)))
    third = page.chance.pick([each for each in ANIMALS if each.name != "whale"])
    page.cast["c"] = third
    little, big = sorted((first, second), key=lambda each: each.size)
    page.cast.update(little=little, big=big)
    page.tell(FACTS_END)


def _legs(first: Animal, second: Animal) -> str:
    if first.legs == second.legs:
        return "{Both the [a] and the [b]|The [a] and the [b] both} have [a.legs]."
    return "{The|A} [a] has [a.legs], but {the|a} [b] has [b.legs]."


def _unlike(page: Page) -> tuple[Animal, Animal]:
    """Draw two animals that differ in everything; the best known come more often."""
    while True:
        first, second = page.chance.sample(COMMON + ANIMALS, 2)
        if first.unlike(second):
            return first, second


COMMON = tuple(
    BY_NAME[name]
    for name in ["cow", "cow", "cow", "dog", "dog", "cat", "cat", "horse", "sheep", "hen", "pig"]
)


KINDS = (animal_facts, portrait, riddle, comparison)
