"""Ladders: of one invoice, behind and ahead, and of the rule in general for a product and a kind of customer."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.dates import MONTHS_3
from django.utils.translation import gettext as _

from servanda.agreements.reading import catalogue_of, library_of
from servanda.business.billing.decisions.payment import due_on, term_for
from servanda.business.billing.facts import InvoiceFacts
from servanda.business.billing.queries import billing_terms
from servanda.business.dunning.decisions.forecast import foresee
from servanda.business.dunning.decisions.orders import Order, SendReminder
from servanda.business.dunning.decisions.reading import ladder_terms
from servanda.business.dunning.facts import Arrears, Done, HeldService
from servanda.business.dunning.queries import ladder_of_invoice
from servanda.business.dunning.queries.foreseeing import ForeseenStep
from servanda.business.evidence.queries import events_of_subjects
from servanda.faces.office.ladder_picture import Picture, Step, picture_of
from servanda.faces.office.places import Visit
from servanda.faces.office.sentences import HAPPENED, figures_of_step, filled, foreseen_sentence, short_text
from servanda.faces.office.showing.naming import invoice_title
from servanda.faces.office.shown import Sentence
from servanda.faces.office.words import CUSTOMER_KINDS, language, word
from servanda.ground.calendar import bank_day_on_or_after, day_text
from servanda.ground.citation import Citation
from servanda.ground.money import Money
from servanda.terms.clauses import CustomerKind

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


def picture_of_invoice(visit: Visit, invoice: InvoiceFacts) -> Picture:
    """Return what has happened on the invoice, and what would follow if it stayed unpaid."""
    ladder = ladder_of_invoice(invoice.invoice_id, today=visit.today, days=AHEAD_DAYS)
    assert ladder is not None, "the invoice was just read"
    because = _because_by_key(invoice.invoice_id)
    steps = [
        *_beginning(invoice.issued_on, ladder.arrears.due_on, invoice.because, today=visit.today),
        *(_done(done, because.get(done.key, ())) for done in ladder.done if done.what not in HIDDEN),
        *(_foreseen(step) for step in _once(ladder.foreseen)),
    ]
    return _picture(steps, title=invoice_title(invoice), today=visit.today)


def general_picture(visit: Visit, *, product: str, kind: str) -> tuple[Picture, tuple[Choice, ...]]:
    """Return the rule for an example invoice of today over the product, and what can be chosen."""
    products = tuple(catalogue_of(visit.company.slug).codes)
    chosen = product if product in products else products[0]
    customer = CustomerKind(kind) if kind in CUSTOMER_KINDS else CustomerKind.BUSINESS
    choices = (_product_choice(visit, chosen), _kind_choice(customer))
    version = library_of(visit.company.slug).version_on(visit.today)
    arrears = _example(visit, chosen, customer, version.version)
    terms = ladder_terms(version, customer, frozenset({chosen}), frozenset({chosen}), visit.today)
    until = visit.today + timedelta(days=GENERAL_DAYS)
    foreseen = [
        _as_step(found.on, found.order) for found in foresee(arrears, terms, today=visit.today, until=until)
    ]
    steps = [
        *_beginning(arrears.issued_on, arrears.due_on, terms.payment_because, today=None),
        *(_foreseen(step) for step in _once(foreseen) if step.what not in {*HIDDEN, "invoice.accepted"}),
    ]
    return _picture(steps, title=_("The rule in general"), today=None), choices


def _picture(steps: Iterable[Step], *, title: str, today: date | None) -> Picture:
    ordered = _with_waits(sorted(steps, key=lambda step: step.on))
    months = tuple(str(MONTHS_3[number]) for number in range(1, 13))
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
    issued_on: date, due: date | None, because: tuple[Citation, ...], *, today: date | None
) -> Iterable[Step]:
    yield _step(issued_on, "happened", "invoice.issued", Sentence(_("The invoice is issued."), on=issued_on))
    if due is not None:
        sentence = Sentence(_("The due day."), on=due, because=because, is_planned=today is None or due >= today)
        yield _step(due, "planned" if sentence.is_planned else "happened", "payment.due", sentence)


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


def _step(
    on: date, state: str, what: str, sentence: Sentence, facts: Mapping[str, object] | None = None
) -> Step:
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


def _once(steps: Iterable[ForeseenStep]) -> Iterable[ForeseenStep]:
    """Yield the steps, of repeated ones the first only."""
    seen: set[str] = set()
    for step in steps:
        if step.what in REPEATED and step.what in seen:
            continue
        seen.add(step.what)
        yield step


def _because_by_key(invoice_id: int) -> Mapping[str, tuple[Citation, ...]]:
    """Return what each step rested on, by its own key and by that of its letter."""
    found: dict[str, tuple[Citation, ...]] = {}
    for event in events_of_subjects([f"invoice:{invoice_id}"]):
        found[event.key] = event.because
        if "letter" in event.facts:
            found[str(event.facts["letter"])] = event.because
    return found


def _example(visit: Visit, product: str, customer: CustomerKind, version: str) -> Arrears:
    """Return an invoice of today that nobody pays: received at once, and nothing else in the way."""
    issued_on = bank_day_on_or_after(visit.today)
    term = term_for([product], billing_terms(visit.company.slug, version, customer))
    return Arrears(
        invoice_id=0,
        invoice_number="",
        provider=visit.company.slug,
        terms_version=version,
        customer_id=0,
        customer_kind=customer,
        products=frozenset({product}),
        issued_on=issued_on,
        received_on=issued_on,
        due_on=due_on(term, issued_on=issued_on, received_on=issued_on) if term is not None else None,
        is_term_agreed=term is not None,
        total=EXAMPLE,
        open_principal=EXAMPLE,
        open_charges=Money(0),
        services=(HeldService(0, product, product, is_on_invoice=True, is_held=False),),
    )


def _as_step(on: date, order: Order) -> ForeseenStep:
    return ForeseenStep(
        on=on,
        what=order.what,
        invoice_id=order.invoice_id,
        invoice_number="",
        step=getattr(order, "step", None),
        amount=getattr(order, "amount", None) or getattr(order, "fee", None),
        deadline_on=order.deadline_on if isinstance(order, SendReminder) else None,
        because=order.because,
        decided_by=order.decided_by,
    )


def _product_choice(visit: Visit, chosen: str) -> Choice:
    products = catalogue_of(visit.company.slug).product
    options = tuple(
        Option(found.code, found.name_da if language() == "da" else found.name_en, found.code == chosen)
        for found in products
    )
    return Choice("product", _("Product"), options)


def _kind_choice(chosen: CustomerKind) -> Choice:
    options = tuple(Option(kind, word(CUSTOMER_KINDS, kind), kind == chosen) for kind in CUSTOMER_KINDS)
    return Choice("customer", _("Customer"), options)
