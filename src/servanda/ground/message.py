"""A sentence for people that can be told in their language: the English text with named places, and what stands in them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal


class Message(str):
    """A sentence that is English by itself and remembers how it was made.

    `text` names its places (`%(amount)s`) and is what translations are looked up by; a face puts the `values` in as its reader
    writes them.
    """

    __slots__ = ("text", "values")
    text: str
    values: Mapping[str, object]

    def __new__(cls, text: str, values: Mapping[str, object] | None = None) -> "Message":
        message = super().__new__(cls, text % values if values else text)
        message.text = text
        message.values = values or {}
        return message


@dataclass(frozen=True, slots=True)
class InBoth:
    """A text that has both languages by itself; plainly written it is English."""

    da: str
    en: str

    def __str__(self) -> str:
        return self.en


def in_both(said: Callable[[Literal["da", "en"]], str]) -> Message:
    """Return as a message what a rule says by itself in either language."""
    return Message("%(said)s", {"said": InBoth(da=said("da"), en=said("en"))})
