"""What dunning's letters and proposals say, in Danish and English. Whole sentences side by side, so that both are read.

A letter is calm: it says what is so, why, what happens next and how to change it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from servanda.business.billing.decisions.refunds import AskWhatGoesBack
from servanda.business.billing.wording import time_reckoning
from servanda.business.companies.facts import CompanyFacts
from servanda.business.customers.facts import CustomerFacts
from servanda.business.dunning.decisions.handing_over import HandOver
from servanda.business.dunning.decisions.orders import EndContract, Order, PlaceHold, SendReminder
from servanda.business.dunning.facts import Arrears
from servanda.ground.calendar import day_text
from servanda.ground.law.interest import STATUTORY_RATE, Interest
from servanda.ground.money import Money, money_text

WARNINGS: Mapping[str, tuple[str, str]] = {
    "suspension": ("adgangen til ydelserne bliver lukket midlertidigt", "access to the services will be suspended"),
    "closure": ("ydelserne bliver lukket for altid", "the services will be closed for good"),
    "hosting": ("hjemmesider og filer på vores servere går tabt", "websites and files on our servers will be lost"),
    "backups": ("sikkerhedskopierne går tabt", "the backups will be lost"),
    "critical systems": ("adgangen til vigtige systemer går tabt", "access to critical systems will be lost"),
}


@dataclass(frozen=True, slots=True)
class Wording:
    """A letter's subject, its paragraphs and the lines of what is owed."""

    subject: str
    paragraphs: tuple[str, ...]
    owed: tuple[tuple[str, str], ...] = ()
    total: str = ""

    @property
    def text(self) -> str:
        rows = [f"{label}: {amount}" for label, amount in self.owed]
        return "\n\n".join((*self.paragraphs, *(["\n".join(rows)] if rows else []))) + "\n"


def reminder(
    order: SendReminder, arrears: Arrears, company: CompanyFacts, customer: CustomerFacts, *, interest: Interest | None
) -> Wording:
    """Return the reminder: what is owed, until when, what the law and the terms let follow, and whom to ask."""
    language = customer.language
    due = arrears.open_principal + arrears.open_charges + (order.fee or Money(0))
    grown = interest.amount if interest is not None else Money(0)
    if order.is_collection_warning:  # the whole claim is stated, and paying it by the deadline ends the matter (§ 10)
        due = due + grown
    paragraphs = _reminder_da if language == "da" else _reminder_en
    return Wording(
        subject=_reminder_subject(order, arrears, company, language),
        paragraphs=(
            *paragraphs(order, arrears, company, money_text(due, language)),
            *(interest_paragraphs(interest, language) if interest is not None and grown else ()),
        ),
        owed=_owed(order, arrears, language, grown),
        total=money_text(due, language),
    )


def suspension(order: PlaceHold, arrears: Arrears, company: CompanyFacts, language: str) -> Wording:
    """Return the letter that tells of a suspension: what, why, what is safe, and what paying does."""
    names = _names(arrears, order.service_ids)
    owed = money_text(arrears.open_total, language)
    if language == "da":
        return Wording(
            f"Adgangen er lukket midlertidigt: faktura {arrears.invoice_number}",
            (
                f"Faktura {arrears.invoice_number} er ikke betalt, og derfor er adgangen lukket til: {names}.",
                "Dine data, mails og sikkerhedskopier er der stadig, og intet er slettet.",
                f"Når {owed} er kommet ind på vores konto, åbner vi igen af os selv.",
                f"Er der noget, vi ikke ved, så skriv til {company.email}.",
            ),
        )
    return Wording(
        f"Access is suspended: invoice {arrears.invoice_number}",
        (
            f"Invoice {arrears.invoice_number} has not been paid, so access is suspended to: {names}.",
            "Your data, mail and backups are still there, and nothing has been deleted.",
            f"As soon as {owed} has reached our account, access opens again by itself.",
            f"If there is something we do not know, write to {company.email}.",
        ),
    )


def ending(order: EndContract, arrears: Arrears, company: CompanyFacts, language: str, purge_days: str) -> Wording:
    """Return the letter that ends the contract for non-payment, with the ground and what becomes of the data."""
    names = _names(arrears, order.service_ids)
    due = day_text(arrears.due_on, language) if arrears.due_on is not None else ""
    if language == "da":
        return Wording(
            f"Aftalen er ophørt: faktura {arrears.invoice_number}",
            (
                f"Faktura {arrears.invoice_number} skulle være betalt {due} og er det ikke. Derfor ophører: {names}.",
                purge_days,
                f"Skriv til {company.email}, hvis du vil have dine data udleveret, eller hvis noget ikke passer.",
            ),
        )
    return Wording(
        f"The agreement has ended: invoice {arrears.invoice_number}",
        (
            f"Invoice {arrears.invoice_number} was due on {due} and has not been paid. Therefore these end: {names}.",
            purge_days,
            f"Write to {company.email} if you want your data handed over, or if something is wrong.",
        ),
    )


