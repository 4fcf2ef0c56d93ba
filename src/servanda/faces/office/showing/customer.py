"""One customer: what they owe, what happened, what runs, what was agreed, and what would come if nobody paid."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from servanda.business.billing.facts import InvoiceFacts
from servanda.business.catalogue.facts import NotInCatalogue, PriceList
from servanda.business.catalogue.queries import prices_of
from servanda.business.contracts.decisions.ending import notice_last_day
from servanda.business.contracts.decisions.pricing import bound_price, dated_prices, priced_line
from servanda.business.contracts.decisions.terms import ending_terms
from servanda.business.contracts.facts import LineFacts, PriceNotices
from servanda.business.contracts.queries import own_terms_of_lines, price_notices
from servanda.business.customers.facts import CustomerFacts
from servanda.business.dunning.queries import Known, forecast_of_customer, known_of_customer
from servanda.business.evidence.facts import Event
from servanda.business.hosting.facts import ServiceFacts
from servanda.business.ledger.queries import standing_of_customer
from servanda.business.letters.facts import LetterFacts
from servanda.business.library.queries import version_of
from servanda.faces.office.people import names_of
from servanda.faces.office.places import Visit
from servanda.faces.office.sentences import foreseen_sentence, sentence_of
from servanda.faces.office.showing.naming import Names
from servanda.faces.office.shown import CustomerShown, Foresight, InvoiceRow, LineRow, Sentence, ServiceRow, Stamp
from servanda.faces.office.words import CUSTOMER_KINDS, invoice_stamp, language, service_stamp, word
from servanda.ground.calendar import day_text
from servanda.ground.money import money_text
from servanda.terms.resolving import Deviation

DAYS_MAX = 90
TIMELINE_MAX = 40


def customer_shown(visit: Visit, customer: CustomerFacts, *, days: int, is_whole: bool) -> CustomerShown:
    """Return the page of a customer; `is_whole` shows the timeline from the first day on."""
    known = known_of_customer(visit.company, customer.customer_id)
    found, services = known.invoices, known.services
    names = Names(visit.company.slug, {invoice.invoice_id: invoice for invoice in found})
    timeline = _timeline(known, names)
    kept = timeline if is_whole else timeline[:TIMELINE_MAX]
    standing = standing_of_customer(customer.customer_id)
    balance = standing.balance
    prices = prices_of(visit.company.company_id)
    return CustomerShown(
        name=customer.name,
        number=customer.number,
        kind=word(CUSTOMER_KINDS, customer.kind),
        facts=tuple(_facts(customer)),
        balance=balance if balance.minor >= 0 else -balance,
        balance_note=_("Owes") if balance.minor > 0 else _("Has to their credit") if balance.minor else _("Balance"),
        credit=standing.credit or None if balance.minor > 0 else None,
        stamps=_stamps(found, services, today=visit.today),
        timeline=kept,
        timeline_more=len(timeline) - len(kept),
        services=tuple(_service(service, prices, today=visit.today) for service in services),
        invoices=tuple(_invoice(invoice, visit) for invoice in found),
        lines=_lines(customer, known.lines, visit, prices),
        foresight=_foresight(known, names, days=days, today=visit.today),
    )


def _facts(customer: CustomerFacts) -> list[tuple[str, str]]:
    details = customer.details
    given = [
        (_("CVR number"), details.cvr),
        (_("VAT number"), details.vat_number),
        (_("EAN number"), details.ean),
        (_("Contact"), details.contact_name),
        (_("E-mail"), details.email),
        (_("Address"), ", ".join(customer.postal_lines[1:])),
        (_("Customer since"), day_text(customer.created_on, language())),
    ]
    return [(name, value) for name, value in given if value]


def _stamps(found: tuple[InvoiceFacts, ...], services: tuple[ServiceFacts, ...], *, today: date) -> tuple[Stamp, ...]:
    late = [invoice for invoice in found if invoice.open_total and invoice.due_on and invoice.due_on < today]
    stamps = [Stamp(_("Overdue"), "warn")] if late else []
    if any(service.open_holds for service in services):
        stamps.append(Stamp(_("Suspended"), "stop"))
    return tuple(stamps)


def _timeline(known: Known, names: Names) -> tuple[Sentence, ...]:
    """Return what happened, the newest first; letters that are still on their way stand on top."""
    events, letters = known.events, known.letters
    staff = names_of(event.by for event in events)
    waiting = tuple(
        Sentence(
            _("A letter waits to be sent: %(subject)s") % {"subject": letter.subject},
            on=letter.on_day,
            links=names.links(invoice_id=letter.invoice_id),
            is_planned=True,
        )
        for letter in letters
        if letter.state in {"waiting", "sending"}
    )
    by_key = {letter.key: letter for letter in letters}
    told = (event for event in reversed(events) if not _is_told_by_another(event, by_key))
    return (*waiting, *(_happened(event, names, staff, by_key) for event in told))


def _happened(event: Event, names: Names, staff: Mapping[str, str], letters: Mapping[str, LetterFacts]) -> Sentence:
    """Return a record as a sentence; one about a letter says which, and one that a letter told says that it arrived."""
    sentence = sentence_of(event, links=names.links_of, names=staff)
    letter = letters.get(_letter_key(event))
    if letter is None:
        return sentence
    if event.what.startswith("letter."):
        is_failure = event.what in {"letter.rejected", "letter.uncertain"} and bool(letter.reply)
        return replace(sentence, note=f"{letter.subject} · {letter.reply}" if is_failure else letter.subject)
    if letter.accepted_on == letter.on_day:
        return replace(sentence, note=_("The customer's mail server took in the letter the same day."))
    return sentence


def _is_told_by_another(event: Event, letters: Mapping[str, LetterFacts]) -> bool:
    """Tell whether a letter arrived on the day it was written: then the sentence of what it tells says so."""
    letter = letters.get(_letter_key(event)) if event.what == "letter.accepted" else None
    return letter is not None and letter.invoice_id is not None and letter.accepted_on == letter.on_day


def _letter_key(event: Event) -> str:
    """Return the key of the letter that the record is about, or that carried it to the customer."""
    return event.subject if event.what == "invoice.issued" else str(event.facts.get("letter", ""))


def _service(service: ServiceFacts, prices: PriceList, *, today: date) -> ServiceRow:
    hold = service.open_holds[0] if service.open_holds else None
    note = ""
    if hold is not None:
        note = _("since %(day)s") % {"day": day_text(hold.placed_on, language())}
    elif service.state == "quarantined" and service.purge_on is not None:
        day = {"day": day_text(service.purge_on, language())}
        is_persons = service.purge_decided_by == "person"
        note = (
            _("may be deleted from %(day)s if a person says so") if is_persons else _("is deleted on %(day)s")
        ) % day
    elif service.state == "quarantined":
        note = _("the data stay until a person decides")
    product = prices.products.get(service.product)
    name = service.product if product is None else product.name_da if language() == "da" else product.name_en
    is_quarantined = service.state == "quarantined"
    return ServiceRow(
        name=service.name,
        product=name,
        stamp=service_stamp(service),
        because=hold.because if hold is not None else service.purge_because if is_quarantined else (),
        note=note,
        service_id=service.service_id,
        may_be_put_back=is_quarantined,
        may_be_purged=is_quarantined and service.purge_on is not None and service.purge_on <= today,
    )


def _invoice(invoice: InvoiceFacts, visit: Visit) -> InvoiceRow:
    return InvoiceRow(
        number=str(invoice.number),
        address=reverse("office:invoice", args=[visit.company.slug, invoice.number]),
        kind=_("Credit note") if invoice.kind == "credit note" else "",
        issued_on=invoice.issued_on,
        due_on=invoice.due_on,
        total=invoice.total,
        open=invoice.open_total,
        stamp=invoice_stamp(invoice, today=visit.today),
    )


def _lines(
    customer: CustomerFacts, known: tuple[LineFacts, ...], visit: Visit, prices: PriceList
) -> tuple[LineRow, ...]:
    """Return the lines that run. What they depend on beside the terms is read once, and only where there is such a thing."""
    lines = tuple(line for line in known if not line.is_ended)
    own_terms = own_terms_of_lines(lines)
    has_moved = any(_follows_the_list(line, prices) for line in lines)
    notices = price_notices(visit.company.company_id, [customer.customer_id]) if has_moved else PriceNotices()
    rows = (_line(line, visit, prices, own_terms.get(line.contract_id, ()), notices) for line in lines)
    slug, number = visit.company.slug, customer.number
    return tuple(
        replace(row, address=reverse("office:line", args=[slug, number, line.line_id]))
        for line, row in zip(lines, rows, strict=True)
    )


def _follows_the_list(line: LineFacts, prices: PriceList) -> bool:
    """Tell whether the list has moved under a line, so that another price than the list's may bind."""
    plan = prices.plans.get(line.plan_code)
    return line.own_price is None and plan is not None and len(plan.prices) > 1


