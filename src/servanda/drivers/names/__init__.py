"""Asking the public DNS, for proofs that somebody controls a name."""

from typing import Protocol


class NamesUnavailable(Exception):
    """The DNS gave no answer now: no resolver was reached, or none could tell. Says nothing about the name."""


class Names(Protocol):
    """Asks the DNS as the world sees it."""

    def texts(self, name: str) -> tuple[str, ...]:
        """Return the texts (TXT) at a name, empty when there are none. Raises NamesUnavailable when nobody could say."""
        ...
