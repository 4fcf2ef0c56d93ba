"""What does a bank's file mean to billing? The reader's statements become the drafts that billing books."""

from collections.abc import Iterable

from servanda.business.billing.facts import BankMovement, NoticeDraft, NoticeLine, StatementDraft
from servanda.drivers.payments import BankEntry, BankNotification, BankStatement


def drafts_of(statements: Iterable[BankStatement], *, file: str) -> tuple[StatementDraft, ...]:
    """Return the statements of a file as drafts, in order of time, since each is checked against the one before."""
    ordered = sorted(statements, key=lambda one: (one.opening_on, one.closing_on, one.sequence or 0))
    return tuple(_draft(statement, file) for statement in ordered)


def notices_of(notifications: Iterable[BankNotification], *, file: str) -> tuple[NoticeDraft, ...]:
    """Return the notifications of a file as drafts, in the order in which the bank made them."""
    ordered = sorted(notifications, key=lambda one: (one.created_at, one.notification_id))
    return tuple(
        NoticeDraft(
            account=one.account,
            notification_id=one.notification_id,
            lines=tuple(
                NoticeLine(
                    reference=movement.reference,
                    ordinal=movement.ordinal,
                    amount=movement.amount,
                    booked_on=movement.booked_on,
                    parts=tuple(_movement(payment) for payment in movement.payments),
                )
                for movement in one.movements
            ),
            sha256=one.sha256,
            file_name=file,
            notes=one.notes,
        )
        for one in ordered
    )


def _draft(statement: BankStatement, file: str) -> StatementDraft:
    return StatementDraft(
        account=statement.account,
        statement_id=statement.statement_id,
        opening=statement.opening,
        closing=statement.closing,
        opening_on=statement.opening_on,
        closing_on=statement.closing_on,
        sha256=statement.sha256,
        file_name=file,
        movements=tuple(_movement(entry) for entry in statement.entries),
        notes=statement.notes,
        has_balances=statement.has_balances,
    )


def _movement(entry: BankEntry) -> BankMovement:
    return BankMovement(
        reference=entry.reference,
        ordinal=entry.ordinal,
        amount=entry.amount,
        booked_on=entry.booked_on,
        value_on=entry.value_on,
        text=_text(entry),
        creditor_reference=entry.creditor_reference,
        payer_name=entry.payer_name,
        payer_account=entry.payer_account,
        is_reversal=entry.is_reversal,
        fik_type=entry.fik_type,
        fik_creditor=entry.fik_creditor,
        original=entry.original,
    )


def _text(entry: BankEntry) -> str:
    """Return what the payer wrote; the end-to-end id is theirs too, and often is the number of the invoice."""
    said = entry.text.splitlines()
    return "\n".join([*said, entry.end_to_end_id] if entry.end_to_end_id and entry.end_to_end_id not in said else said)