def _line(
    line: LineFacts, visit: Visit, prices: PriceList, own_terms: tuple[Deviation, ...], notices: PriceNotices
) -> LineRow:
    agreement = version_of(visit.company.slug, line.terms_version)  # no query, however many lines there are
    terms = ending_terms(
        agreement,
        product=line.product_code,
        customer=line.customer_kind,
        on=max(visit.today, line.concluded_on),
        deviations=own_terms,
    )
    is_ending = line.until is not None
    last_day = _last_day(line)
    has_passed = not is_ending and last_day is not None and last_day < visit.today
    notice_on = None
    if terms.notice is not None and last_day is not None and not is_ending and not has_passed:
        notice_on = notice_last_day(terms.notice.rule, ends_on=last_day)
    return LineRow(
        product=_plan_name(prices, line),
        description=line.description,
        price=_price(line, visit, prices, own_terms, notices),
        since=line.began_on,
        last_day=last_day,
        notice_last_on=notice_on,
        because=terms.notice.because if terms.notice is not None else (),
        stamp=_line_stamp(line, is_ending=is_ending, has_passed=has_passed),
    )


def _last_day(line: LineFacts) -> date | None:
    """Return the last day that is certain: of the line if its end is decided, otherwise of its term."""
    if line.until is not None:
        return line.until - timedelta(days=1)
    return line.term.last_day if line.term is not None else None


