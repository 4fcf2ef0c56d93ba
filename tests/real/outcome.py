"""What became of a company: everything that matters, by names that do not depend on which process wrote it, and its promises."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from servanda.business.audit.queries import run_audit
from servanda.business.billing.models import Allocation, BankEntry, Charge, Invoice, InvoiceLine
from servanda.business.dunning.decisions.days import letter_day
from servanda.business.dunning.queries import arrears_of, ladder_terms_of
from servanda.business.evidence.models import Record, Warrant
from servanda.business.hosting.models import Hold, Service
from servanda.business.ledger.models import Posting
from servanda.business.letters.models import Letter
from tests.business.billing.books import assert_books_agree

MINUTES_OF_THE_DAY = frozenset({"letter.uncertain", "letter.sent_again"})  # what only a kill leaves behind


@dataclass(frozen=True)
class Outcome:
    """All rows that matter, as counted tuples; equal for two runs of one world exactly when the same things happened."""

    invoices: Counter[tuple[object, ...]]
    lines: Counter[tuple[object, ...]]
    charges: Counter[tuple[object, ...]]
    entries: Counter[tuple[object, ...]]
    allocations: Counter[tuple[object, ...]]
    postings: Counter[tuple[object, ...]]
    services: Counter[tuple[object, ...]]
    holds: Counter[tuple[object, ...]]
    letters: Counter[tuple[object, ...]]
    records: Counter[tuple[object, ...]]
    warrants: Counter[tuple[object, ...]]

    def differences(self, other: "Outcome") -> dict[str, tuple[list[object], list[object]]]:
        """Return what only this one has, and what only the other one has, table by table."""
        found = {}
        for name in self.__dataclass_fields__:
            mine, theirs = getattr(self, name), getattr(other, name)
            if mine != theirs:
                found[name] = (sorted((mine - theirs).elements(), key=str), sorted((theirs - mine).elements(), key=str))
        return found


def outcome_of(company_id: int) -> Outcome:
    """Return what became of a company."""
    numbers = dict(Invoice.objects.filter(company_id=company_id).values_list("id", "number"))
    customers = dict(Invoice.objects.filter(company_id=company_id).values_list("customer_id", "customer__number"))

    def number(invoice_id: int | None) -> object:
        return numbers.get(invoice_id) if invoice_id is not None else None

    return Outcome(
        invoices=Counter(
            Invoice.objects.filter(company_id=company_id).values_list(
                *("number", "kind", "customer__number", "issued_on", "due_on", "total_minor", "open_minor"),
                "original__number",
            )
        ),
        lines=Counter(
            InvoiceLine.objects.filter(invoice__company_id=company_id).values_list(
                "invoice__number", "position", "net_minor", "since", "until", "bills_period"
            )
        ),
        charges=Counter(
            Charge.objects.filter(company_id=company_id).values_list(
                "invoice__number", "kind", "step", "on_day", "amount_minor", "open_minor"
            )
        ),
        entries=Counter(
            BankEntry.objects.filter(company_id=company_id).values_list(
                *("reference", "ordinal", "amount_minor", "booked_on", "unallocated_minor", "state", "because"),
                "statement__statement_id",
            )
        ),
        allocations=Counter(
            Allocation.objects.filter(company_id=company_id).values_list(
                "entry__reference", "invoice__number", "charge__kind", "charge__step", "amount_minor", "value_on"
            )
        ),
        postings=Counter(
            (what, on_day, number(invoice_id), account, amount)
            for what, on_day, invoice_id, account, amount in Posting.objects.filter(company_id=company_id).values_list(
                "entry__what", "entry__on_day", "entry__invoice_id", "account", "amount_minor"
            )
        ),
        services=Counter(
            Service.objects.filter(company_id=company_id).values_list(
                "name", "state", "began_on", "quarantined_on", "purge_on"
            )
        ),
        holds=Counter(
            (name, cause, number(invoice_id), placed_on, lifted_at)
            for name, cause, invoice_id, placed_on, lifted_at in Hold.objects.filter(
                service__company_id=company_id
            ).values_list("service__name", "cause", "invoice_id", "placed_on", "lifted_at")
        ),
        letters=Counter(
            (kind, _step(key), number(invoice_id), on_day, accepted_on)
            for kind, key, invoice_id, on_day, accepted_on in Letter.objects.filter(company_id=company_id)
            .exclude(state="replaced")
            .values_list("kind", "key", "invoice_id", "on_day", "accepted_on")
        ),
        records=Counter(
            (what, customers.get(customer_id or 0), on_day)
            for what, customer_id, on_day in Record.objects.filter(company_id=company_id)
            .exclude(what__in=MINUTES_OF_THE_DAY)
            .values_list("what", "customer_id", "on_day")
        ),
        warrants=Counter(
            (act, number(int(subject.split(":")[1])) if subject.startswith("invoice:") else subject, not_before)
            for act, subject, not_before in Warrant.objects.filter(company_id=company_id).values_list(
                "act", "subject", "not_before"
            )
        ),
    )


def _step(key: str) -> str:
    """Return the step of a reminder's key, without the number of times it was sent."""
    parts = key.split(":again:")[0].split(":")
    return parts[2] if len(parts) > 2 else ""


