"""The people: twelve families, each with a fixed home, fixed jobs, a pet and things they like."""

# ruff: noqa: D102, E501 -- the properties are the words they give; a pattern is one line.

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Job:
    """What a worker does, where, and with what."""

    name: str
    where: str
    does: str
    did: str
    doing: str
    tool: str


@dataclass(frozen=True)
class Pet:
    """An animal with a name that lives with a family."""

    name: str
    kind: str
    colour: str
    he: str

    @property
    def him(self) -> str:
        return "him" if self.he == "he" else "her"

    @property
    def his(self) -> str:
        return "his" if self.he == "he" else "her"

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Person:
    """One person; ``family`` is the index of the family in ``FAMILIES``."""

    name: str
    sex: str
    age: str
    job: Job | None
    food: str
    colour: str
    likes: str
    family: int

    @property
    def he(self) -> str:
        return "he" if self.sex == "m" else "she"

    @property
    def him(self) -> str:
        return "him" if self.sex == "m" else "her"

    @property
    def his(self) -> str:
        return "his" if self.sex == "m" else "her"

    @property
    def himself(self) -> str:
        return "himself" if self.sex == "m" else "herself"

    @property
    def boy(self) -> str:
        """The plain noun: boy, girl, man or woman, with "old" before it for the old."""
        if self.age == "child":
            return "boy" if self.sex == "m" else "girl"
        noun = "man" if self.sex == "m" else "woman"
        return f"old {noun}" if self.age == "old" else noun

    @property
    def son(self) -> str:
        return "son" if self.sex == "m" else "daughter"

    @property
    def brother(self) -> str:
        return "brother" if self.sex == "m" else "sister"

    @property
    def father(self) -> str:
        return "father" if self.sex == "m" else "mother"

    @property
    def grandfather(self) -> str:
        return "grandfather" if self.sex == "m" else "grandmother"

    @property
    def house(self) -> str:
        return FAMILIES[self.family].house

    @property
    def house_where(self) -> str:
        return FAMILIES[self.family].house_where

    @property
    def place(self) -> str:
        return FAMILIES[self.family].place

    @property
    def pet(self) -> Pet:
        return FAMILIES[self.family].pet

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Family:
    """A household: the house, the place it stands in, its five people and its pet."""

    house: str
    house_where: str
    place: str
    pet: Pet
    father: Person
    mother: Person
    son: Person
    daughter: Person
    elder: Person

    @property
    def members(self) -> tuple[Person, ...]:
        return (self.father, self.mother, self.son, self.daughter, self.elder)


_JOBS = (
    Job("farmer", "on the farm", "feeds the animals and grows corn", "fed the animals", "feeding the animals", "a spade"),
    Job("teacher", "in the school", "teaches the children to read and write", "taught the children", "teaching the children", "white chalk"),
    Job("baker", "in the bakery", "bakes bread and cakes", "baked bread", "baking bread", "a hot oven"),
    Job("nurse", "in the hospital", "helps the doctor and cares for sick people", "cared for the sick", "caring for the sick", "clean bandages"),
    Job("fisherman", "on the sea", "catches fish with a big net", "caught fish", "catching fish", "a big net"),
    Job("cook", "in a big kitchen", "cooks soup and rice for many guests", "cooked soup", "cooking soup", "a long spoon"),
    Job("bus driver", "in the city", "drives a red bus through the streets", "drove the red bus", "driving the red bus", "a red bus"),
    Job("doctor", "in the hospital", "makes sick people well again", "looked after sick people", "looking after sick people", "good medicine"),
    Job("woodcutter", "in the forest", "cuts wood with a sharp axe", "cut wood", "cutting wood", "a sharp axe"),
    Job("painter", "in a room full of pictures", "paints pictures of trees and birds", "painted a picture", "painting a picture", "a soft brush"),
    Job("shepherd", "on the hill", "looks after the sheep", "looked after the sheep", "looking after the sheep", "a long stick"),
    Job("weaver", "at home", "makes warm cloth from wool", "made warm cloth", "making warm cloth", "soft wool"),
    Job("postman", "in the village", "brings letters to every house", "brought letters to every house", "bringing letters", "a heavy bag"),
    Job("gardener", "in the garden", "plants flowers and waters them", "planted flowers", "planting flowers", "a rake"),
    Job("carpenter", "in a workshop", "makes tables and chairs from wood", "made a table", "making a table", "a hammer"),
    Job("tailor", "in a small shop", "makes coats and shirts", "made a coat", "making a coat", "a thin needle"),
    Job("policeman", "in the city", "keeps the streets safe", "kept the streets safe", "keeping the streets safe", "a loud whistle"),
    Job("shopkeeper", "in a shop", "sells tea, sugar and rice", "sold tea and sugar", "selling tea and sugar", "a good scale"),
    Job("boat builder", "at the harbour", "builds and mends wooden boats", "mended a boat", "mending a boat", "a strong saw"),
    Job("singer", "in the theatre", "sings old songs for the people", "sang old songs", "singing old songs", "a clear voice"),
    Job("miller", "in the mill", "turns wheat into flour", "turned wheat into flour", "turning wheat into flour", "a big stone wheel"),
    Job("beekeeper", "among the bees", "takes care of the bees and sells honey", "took care of the bees", "taking care of the bees", "a wooden hive"),
    Job("train driver", "on the railway", "drives a long train from town to town", "drove a long train", "driving a long train", "a fast train"),
    Job("musician", "in the music hall", "plays the violin every evening", "played the violin", "playing the violin", "a fine violin"),
)  # fmt: skip
JOBS = {job.name: job for job in _JOBS}

