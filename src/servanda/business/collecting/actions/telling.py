"""Writing to customers of what is collected from them: before it happens, when it has, and when it could not be."""

from datetime import date, datetime

from servanda.business.billing.queries import invoice_heads
from servanda.business.collecting import wording
from servanda.business.collecting.facts import MandateKind, ToldOutcome
from servanda.business.collecting.models import Collection
from servanda.business.collecting.wording import Words
from servanda.business.customers.queries import customer
from servanda.business.letters.actions import write_letters
from servanda.business.letters.facts import LetterDraft
from servanda.ground.money import Money, money_text

NOT_COLLECTED = frozenset({"rejected", "cancelled", "failed", "reversed"})


def announce(row: Collection, *, today: date, at: datetime) -> None:
    """Tell the customer which invoice will be collected, how much, and when."""
    number, language = _number(row), customer(row.customer_id).language
    words = wording.announced(number, Money(row.amount_minor), MandateKind(row.mandate.kind), row.collect_on, language)
    _write(row, "collection announced", words, key=f"collection.announced:{row.pk}", today=today, at=at)


def tell_outcome(row: Collection, outcome: ToldOutcome, *, today: date, at: datetime) -> None:
    """Tell the customer that it was collected, or that it was not and is to be paid in another way."""
    number, language = _number(row), customer(row.customer_id).language
    kind, key = MandateKind(row.mandate.kind), f"collection.told:{row.pk}:{outcome.kind}"
    if outcome.kind == "paid":
        words = wording.collected(number, outcome.amount, kind, min(outcome.on, today), language)
        _write(row, "collected", words, key=key, today=today, at=at)
    elif outcome.kind in NOT_COLLECTED:
        amount = Money(row.amount_minor)
        words = wording.not_collected(number, amount, kind, is_taken_back=outcome.kind == "reversed", language=language)
        owed = [[wording.owed(number, language), money_text(amount, language)]]
        _write(row, "not collected", words, key=key, today=today, at=at, owed=owed, total=money_text(amount, language))


def _number(row: Collection) -> int:
    (invoice,) = invoice_heads([row.invoice_id])
    return invoice.number


def _write(
    row: Collection,
    kind: str,
    words: Words,
    *,
    key: str,
    today: date,
    at: datetime,
    owed: list[list[str]] | None = None,
    total: str = "",
) -> None:
    """Write a letter once; one that asks for money belongs to its invoice, so that nothing adverse follows if it is lost."""
    to = customer(row.customer_id)
    paper = {"title": words.subject, "paragraphs": list(words.paragraphs), "because": row.because}
    draft = LetterDraft(
        company_id=row.company_id,
        customer_id=row.customer_id,
        key=key,
        kind=kind,
        language=to.language,
        recipient=to.email,
        subject=words.subject,
        text="\n\n".join(words.paragraphs) + "\n",
        on_day=today,
        queued_at=at,
        invoice_id=row.invoice_id if owed is not None else None,
        paper={**paper, "owed": owed, "total": total} if owed is not None else paper,
    )
    write_letters([draft])
