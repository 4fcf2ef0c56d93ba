"""Letters by invoice, by customer, and those that need a person."""

from collections.abc import Iterable, Mapping

from django.db.models import QuerySet

from servanda.business.companies.queries import Tally, tally_of
from servanda.business.letters.facts import Carrier, Delivery, LetterFacts
from servanda.business.letters.models import Document, Letter


def letters_of_invoices(invoice_ids: Iterable[int]) -> tuple[LetterFacts, ...]:
    rows = Letter.objects.filter(invoice_id__in=list(invoice_ids)).order_by("id")
    return tuple(facts_of(row) for row in rows)


def deliveries(keys: Iterable[str]) -> Mapping[str, Delivery]:
    """Return the proof of delivery of each of these letters, or of its repetition; the first day counts."""
    found: dict[str, Delivery] = {}
    rows = Letter.objects.filter(key__in=list(keys), state__in=["accepted", "replaced"])
    for key, state, accepted_on in rows.values_list("key", "state", "accepted_on"):
        if accepted_on is not None:
            found[key] = Delivery(key, accepted_on)
        elif state == "replaced":
            again = Letter.objects.filter(key__startswith=f"{key}:again:", state="accepted").order_by(
                "accepted_on", "id"
            )
            for letter in again[:1]:
                assert letter.accepted_on is not None, "an accepted letter has its day"
                found[key] = Delivery(letter.key, letter.accepted_on)
    return found


def letters_of_customer(customer_id: int, *, limit: int = 200) -> tuple[LetterFacts, ...]:
    """Return the customer's letters, the newest first."""
    return tuple(facts_of(row) for row in Letter.objects.filter(customer_id=customer_id).order_by("-id")[:limit])


def undelivered_letters(company_id: int) -> tuple[LetterFacts, ...]:
    """Return the mails that a person must look at: refused by the receiving server, or of uncertain fate."""
    rows = _undelivered([company_id]).order_by("id")
    return tuple(facts_of(row) for row in rows)


def undelivered_tally(company_ids: Iterable[int]) -> Tally | None:
    """Return how to count the mails that a person must look at."""
    return tally_of(_undelivered(company_ids))


def letter_ids_by_e_invoice(company_id: int) -> tuple[int, ...]:
    """Return the letters that an e-document is to carry and that have not arrived, in the order in which they were written."""
    rows = Letter.objects.filter(company_id=company_id, carrier=Carrier.E_INVOICE, state="waiting")
    return tuple(rows.order_by("id").values_list("id", flat=True))


def letters(letter_ids: Iterable[int]) -> tuple[LetterFacts, ...]:
    """Return the letters in the order in which they were written."""
    return tuple(facts_of(row) for row in Letter.objects.filter(pk__in=list(letter_ids)).order_by("id"))


def is_any_under_way(company_id: int) -> bool:
    """Tell whether a letter waits, by whatever way, or is with a sender."""
    return Letter.objects.filter(company_id=company_id, state__in=["waiting", "sending"]).exists()


def waiting_count(company_id: int) -> int:
    rows = Letter.objects.filter(company_id=company_id, state__in=["waiting", "sending"])
    return rows.filter(carrier=Carrier.MAIL).count()


def letters_by_key(company_id: int, keys: Iterable[str]) -> tuple[LetterFacts, ...]:
    """Return those of a company's letters that have one of the keys."""
    return tuple(facts_of(row) for row in Letter.objects.filter(company_id=company_id, key__in=list(keys)))


def letter(letter_id: int) -> LetterFacts | None:
    row = Letter.objects.filter(pk=letter_id).first()
    return facts_of(row) if row is not None else None


def document(sha256: str) -> bytes | None:
    """Return the bytes that were sent."""
    row = Document.objects.filter(pk=sha256).first()
    return bytes(row.content) if row is not None else None


def _undelivered(company_ids: Iterable[int]) -> QuerySet[Letter]:
    """What an e-document carries has a place of its own, where its problems are told."""
    ids = list(company_ids)
    return Letter.objects.filter(company_id__in=ids, carrier=Carrier.MAIL, state__in=["rejected", "uncertain"])


def facts_of(row: Letter) -> LetterFacts:
    return LetterFacts(
        letter_id=row.pk,
        company_id=row.company_id,
        customer_id=row.customer_id,
        key=row.key,
        kind=row.kind,
        language=row.language,
        recipient=row.recipient,
        subject=row.subject,
        text=row.text,
        paper=row.paper,
        on_day=row.on_day,
        state=row.state,
        accepted_on=row.accepted_on,
        accepted_at=row.accepted_at,
        reply=row.reply,
        attempts=row.attempts,
        invoice_id=row.invoice_id,
        document_sha256=row.document_sha256,
        carrier=Carrier(row.carrier),
    )
