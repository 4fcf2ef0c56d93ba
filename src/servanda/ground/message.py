"""A sentence for people that can be told in their language: the English text with named places, and what stands in them."""

from collections.abc import Mapping


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
