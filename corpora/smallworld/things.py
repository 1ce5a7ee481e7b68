"""Seasons, weather, goods and objects, with what is true of them everywhere."""

# ruff: noqa: E501 -- a pattern is one line, however long its choices make it.

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Season:
    """A season with its months and what is seen, worn and done in it."""

    name: str
    months: tuple[str, ...]
    feel: str
    sky: tuple[str, ...]
    wear: tuple[str, ...]
    trees: str
    does: str

    def __str__(self) -> str:
        return self.name


SEASONS = (
    Season("spring", ("March", "April", "May"), "mild", ("sunny", "windy", "rainy", "cloudy"),
           ("a light jacket", "a raincoat"), "the trees have new green leaves", "birds build nests"),
    Season("summer", ("June", "July", "August"), "hot", ("sunny", "hot", "dry", "bright"),
           ("a straw hat", "a thin shirt"), "the trees are full of green leaves", "children swim"),
    Season("autumn", ("September", "October", "November"), "cool",
           ("windy", "rainy", "foggy", "cloudy"),
           ("a warm jacket", "a brown coat"), "the leaves turn red and yellow", "farmers pick apples"),
    Season("winter", ("December", "January", "February"), "cold", ("snowy", "cold", "icy", "frosty"),
           ("a thick coat", "a woollen hat"), "the trees are bare", "children make snowmen"),
)  # fmt: skip
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


@dataclass(frozen=True)
class Good:
    """Something sold at the market; ``one`` and ``price`` are a unit and its price in coins."""

    many: str
    one: str
    price: int
    stall: str
    taste: str

    def __str__(self) -> str:
        return self.many


GOODS = tuple(
    Good(many, one, price, stall, taste)
    for many, one, price, stall, taste in (
        ("apples", "apple", 1, "fruit", "sweet"), ("pears", "pear", 2, "fruit", "soft and sweet"),
        ("plums", "plum", 1, "fruit", "juicy"), ("oranges", "orange", 2, "fruit", "juicy"),
        ("bananas", "banana", 2, "fruit", "soft and sweet"), ("melons", "melon", 6, "fruit", "big and sweet"),
        ("carrots", "carrot", 1, "vegetable", "fresh"), ("onions", "onion", 1, "vegetable", "strong"),
        ("potatoes", "potato", 1, "vegetable", "good"), ("tomatoes", "tomato", 2, "vegetable", "ripe and red"),
        ("cabbages", "cabbage", 3, "vegetable", "fresh"), ("pumpkins", "pumpkin", 5, "vegetable", "big and round"),
        ("eggs", "egg", 1, "egg", "fresh"), ("fish", "fish", 4, "fish", "fresh"),
        ("loaves", "loaf", 3, "bread", "warm"), ("cakes", "cake", 5, "bread", "sweet"),
        ("cheeses", "cheese", 7, "cheese", "strong"), ("jars of honey", "jar of honey", 6, "honey", "sweet"),
        ("baskets", "basket", 8, "basket", "strong"), ("candles", "candle", 2, "candle", "bright"),
        ("pots", "pot", 9, "pot", "strong"), ("roses", "rose", 2, "flower", "beautiful"),
    )
)  # fmt: skip


@dataclass(frozen=True)
class Treasure:
    """A thing that can be lost and found again."""

    name: str
    look: str
    use: str
    hidden: tuple[str, ...]

    def __str__(self) -> str:
        return self.name


TREASURES = tuple(
    Treasure(name, look, use, tuple(hidden.split("/")))
    for name, look, use, hidden in (
        ("hat", "straw", "wear it in the sun", "under the bed/behind the door/in the tree/on the roof of the shed"),
        ("key", "small iron", "open the door", "in an old pocket/under the mat/in the grass/inside a boot"),
        ("ball", "round rubber", "play with it", "under the bush/behind the shed/in the pond/on the roof of the shed"),
        ("kite", "paper", "fly it in the wind", "in the tree/on the roof of the shed/behind the fence"),
        ("scarf", "woollen", "keep warm", "under the bench/behind the chair/on the fence/in the dog's basket"),
        ("book", "old", "read it at night", "under the pillow/behind the sofa/on the top shelf/under the bench"),
        ("ring", "gold", "wear it every day", "in the flower pot/under the sofa/in the bread dough/in a teacup"),
        ("shoe", "leather", "go outside", "under the bed/in the dog's basket/behind the stove"),
        ("glove", "woollen", "keep a hand warm", "in the snow by the gate/behind the stove/in an old pocket"),
        ("doll", "wooden", "sleep well", "under the blanket/in the toy box/behind the curtain"),
        ("umbrella", "big", "stay dry in the rain", "behind the door/on the bus/under the bench"),
        ("watch", "silver", "know the time", "in an old pocket/under the newspaper/inside a boot"),
        ("flute", "wooden", "play music", "under the pillow/in a long boot/on the top shelf"),
        ("spoon", "silver", "stir the soup", "under the stove/in the flower pot/behind the bread box"),
        ("lamp", "little", "see in the dark", "in the cellar/behind the curtain/on the top shelf"),
        ("purse", "leather", "carry money", "under the newspaper/in the basket/behind the sofa"),
    )
)  # fmt: skip
COLOURS = (
    "red",
    "blue",
    "green",
    "yellow",
    "white",
    "black",
    "brown",
    "grey",
    "pink",
    "purple",
    "orange",
)