def _line_stamp(line: LineFacts, *, is_ending: bool, has_passed: bool) -> Stamp | None:
    if line.has_open_question:
        return Stamp(_("A notice waits for you"), "warn")
    if is_ending:
        return Stamp(_("Ends"), "warn")
    return Stamp(_("Runs on after its period"), "note") if has_passed else None


def _plan_name(prices: PriceList, line: LineFacts) -> str:
    return prices.name_of(line.plan_code, language()) if line.plan_code in prices.plans else line.plan_code


def _price(
    line: LineFacts, visit: Visit, prices: PriceList, own_terms: tuple[Deviation, ...], notices: PriceNotices
) -> str:
    amount, day = line.own_price, max(visit.today, line.began_on)
    if amount is None:
        try:
            amount = prices.price_on(line.plan_code, day)
        except NotInCatalogue:
            return "–"
    if _follows_the_list(line, prices):
        dated = dated_prices(prices.plan(line.plan_code), notices, customer_id=line.customer_id, line_id=line.line_id)
        agreement = version_of(visit.company.slug, line.terms_version)
        amount = bound_price(agreement, priced_line(line, own_terms=own_terms), dated, on=day).amount
    text = money_text(amount, language()).replace(" ", "\u00a0")
    return f"{line.quantity} × {text}" if line.quantity != 1 else text


def _foresight(known: Known, names: Names, *, days: int, today: date) -> Foresight:
    steps = forecast_of_customer(known, days=days, today=today) if days else ()
    return Foresight(
        days=days,
        until=today + timedelta(days=days),
        days_max=DAYS_MAX,
        steps=tuple(foreseen_sentence(step, links=names.links(invoice_id=step.invoice_id)) for step in steps),
    )
