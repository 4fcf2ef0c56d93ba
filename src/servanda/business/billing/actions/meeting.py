"""Do a bank's statements meet? What is known of the account's balance, and what it says of a statement that comes in.

The known statements of an account cover it without a gap, because one that leaves a gap is refused. So the balance is known on
each of their days: where the first one opened, and what was booked since. A statement may follow, lie within, overlap or come
before; in each case its own balances and the known ones must agree once its new movements are booked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from django.db.models import Sum

from servanda.business.billing.facts import StatementDraft
from servanda.business.billing.models import BankEntry, Statement
from servanda.ground.money import Money, total_of
from servanda.ground.refusal import Refused

Answer = Literal["known", "new", "unknown"]


class StatementsDoNotMeet(Refused):
    """The statement does not begin where the one before ended: a statement between them is missing, or one is wrong."""


@dataclass(frozen=True, slots=True)
class Balances:
    """What is known of an account: its statements, and the balance that they and their entries give."""

    company_id: int
    account: str
    statements: tuple[Statement, ...]  # in order of their days

    def check_opening(self, draft: StatementDraft) -> None:
        """Refuse a statement that begins where no balance is known, or with another one than that."""
        if not self.statements or self.has(draft) or self._comes_before(draft):
            return
        if draft.opening.minor in self._openings(draft):
            return
        before = max(
            (one for one in self.statements if one.closing_on <= draft.opening_on),
            key=lambda one: (one.closing_on, one.pk),
            default=None,
        )
        if before is None:
            first = self._first
            raise StatementsDoNotMeet(
                "%(file_name)s opens on %(opening_on)s, before all that is known of the account, and does not end "
                "where that begins (%(statement_id)s: %(begins_on)s with %(balance)s). Import whole statements, "
                "the newest first or the oldest first, without a gap.",
                {
                    "file_name": draft.file_name,
                    "opening_on": draft.opening_on,
                    "statement_id": first.statement_id,
                    "begins_on": first.opening_on,
                    "balance": Money(first.opening_minor),
                },
            )
        raise StatementsDoNotMeet(
            "%(file_name)s opens on %(opening_on)s with %(opening)s, but the statement before it "
            "(%(statement_id)s) closed on %(closing_on)s with %(balance)s. Read the statement between them first, "
            "or ask the bank.",
            {
                "file_name": draft.file_name,
                "opening_on": draft.opening_on,
                "opening": draft.opening,
                "statement_id": before.statement_id,
                "closing_on": before.closing_on,
                "balance": Money(before.closing_minor),
            },
        )

    def before(self, draft: StatementDraft) -> Money:
        """Return the balance before a statement that tells none: as read before, as known of the day before, or nothing."""
        again = next((one for one in self.statements if one.statement_id == draft.statement_id), None)
        if again is not None:
            return Money(again.opening_minor)
        if not self.statements:
            return Money(0)
        before = draft.opening_on - timedelta(days=1)
        first = self._first
        if draft.closing_on <= first.opening_on:  # it leads to what is known
            return Money(first.opening_minor) - total_of(movement.amount for movement in draft.movements)
        return Money(self._on(before, but=draft))

    def has(self, draft: StatementDraft) -> bool:
        """Tell whether the statement was read before."""
        return any(one.statement_id == draft.statement_id for one in self.statements)

    def tell_new(self, draft: StatementDraft, written: Money, riddles: Sequence[Money]) -> Answer:
        """Return whether the movements that look like known ones are those, by what the balances need.

        `written` is what the statement's other new movements come to. Refuses the statement when nothing makes the
        balances agree.
        """
        if not self.statements or self.has(draft):
            return "known"
        if self._comes_before(draft):
            return "new"
        missing = draft.closing.minor - (self._on(draft.closing_on, but=draft) + written.minor)
        told = total_of(riddles).minor
        if missing == 0:
            # Movements that come to nothing leave no trace in a balance. If there is nothing else, a person is asked.
            return "unknown" if riddles and not told and len(riddles) == len(draft.movements) else "known"
        if riddles and missing == told:
            return "new"
        if self._ends_within(draft, written.minor):
            return "known"
        raise StatementsDoNotMeet(
            "%(file_name)s closes on %(closing_on)s with %(closing)s, but what is known of the account and the "
            "new movements of this statement come to %(balance)s. Movements are missing, or some were booked from "
            "another file with another reference. Ask the bank for the statements of these days.",
            {
                "file_name": draft.file_name,
                "closing_on": draft.closing_on,
                "closing": draft.closing,
                "balance": Money(draft.closing.minor - missing),
            },
        )

    def _comes_before(self, draft: StatementDraft) -> bool:
        """Tell whether the statement ends where the first known one begins, and does not rather go on from what is known."""
        first = self._first
        leads_there = draft.closing_on <= first.opening_on and draft.closing.minor == first.opening_minor
        return leads_there and draft.opening.minor not in self._openings(draft)

    def _openings(self, draft: StatementDraft) -> frozenset[int]:
        """Return the balances that are known of the moment at which the statement may begin.

        Banks date the opening balance on the first day or on the day before it, and may make several statements of a day.
        """
        day = draft.opening_on
        edges = {one.closing_minor for one in self.statements if one.closing_on == day}
        edges |= {one.opening_minor for one in self.statements if one.opening_on == day}
        return frozenset(edges | {self._on(day - timedelta(days=1), but=draft), self._on(day, but=draft)})

    def _ends_within(self, draft: StatementDraft, written: int) -> bool:
        """Tell whether the statement adds nothing and closes where another one of its last day opened or closed."""
        edges = {one.opening_minor for one in self.statements if one.opening_on == draft.closing_on}
        edges |= {one.closing_minor for one in self.statements if one.closing_on == draft.closing_on}
        return not written and draft.closing.minor in edges

    def _on(self, day: date, *, but: StatementDraft) -> int:
        """Return the balance at the end of a day, by the first opening and all that other statements had booked then."""
        rows = BankEntry.objects.filter(
            company_id=self.company_id, account=self.account, booked_on__lte=day, parent=None
        )
        rows = rows.exclude(statement__statement_id=but.statement_id)
        return self._first.opening_minor + (rows.aggregate(total=Sum("amount_minor"))["total"] or 0)

    @property
    def _first(self) -> Statement:
        """Return the statement that no other one leads to, of those on the first day."""
        day = self.statements[0].opening_on
        tied = [one for one in self.statements if one.opening_on == day]
        closings = {one.closing_minor for one in tied}
        return next((one for one in tied if one.opening_minor not in closings), tied[0])


def balances_of(company_id: int, account: str) -> Balances:
    """Return what is known of an account. The reader of a statement holds the company's turn."""
    rows = Statement.objects.filter(company_id=company_id, account=account).order_by("opening_on", "id")
    return Balances(company_id, account, tuple(rows))