def assert_promises_kept(company_id: int, *, today: date) -> None:
    """Fail unless nothing happened twice, nothing is missing, and nothing adverse came without its right or too early."""
    _nothing_twice(company_id)
    _numbers_have_no_gap(company_id)
    _holds_have_warrants(company_id)
    _reminders_keep_their_distance(company_id, today=today)
    assert_books_agree(company_id)
    report = run_audit(company_id=company_id)
    assert report.is_clean, [(one.number, one.name, one.rows[:3]) for one in report.violated]


def _nothing_twice(company_id: int) -> None:
    keys = Letter.objects.filter(company_id=company_id).values_list("key", flat=True)
    assert max(Counter(keys).values()) == 1
    billed = InvoiceLine.objects.filter(invoice__company_id=company_id, bills_period=True, credited_by=None)
    assert max(Counter(billed.values_list("line_id", "since")).values()) == 1
    entries = BankEntry.objects.filter(company_id=company_id).values_list("reference", "booked_on", "ordinal")
    assert max(Counter(entries).values(), default=1) == 1


def _numbers_have_no_gap(company_id: int) -> None:
    numbers = sorted(Invoice.objects.filter(company_id=company_id).values_list("number", flat=True))
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    issued = Invoice.objects.filter(company_id=company_id).order_by("number").values_list("issued_on", flat=True)
    assert list(issued) == sorted(issued)


def _holds_have_warrants(company_id: int) -> None:
    held = set(Hold.objects.filter(service__company_id=company_id).values_list("warrant_key", flat=True))
    assert held <= set(Warrant.objects.filter(company_id=company_id).values_list("key", flat=True))


def _reminders_keep_their_distance(company_id: int, *, today: date) -> None:
    """Each reminder was written no earlier than the terms say, counted from the acceptance of the one before."""
    ids = list(Invoice.objects.filter(company_id=company_id, kind="invoice").values_list("id", flat=True))
    for arrears in arrears_of(ids, today=today):
        for ruled in ladder_terms_of(arrears).reminders:
            rule = ruled.rule
            sent = arrears.last("reminder.sent", rule.step)
            if sent is None:
                continue
            before = arrears.last("reminder.sent", rule.step - 1)
            assert rule.step == 1 or before is not None
            anchors = {
                "due": arrears.due_on,
                "reminder": before.on if before else None,
                "reminder deadline": before.deadline_on if before else None,
            }
            anchor = anchors.get(rule.sent_after)
            if anchor is not None:
                assert sent.on >= letter_day(anchor + timedelta(days=rule.wait_days)), (
                    arrears.invoice_number,
                    rule.step,
                )