# house, where it is, place, pet (name kind colour he), then father mother son daughter elder:
# "Name job|food|colour|likes".
_ROWS = (
    ("white house", "on the farm", "farm", "Rex dog brown he",
     "Omar farmer|bread|green|working outside", "Anna teacher|apples|blue|reading books",
     "Tom|pancakes|red|climbing trees", "Lily|cherries|yellow|riding horses",
     "Rosa f|soup|purple|telling stories"),
    ("small house", "behind the bakery", "village", "Luna cat white she",
     "Ivan baker|cheese|white|baking cakes", "Mina nurse|pears|green|dancing",
     "Leo|cake|orange|playing football", "Sara|honey|pink|drawing pictures",
     "Boris m|potatoes|brown|playing chess"),
    ("blue house", "by the sea", "harbour", "Pepper cat grey she",
     "Kofi fisherman|fish|blue|sailing", "Ama cook|rice|yellow|singing",
     "Kojo|beans|green|swimming in the sea", "Abena|plums|red|collecting shells",
     "Kwame m|fish|white|mending nets"),
    ("tall house", "in the city", "city", "Kiwi parrot green he",
     "Wei bus driver|noodles|red|listening to the radio", "Mei doctor|tea and cake|white|walking in the park",
     "Jun|noodles|blue|building towers", "Lin|oranges|purple|playing the piano",
     "Hua f|rice|red|growing flowers"),
    ("wooden house", "in the forest", "forest", "Bruno dog black he",
     "Erik woodcutter|meat|brown|walking in the snow", "Astrid painter|mushrooms|green|painting",
     "Nils|bread and butter|grey|looking for mushrooms", "Freya|berries|blue|watching birds",
     "Olga f|porridge|white|knitting"),
    ("stone house", "on the hill", "hill", "Max dog white he",
     "Pedro shepherd|cheese|black|playing the flute", "Lucia weaver|grapes|orange|singing",
     "Mateo|corn|red|flying kites", "Elena|nuts|pink|running",
     "Jose m|soup|green|sleeping in the sun"),
    ("yellow house", "in the village", "village", "Mango cat orange he",
     "Raj postman|rice|orange|riding his bicycle", "Priya gardener|carrots|pink|growing flowers",
     "Arun|mangoes|yellow|counting things", "Maya|bananas|purple|asking questions",
     "Indira f|beans|blue|cooking"),
    ("green house", "near the market", "town", "Misty cat grey she",
     "Yusuf carpenter|meat|brown|making toys", "Layla tailor|dates|purple|sewing",
     "Sami|oranges|blue|riding his bicycle", "Nadia|cake|white|reading books",
     "Ibrahim m|dates|green|drinking tea with friends"),
    ("brick house", "in the city", "city", "Rusty dog red he",
     "Paul policeman|eggs|blue|playing football", "Grace shopkeeper|salad|yellow|dancing",
     "Ben|sausages|green|solving puzzles", "Ruth|ice cream|pink|telling jokes",
     "Martha f|pears|grey|baking cakes"),
    ("little house", "beside the harbour", "harbour", "Momo cat black he",
     "Hiro boat builder|fish|grey|fishing", "Yuki singer|rice|white|singing",
     "Kenji|noodles|red|flying kites", "Hana|plums|blue|dancing",
     "Akira m|tea and bread|black|playing chess"),
    ("old mill", "by the river", "river", "Oscar dog grey he",
     "Jakub miller|bread|white|fishing", "Zofia beekeeper|honey|yellow|sitting in the garden",
     "Adam|sausages|brown|swimming in the river", "Ola|pancakes|red|catching frogs",
     "Stefan m|potatoes|grey|telling stories"),
    ("narrow house", "beside the station", "town", "Clover rabbit white she",
     "Luca train driver|cheese|green|looking at maps", "Bella musician|grapes|red|playing the violin",
     "Marco|ice cream|blue|watching trains", "Nina|tomatoes|orange|jumping rope",
     "Carla f|bread and cheese|pink|writing letters"),
)  # fmt: skip


def _person(cell: str, sex: str, age: str, family: int) -> Person:
    title, food, colour, likes = cell.split("|")
    name, _, rest = title.partition(" ")
    job = None
    if age == "grown":
        job = JOBS[rest]
    elif age == "old":
        sex = rest
    return Person(name, sex, age, job, food, colour, likes, family)


def _family(index: int, row: tuple[str, ...]) -> Family:
    house, where, place, pet, father, mother, son, daughter, elder = row
    return Family(
        house,
        where,
        place,
        Pet(*pet.split()),
        _person(father, "m", "grown", index),
        _person(mother, "f", "grown", index),
        _person(son, "m", "child", index),
        _person(daughter, "f", "child", index),
        _person(elder, "", "old", index),
    )


FAMILIES = tuple(_family(index, row) for index, row in enumerate(_ROWS))
PEOPLE = tuple(person for family in FAMILIES for person in family.members)
CHILDREN = tuple(person for person in PEOPLE if person.age == "child")
WORKERS = tuple(person for person in PEOPLE if person.job is not None)
ELDERS = tuple(person for person in PEOPLE if person.age == "old")