def handed_over(handed: HandOver, arrears: Arrears, company: CompanyFacts, language: str) -> Wording:
    """Return the letter that tells of a hand-over: to whom, what is owed, and what a collector may charge for it."""
    total, most = money_text(handed.total, language), money_text(handed.costs_at_most, language)
    number = arrears.invoice_number
    if language == "da":
        owed = (("Faktura", handed.principal), ("Gebyrer og renter", handed.charges))
        subject = f"Sendt til inkasso: faktura {number} fra {company.name}"
        paragraphs = (
            f"Fristen i vores inkassovarsel er gået, og faktura {number} er ikke betalt. Kravet er sendt til "
            f"{handed.collector}, som skriver til dig.",
            f"Kravet er {total} i dag. For at inddrive det kan {handed.collector} kræve højst {most} uden moms af dig.",
            f"Er du uenig i kravet, så skriv til {company.email}. Så stopper inddrivelsen af det, du er uenig i.",
        )
    else:
        owed = (("Invoice", handed.principal), ("Fees and interest", handed.charges))
        subject = f"Handed to a collector: invoice {number} from {company.name}"
        paragraphs = (
            f"The deadline of our collection warning has passed, and invoice {number} is not paid. The claim was handed to "
            f"{handed.collector}, who will write to you.",
            f"The claim is {total} today. For collecting it, {handed.collector} may charge you {most} without VAT at most.",
            f"If you disagree with the claim, write to {company.email}. Collection of what you dispute then stops.",
        )
    rows = tuple((label, money_text(amount, language)) for label, amount in owed if amount)
    return Wording(subject, paragraphs, rows, total)


def proposal(order: Order, arrears: Arrears, customer_name: str) -> tuple[str, str]:
    """Return the sentence that a person reads before deciding, in Danish and English."""
    owed = arrears.open_total
    da, en = _PROPOSALS.get(order.what, ("Afgør, hvad der skal ske med", "Decide what is to happen with"))
    return (
        f"{da} {customer_name}: faktura {arrears.invoice_number}, {money_text(owed, 'da')} udestår.",
        f"{en} {customer_name}: invoice {arrears.invoice_number}, {money_text(owed, 'en')} outstanding.",
    )


def unused_time(step: AskWhatGoesBack, customer_name: str) -> tuple[str, str]:
    """Return the sentence that a person reads before deciding on prepaid time that will not be used."""
    number = step.time.invoice_number
    return (
        f"Giv {customer_name} pengene tilbage for tid, der ikke bliver brugt: {step.time.description}, faktura {number}. "
        f"{time_reckoning(step, 'da')} uden moms. {_SILENT_DA if step.is_silent else _KEPT_DA}",
        f"Give {customer_name} back the money for time that will not be used: {step.time.description}, invoice {number}. "
        f"{time_reckoning(step, 'en')} without VAT. {_SILENT_EN if step.is_silent else _KEPT_EN}",
    )


_KEPT_DA = "Vilkårene lader jer beholde pengene; de er ikke tabt af sig selv."
_KEPT_EN = "The terms let you keep the money; it is not forfeit by itself."
_SILENT_DA = "Vilkårene siger intet om denne ophørsgrund."
_SILENT_EN = "The terms say nothing about this way of ending."


_PROPOSALS = {
    "hold.placed": ("Luk midlertidigt for", "Suspend"),
    "contract.ended": ("Ophæv aftalen med", "End the agreement with"),
    "charges.waived": (
        "Fakturaen er betalt, men gebyrer og renter holder en ydelse lukket. Eftergiv dem, og luk op for",
        "The invoice is paid, but charges keep a service suspended. Waive them and reopen for",
    ),
    "not_specified": ("Vilkårene tier. Afgør, hvad der skal ske med", "The terms are silent. Decide what happens with"),
}


def _reminder_subject(order: SendReminder, arrears: Arrears, company: CompanyFacts, language: str) -> str:
    if language == "da":
        kind = "Inkassovarsel" if order.is_collection_warning else f"Rykker {order.step}"
        return f"{kind}: faktura {arrears.invoice_number} fra {company.name}"
    kind = "Collection warning" if order.is_collection_warning else f"Reminder {order.step}"
    return f"{kind}: invoice {arrears.invoice_number} from {company.name}"


