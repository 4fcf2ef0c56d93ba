"""Notices of a change that did not arrive: whom they were to tell, so that nobody is shown as being about to be bound."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from servanda.business.contracts.facts import SuccessionCounts, SuccessionFacts, SuccessionState
from servanda.business.contracts.queries import successions_in
from servanda.business.letters.facts import LetterFacts
from servanda.business.letters.queries import undelivered_letters

NOT_DELIVERED = "not delivered"
LETTER_KEYS = ("terms", "discontinued", "transfer")  # how the keys of letters about changes begin
_UNTOLD: tuple[SuccessionState, ...] = ("delivery awaited", "yes awaited")


@dataclass(frozen=True, slots=True, kw_only=True)
class Undelivered:
    """The letters about changes that were refused, or of which nobody knows whether they arrived, by company."""

    letters: tuple[LetterFacts, ...]

    def about(self, change_id: int) -> tuple[LetterFacts, ...]:
        """Return the letters of one change."""
        prefixes = tuple(f"{key}:{change_id}:" for key in LETTER_KEYS)
        return tuple(one for one in self.letters if one.key.startswith(prefixes))

    def has(self, key: str) -> bool:
        """Tell whether the letter of the key failed, or the last one that was sent again in its place."""
        return any(one.key == key or one.key.startswith(f"{key}:again:") for one in self.letters)

    def state_of(self, one: SuccessionFacts) -> str:
        """Return how far a contract has come, where a notice that failed is no notice on its way."""
        if one.told_on is None and one.state in _UNTOLD and self.has(f"terms:{one.change_id}:{one.contract_id}"):
            return NOT_DELIVERED
        return one.state

    def among(self, change_id: int, counts: SuccessionCounts | None) -> tuple[SuccessionFacts, ...]:
        """Return the contracts of a change whose notice failed; asks only where a letter did."""
        if counts is None or not self.about(change_id):
            return ()
        states = [state for state in _UNTOLD if counts.by_state.get(state)]
        waiting = (successions_in(change_id, state=state, limit=counts.by_state[state]) for state in states)
        return tuple(one for some in waiting for one in some if self.state_of(one) == NOT_DELIVERED)


def undelivered_of(company_id: int) -> Undelivered:
    """Return the letters about changes that failed."""
    found = undelivered_letters(company_id)
    return Undelivered(letters=tuple(one for one in found if one.key.split(":", 1)[0] in LETTER_KEYS))


def counted_apart(counts: Mapping[SuccessionState, int], failed: Iterable[SuccessionFacts]) -> Mapping[str, int]:
    """Return how many contracts have come how far, those whose notice failed counted for themselves."""
    found: dict[str, int] = dict(counts.items())
    for one in failed:
        found[one.state] -= 1
        found[NOT_DELIVERED] = found.get(NOT_DELIVERED, 0) + 1
    return found
