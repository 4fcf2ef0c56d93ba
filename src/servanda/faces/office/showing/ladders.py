"""Ladders: of one invoice, behind and ahead, and of the rule in general for a product and a kind of customer."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from django.utils.dates import MONTHS_3
from django.utils.translation import gettext as _

from servanda.business.billing.facts import InvoiceFacts
from servanda.business.catalogue.facts import ListedProduct
from servanda.business.catalogue.queries import prices_of
from servanda.business.dunning.decisions.unpaid import unpaid_timeline
from servanda.business.dunning.facts import Done
from servanda.business.dunning.queries import ProposalFacts, ladder_of_invoice, ladder_terms_of, open_proposals
from servanda.business.dunning.queries.foreseeing import ForeseenStep, Ladder
from servanda.business.evidence.facts import Event
from servanda.business.library.queries import library_of
from servanda.faces.office.ladder_picture import Picture, Step, picture_of
from servanda.faces.office.places import Visit
from servanda.faces.office.sentences import (
    HAPPENED,
    RULED,
    Saying,
    figures_of_step,
    filled,
    foreseen_sentence,
    short_text,
)
from servanda.faces.office.showing.naming import invoice_title
from servanda.faces.office.shown import Sentence
from servanda.faces.office.words import CUSTOMER_KINDS, language, word
from servanda.ground.calendar import bank_day_on_or_after, day_text
from servanda.ground.citation import Citation
from servanda.ground.money import Money
from servanda.terms.clauses import CustomerKind
from servanda.terms.timeline import TimelineEvent

T = TypeVar("T", ForeseenStep, TimelineEvent)
AHEAD_DAYS = 120
GENERAL_DAYS = 240
EXAMPLE = Money(125_000)
HIDDEN = frozenset({"payment.late", "letter.accepted", "invoice.issued", "arrears.cleared"})
REPEATED = frozenset({"interest.charged"})  # one rung stands for the months that follow


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    text: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Choice:
    name: str
    label: str
    options: tuple[Option, ...]


def ladder_on(visit: Visit, invoice: InvoiceFacts) -> Ladder:
    """Return the ladder of an invoice that was just read: gathered once for all of a page that asks of it."""
    return ladder_of_invoice(visit.company, invoice, today=visit.today, days=AHEAD_DAYS)


def picture_of_invoice(visit: Visit, invoice: InvoiceFacts, ladder: Ladder) -> Picture:
    """Return what has happened on the invoice, and what would follow if it stayed unpaid."""
    own = invoice.invoice_id
    because = _because_by_key(ladder.known.events)
    issued = {"number": invoice.number, "total_minor": invoice.total.minor}
    asked = open_proposals(visit.company.company_id, invoice_id=own) if ladder.arrears.asked else ()
    due_because = ladder_terms_of(ladder.arrears).payment_because
    steps = [
        *_beginning(invoice.issued_on, ladder.arrears.due_on, due_because, issued, today=visit.today),
        *(_done(done, because.get(done.key, ())) for done in ladder.done if done.what not in HIDDEN),
        *(_asked(proposal) for proposal in asked),
        *(_foreseen(step) for step in _once(ladder.foreseen) if not step.is_asked),
    ]
    return _picture(steps, title=invoice_title(invoice), today=visit.today)


def general_picture(visit: Visit, *, product: str, kind: str) -> tuple[Picture, tuple[Choice, ...]]:
    """Return what follows by the terms of today from an invoice of today that nobody pays, and what can be chosen."""
    sold = tuple(prices_of(visit.company.company_id).products.values())
    chosen = next((found for found in sold if found.code == product), sold[0])
    customer = CustomerKind(kind) if kind in CUSTOMER_KINDS else CustomerKind.BUSINESS
    events = unpaid_timeline(
        library_of(visit.company.slug).version_on(visit.today),
        product=chosen.code,
        is_service=chosen.is_service,
        customer=customer,
        issued_on=bank_day_on_or_after(visit.today),
        received_on=bank_day_on_or_after(visit.today),
        amount=EXAMPLE,
        until=visit.today + timedelta(days=GENERAL_DAYS),
    )
    picture = _picture([_ruled(event) for event in _once(events)], title=_("The rule in general"), today=None)
    return picture, (_product_choice(sold, chosen.code), _kind_choice(customer))


def _ruled(event: TimelineEvent) -> Step:
    facts = {"step": event.step, "amount_minor": event.amount.minor if event.amount is not None else None}
    saying = RULED.get(event.event, Saying(event.event))
    is_persons = event.decided_by == "person"
    sentence = Sentence(
        filled(saying.text, facts),
        on=event.on,
        tone=saying.tone,
        because=event.because,
        note=_("A person decides; this is the first day allowed.") if is_persons else "",
        is_planned=True,
    )
    return _step(event.on, "person" if is_persons else "planned", event.event, sentence, facts)


def _picture(steps: Iterable[Step], *, title: str, today: date | None) -> Picture:
    ordered = _with_waits(sorted(steps, key=lambda step: step.on))
    short = (str(MONTHS_3[number]) for number in range(1, 13))
    months = tuple(short if language() == "da" else (name.capitalize() for name in short))
    return picture_of(ordered, title=title, today=today, today_text=_("Today"), months=months)


def _with_waits(steps: list[Step]) -> list[Step]:
    """Write on each rung how many days lie between it and the one before."""
    waited = []
    before: date | None = None
    for step in steps:
        days = (step.on - before).days if before is not None else 0
        text = _("%(days)s days") % {"days": days} if days > 1 else _("1 day") if days else ""
        waited.append(
            Step(
                on=step.on,
                state=step.state,
                label=step.label,
                under=step.under,
                sentence=step.sentence,
                wait=text,
            )
        )
        before = step.on
    return waited


def _beginning(
    issued_on: date,
    due: date | None,
    because: tuple[Citation, ...],
    issued: Mapping[str, object],
    *,
    today: date,
) -> Iterable[Step]:
    text = filled(HAPPENED["invoice.issued"].text, issued)
    yield _step(issued_on, "happened", "invoice.issued", Sentence(text, on=issued_on))
    if due is not None:
        sentence = Sentence(_("The due day."), on=due, because=because, is_planned=due >= today)
        yield _step(due, "planned" if sentence.is_planned else "happened", "payment.due", sentence)


def _asked(proposal: ProposalFacts) -> Step:
    sentence = Sentence(
        proposal.sentence_da if language() == "da" else proposal.sentence_en,
        on=proposal.earliest_on,
        tone="stop",
        because=proposal.because,
        note=_("A person decides; this is the first day allowed."),
        is_planned=True,
    )
    return _step(proposal.earliest_on, "person", proposal.act, sentence)


def _done(done: Done, because: tuple[Citation, ...]) -> Step:
    facts = {
        "step": done.step,
        "amount_minor": done.amount.minor if done.amount is not None else None,
        "deadline_on": done.deadline_on,
    }
    saying = HAPPENED.get(done.what)
    text = filled(saying.text, facts) if saying is not None else done.what
    tone = saying.tone if saying is not None else "note"
    return _step(done.on, "happened", done.what, Sentence(text, on=done.on, tone=tone, because=because), facts)


def _foreseen(step: ForeseenStep) -> Step:
    state = "person" if step.decided_by == "person" else "planned"
    return _step(step.on, state, step.what, foreseen_sentence(step), figures_of_step(step))


def _step(on: date, state: str, what: str, sentence: Sentence, facts: Mapping[str, object] | None = None) -> Step:
    clauses = ", ".join(dict.fromkeys(_short(citation) for citation in sentence.because))
    under = day_text(on, language()) + (f" · {clauses}" if clauses else "")
    return Step(
        on=on,
        state=state,  # type: ignore[arg-type]
        label=short_text(what, facts or {}),
        under=under,
        sentence=sentence,
    )


def _short(citation: Citation) -> str:
    return f"§ {citation.clause}" if citation.clause[:1].isdigit() else str(citation)


def _once(steps: Iterable[T]) -> Iterable[T]:
    """Yield the steps, of repeated ones the first only."""
    seen: set[str] = set()
    for step in steps:
        what = step.event if isinstance(step, TimelineEvent) else step.what
        if what in REPEATED and what in seen:
            continue
        seen.add(what)
        yield step


def _because_by_key(events: Iterable[Event]) -> Mapping[str, tuple[Citation, ...]]:
    """Return what each step rested on, by its own key and by that of its letter."""
    found: dict[str, tuple[Citation, ...]] = {}
    for event in events:
        found[event.key] = event.because
        if "letter" in event.facts:
            found[str(event.facts["letter"])] = event.because
    return found


def _product_choice(sold: tuple[ListedProduct, ...], chosen: str) -> Choice:
    options = tuple(
        Option(found.code, found.name_da if language() == "da" else found.name_en, found.code == chosen)
        for found in sold
    )
    return Choice("product", _("Product"), options)


def _kind_choice(chosen: CustomerKind) -> Choice:
    options = tuple(Option(kind, word(CUSTOMER_KINDS, kind), kind == chosen) for kind in CUSTOMER_KINDS)
    return Choice("customer", _("Customer"), options)