def _reminder_da(order: SendReminder, arrears: Arrears, company: CompanyFacts, due: str) -> tuple[str, ...]:
    deadline = day_text(order.deadline_on, "da")
    due_on = day_text(arrears.due_on, "da") if arrears.due_on is not None else ""
    first = f"Vi har ikke modtaget betaling for faktura {arrears.invoice_number}, som forfaldt {due_on}."
    ask = f"Betal venligst {due} senest {deadline}. Har du betalt i dag eller i går, så se bort fra brevet."
    collection = (
        "Betaler du ikke inden fristen, kan kravet blive sendt til inkasso, og det kan koste dig mere. Betaler du inden, "
        "kommer der ikke flere omkostninger."
    )
    warning = "Betaler du ikke, kan det ske, at " + _list([WARNINGS[name][0] for name in order.warns_of], "og") + "."
    question = f"Er du uenig, eller kan du ikke betale nu, så skriv til {company.email}, før fristen er gået."
    return _paragraphs(first, ask, collection * order.is_collection_warning, warning * bool(order.warns_of), question)


def _reminder_en(order: SendReminder, arrears: Arrears, company: CompanyFacts, due: str) -> tuple[str, ...]:
    deadline = day_text(order.deadline_on, "en")
    due_on = day_text(arrears.due_on, "en") if arrears.due_on is not None else ""
    first = f"We have not received payment of invoice {arrears.invoice_number}, which was due on {due_on}."
    ask = f"Please pay {due} no later than {deadline}. If you paid today or yesterday, ignore this letter."
    collection = (
        "If you do not pay by then, the claim may be handed to a collector, which can cost you more. If you pay by then, "
        "no further costs are added."
    )
    warning = "If you do not pay, " + _list([WARNINGS[name][1] for name in order.warns_of], "and") + "."
    question = f"If you disagree or cannot pay now, write to {company.email} before the deadline."
    return _paragraphs(first, ask, collection * order.is_collection_warning, warning * bool(order.warns_of), question)


def interest_paragraphs(interest: Interest, language: str) -> tuple[str, ...]:
    """Return how the interest comes about: each stretch with its principal, days and rate, and the law."""
    lines = interest_lines(interest, language)
    note = ""
    if interest.covered_until is not None:
        last = day_text(interest.covered_until - timedelta(days=1), language)
        note = (
            f" Satsen for dagene efter {last} er ikke kendt endnu, og de er ikke regnet med."
            if language == "da"
            else f" The rate for the days after {last} is not known yet, and they are left out."
        )
    if language == "da":
        return (f"Sådan er renten regnet ({STATUTORY_RATE}): {'; '.join(lines)}.{note}",)
    return (f"How the interest is reckoned ({STATUTORY_RATE}): {'; '.join(lines)}.{note}",)


def interest_lines(interest: Interest, language: str) -> tuple[str, ...]:
    """Return the stretches of interest as a reader of the language expects them."""
    day = "dage" if language == "da" else "days"
    return tuple(
        f"{day_text(one.since, language)} – {day_text(one.until - timedelta(days=1), language)}: "
        f"{money_text(one.principal, language)} × {_percent(one.rate, language)} × {one.days}/{one.days_of_year} {day}"
        for one in interest.segments
    )


def _percent(rate: Decimal, language: str) -> str:
    text = f"{rate:.2f} %"
    return text.replace(".", ",") if language == "da" else text


def _owed(order: SendReminder, arrears: Arrears, language: str, interest: Money) -> tuple[tuple[str, str], ...]:
    is_da = language == "da"
    rows = [("Faktura" if is_da else "Invoice", arrears.open_principal)]
    if arrears.open_charges:
        rows.append(("Gebyrer og renter indtil nu" if is_da else "Fees and interest so far", arrears.open_charges))
    if order.fee:
        rows.append(("Rykkergebyr" if is_da else "Reminder fee", order.fee))
    if interest:
        label = "Rente til i dag, som kommer til" if is_da else "Interest to date, to be added"
        if order.is_collection_warning:
            label = "Rente til i dag" if is_da else "Interest to date"
        rows.append((label, interest))
    return tuple((label, money_text(amount, language)) for label, amount in rows)


def _names(arrears: Arrears, service_ids: tuple[int, ...]) -> str:
    return ", ".join(service.name for service in arrears.services if service.service_id in service_ids)


def _list(parts: list[str], word: str) -> str:
    return f" {word} ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)


def _paragraphs(*texts: str) -> tuple[str, ...]:
    return tuple(text for text in texts if text)
