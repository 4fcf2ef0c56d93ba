"""Chance that can be repeated: each customer, letter and day has a stream of its own, named by words.

A stream depends on its name alone, so leaving out all other customers leaves a customer's life as it was, and the same seed gives
the same life in another process, zone, language or version of Python. Only `randrange` and `random` are used: they have not
changed since Python 3.2.
"""

from collections.abc import Sequence
from hashlib import sha256
from random import Random
from typing import TypeVar

T = TypeVar("T")


def stream(seed: int, *name: object) -> Random:
    """Return the stream of chance of this name, at its beginning."""
    words = "\x1f".join((str(seed), *map(str, name)))
    return Random(int.from_bytes(sha256(words.encode()).digest()[:8], "big"))


def one_of(chance: Random, choices: Sequence[T]) -> T:
    return choices[chance.randrange(len(choices))]


def weighed(chance: Random, choices: Sequence[tuple[T, int]]) -> T:
    """Return one of the choices, each as often as its weight says."""
    place = chance.randrange(sum(weight for _, weight in choices))
    for choice, weight in choices:
        place -= weight
        if place < 0:
            return choice
    raise AssertionError("the weights add up to their sum")


def happens(chance: Random, *, in_hundred: float) -> bool:
    return chance.random() * 100 < in_hundred
