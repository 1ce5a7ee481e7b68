"""The animals and what is true of them everywhere in the corpus."""

# ruff: noqa: E501 -- a pattern is one line, however long its choices make it.

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Animal:
    """One kind of animal; ``size`` ranks animals from small to large."""

    name: str
    plural: str
    size: int
    legs: str
    skin: str
    food: str
    home: str
    sound: str
    skill: str
    young: str
    gives: str
    where: str

    def __str__(self) -> str:
        return self.name

    def unlike(self, other: Animal) -> bool:
        """Tell whether two animals differ in all that is said of them and share no food."""
        facts = ("home", "sound", "skin", "skill", "young")
        shared = set(self.food.split()) & set(other.food.split()) - {"and", "from"}
        return not shared and all(getattr(self, fact) != getattr(other, fact) for fact in facts)

    @property
    def sounds(self) -> str:
        """The third person of the verb in ``sound``."""
        verb, _, rest = self.sound.partition(" ")
        if verb == "cry":
            return f"cries {rest}"
        ending = "es" if verb.endswith(("ss", "zz")) else "s"
        return f"{verb}{ending} {rest}".strip()


# name plural | size | legs | skin | food | home | sound | skill | young | gives | where
_TABLE = """
cow cows|80|four legs|short hair|grass|in a barn|say moo|give milk|calf|milk|farm
horse horses|82|four legs|short hair|hay|in a stable|neigh|run very fast|foal||farm
sheep sheep|50|four legs|thick wool|grass|in the field|say baa|give wool|lamb|wool|farm
goat goats|48|four legs|rough hair|leaves|on the hill|say meh|climb on rocks|kid|milk|farm
pig pigs|52|four legs|pink skin|corn|in a pen|grunt|roll in the mud|piglet||farm
hen hens|22|two legs|brown feathers|seeds|in the yard|cluck|lay eggs|chick|eggs|farm
duck ducks|21|two legs|soft feathers|water plants|by the pond|quack|swim and fly|duckling|eggs|farm
donkey donkeys|70|four legs|grey hair|hay|in a stable|bray|carry heavy bags|foal||farm
dog dogs|40|four legs|soft fur|meat and bones|in the house|bark|guard the house|puppy||house
cat cats|25|four legs|soft fur|fish and mice|in the house|say meow|catch mice|kitten||house
rabbit rabbits|20|four legs|soft fur|carrots and grass|in a hole|squeak|hop and dig|bunny||field
mouse mice|8|four legs|grey fur|cheese and seeds|in a small hole|squeak|hide in tiny holes|pup||house
fox foxes|38|four legs|red fur|mice and eggs|in a den|bark at night|run quietly|cub||forest
wolf wolves|46|four legs|grey fur|meat|in the forest|howl|hunt in groups|cub||forest
bear bears|78|four legs|brown fur|berries and honey|in a cave|growl|sleep all winter|cub||forest
deer deer|60|four legs|brown fur|leaves and grass|in the forest|cry softly|jump over bushes|fawn||forest
owl owls|23|two legs|grey feathers|mice|in a hollow tree|hoot|see in the dark|chick||forest
squirrel squirrels|14|four legs|red fur|nuts|in a tree|chatter|jump from tree to tree|kitten||forest
frog frogs|9|four legs|wet green skin|flies|in the pond|croak|jump and swim|tadpole||pond
bee bees|2|six legs|yellow and black hair|sweet juice from flowers|in a hive|buzz|make honey|grub|honey|garden
spider spiders|3|eight legs|tiny hairs|flies|in a web|make no sound|spin a web|spiderling||house
snake snakes|18|no legs|smooth skin|frogs and mice|under stones|hiss|move without legs|hatchling||field
lion lions|75|four legs|yellow fur|meat|in hot grassland|roar|run and hunt|cub||zoo
elephant elephants|95|four legs|thick grey skin|leaves and grass|in hot grassland|trumpet|lift trees|calf||zoo
monkey monkeys|36|two legs and two arms|brown fur|bananas and nuts|in tall trees|scream|swing from branches|baby||zoo
camel camels|85|four legs|yellow hair|dry plants|in the desert|groan|live without water for days|calf||zoo
penguin penguins|34|two legs|black and white feathers|fish|on the ice|honk|swim but not fly|chick||zoo
giraffe giraffes|90|four legs|yellow skin with brown spots|leaves from tall trees|in hot grassland|hum softly|reach high branches|calf||zoo
whale whales|100|no legs|smooth skin|small sea animals|in the sea|sing under water|dive very deep|calf||sea
fish fish|10|no legs|shiny scales|water plants|in the water|make no sound|breathe under water|fry||sea
eagle eagles|37|two legs|brown feathers|fish and rabbits|on high rocks|cry loudly|fly very high|chick||mountain
crow crows|24|two legs|black feathers|seeds and worms|in a nest|say caw|fly and steal|chick||field
ant ants|1|six legs|a hard black coat|crumbs and seeds|under the ground|make no sound|carry big loads|grub||garden
butterfly butterflies|4|six legs|bright wings|sweet juice from flowers|in the garden|make no sound|fly from flower to flower|caterpillar||garden
snail snails|5|no legs|a hard shell|leaves|under a leaf|make no sound|carry a whole house|baby||garden
turtle turtles|26|four legs|a hard shell|water plants|near the pond|make no sound|swim slowly|hatchling||pond
hedgehog hedgehogs|16|four legs|sharp spines|worms and snails|under the leaves|snuffle|roll into a ball|hoglet||garden
goose geese|28|two legs|white feathers|grass|by the pond|honk|fly south in autumn|gosling|eggs|farm
bat bats|7|two legs|soft black wings|flies|in a dark cave|squeak|fly at night|pup||forest
"""


def _animal(row: str) -> Animal:
    names, size, *facts = row.split("|")
    name, plural = names.split(" ")
    return Animal(name, plural, int(size), *facts)


ANIMALS = tuple(_animal(row) for row in _TABLE.strip().split("\n"))
BY_NAME = {animal.name: animal for animal in ANIMALS}


def living(where: str) -> tuple[Animal, ...]:
    """Return the animals found at a place, in the order of the table."""
    return tuple(animal for animal in ANIMALS if animal.where == where)
