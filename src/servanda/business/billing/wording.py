"""What billing's letters say, in Danish and English. Whole sentences side by side, so that both are read together."""

from datetime import timedelta
from decimal import Decimal

from servanda.business.billing.decisions.changes import RestOfPeriod
from servanda.business.billing.decisions.refunds import TimeStep, share_after
from servanda.business.billing.facts import BilledTime, InvoiceDraft
from servanda.ground.calendar import day_text
from servanda.ground.money import Money, money_text
from servanda.ground.periods import Period


def invoice_subject(company_name: str, number: int, language: str) -> str:
    return f"Faktura {number} fra {company_name}" if language == "da" else f"Invoice {number} from {company_name}"


def invoice_text(company_name: str, number: int, draft: InvoiceDraft) -> str:
    """Return the body of the mail that carries an invoice."""
    total = money_text(draft.total, draft.language)
    if draft.language == "da":
        when = f"Beløbet skal betales senest {day_text(draft.due_on, 'da')}." if draft.due_on else ""
        return _joined("Hej", f"{_ended(f'Her er faktura {number} på {total}')} {when}", "Venlig hilsen", company_name)
    when = f"Please pay no later than {day_text(draft.due_on, 'en')}." if draft.due_on else ""
    return _joined("Hello", f"{_ended(f'Here is invoice {number} for {total}')} {when}", "Kind regards", company_name)


def credit_subject(company_name: str, number: int, language: str) -> str:
    if language == "da":
        return f"Kreditnota {number} fra {company_name}"
    return f"Credit note {number} from {company_name}"


def credit_text(company_name: str, number: int, original: int, total: Money, reason: str, language: str) -> str:
    """Return the body of the mail that carries a credit note."""
    amount = money_text(total, language)
    if language == "da":
        line = f"Her er kreditnota {number} til faktura {original}. Årsag: {_ended(reason)} Beløb: {_ended(amount)}"
        return _joined("Hej", line, "Venlig hilsen", company_name)
    line = f"Here is credit note {number} on invoice {original}. Reason: {_ended(reason)} Amount: {_ended(amount)}"
    return _joined("Hello", line, "Kind regards", company_name)


def time_reckoning(step: TimeStep, language: str) -> str:
    """Return how the amount of a step on billed time comes about: the period's price by days, less what went back before."""
    time, first = step.time, step.period.since
    unused = (time.period.until - first).days
    share = share_after(time.price, time.period, first)
    later = (time.period.until - step.period.until).days
    words = _RECKONING_DA if language == "da" else _RECKONING_EN
    text = f"{_price(time, language)} × {unused}/{time.period.days} {words[0]} = {money_text(share, language)}"
    if share == step.amount:
        return text
    before = share - step.amount
    about = words[1].format(days=later) if step.what == "time.billed_again" else words[2]
    text += f" − {money_text(before, language)} {about} = {money_text(step.amount, language)}"
    return text


_RECKONING_DA = ("dage", "for de sidste {days} dage", "givet tilbage før")
_RECKONING_EN = ("days", "for the last {days} days", "given back before")


def _price(time: BilledTime, language: str) -> str:
    if not time.otherwise_credited:
        return money_text(time.net, language)
    credited = money_text(time.otherwise_credited, language)
    return f"({money_text(time.net, language)} − {credited} {'krediteret' if language == 'da' else 'credited'})"


def given_back_text(step: TimeStep, reckoning: str, language: str) -> str:
    """Return the line of a credit note over unused time."""
    if language == "da":
        return f"{step.time.description}: tid, der ikke bliver brugt. {reckoning}"
    return f"{step.time.description}: time that will not be used. {reckoning}"


def given_back_reason(step: TimeStep, reckoning: str, language: str) -> str:
    """Return why a credit note over unused time is written: until when the line is paid for, and the reckoning."""
    last = day_text(step.period.since - timedelta(days=1), language)
    if step.period.since <= step.time.period.since:
        if language == "da":
            return f"{step.time.description} bliver ikke brugt i perioden. {reckoning} uden moms."
        return f"{step.time.description} is not used in the period. {reckoning} without VAT."
    if language == "da":
        return (
            f"{step.time.description} er betalt til og med {last} og bliver ikke brugt derefter. {reckoning} uden moms."
        )
    return f"{step.time.description} is paid for up to {last} and not used after that. {reckoning} without VAT."


def billed_again_text(step: TimeStep, reckoning: str, language: str) -> str:
    """Return the line of an invoice over time that was given back and is used after all."""
    if language == "da":
        return f"{step.time.description}: fortsætter alligevel, se faktura {step.time.invoice_number}. {reckoning}"
    return f"{step.time.description}: goes on after all, see invoice {step.time.invoice_number}. {reckoning}"


def changed_text(name: str, rest: RestOfPeriod, language: str) -> str:
    """Return the line of an invoice over the rest of a period after a change: what it costs now, less what was billed."""
    costs, billed = money_text(rest.costs, language), money_text(rest.billed, language)
    days = f"{money_text(rest.new_price, language)} × {rest.period.days}/{rest.whole_days}"
    if language == "da":
        return f"{name}: ændret i perioden. {days} dage = {costs} − {billed} faktureret før"
    return f"{name}: changed within the period. {days} days = {costs} − {billed} billed before"


def outage_text(fee: Money, days: int, ceiling: Money, percent: Decimal, language: str) -> str:
    """Return how the most that may go back for an outage comes about."""
    share = "" if percent == 100 else f" × {percent.normalize():f} %"
    amount = money_text(ceiling, language)
    if language == "da":
        return f"højst {money_text(fee, language)} om året × {days}/365 dage{share} = {amount}"
    return f"at most {money_text(fee, language)} a year × {days}/365 days{share} = {amount}"


def outage_reason(description: str, fault: Period, reckoning: str, language: str) -> str:
    """Return why a credit note for an outage is written."""
    since, last = day_text(fault.since, language), day_text(fault.last_day, language)
    if language == "da":
        return f"Fejl på {description} fra {since} til {last}; {reckoning} uden moms."
    return f"Fault of {description} from {since} to {last}; {reckoning} without VAT."


def _ended(sentence: str) -> str:
    """Return the sentence with one full stop; an amount in kroner brings its own."""
    return sentence if sentence.endswith((".", "!", "?")) else f"{sentence}."


def _joined(*paragraphs: str) -> str:
    return "\n\n".join(paragraph.strip() for paragraph in paragraphs) + "\n"


# Why an entry was matched, or why it waits: the words that are kept with the entry, in Danish. In English they are as kept.
_RULES_DA = {
    "payment reference": "betalingsreferencen",
    "invoice number and amount": "fakturanummer og beløb",
    "invoice numbers and amount": "fakturanumre og beløb",
    "payer and amount": "betalerens konto og beløbet",
    "a person's word": "sagt af en medarbejder",
    "the customer's credit": "kundens tilgodehavende",
    "a difference too small to ask for": "en forskel, der er for lille at bede om",
    "the reference fails its check digit": "referencens kontrolciffer passer ikke",
    "the slip is made out to another creditor number": "indbetalingskortet har et andet kreditornummer end vores",
    "it names invoices of several customers": "teksten nævner flere kunders fakturaer",
    "it names an invoice of another customer than this account has paid for before": (
        "teksten nævner en anden kundes faktura end dem, kontoen før har betalt for"
    ),
    "the amount is not what is open on the invoice that it names": (
        "beløbet er ikke det, der står åbent på den faktura, teksten nævner"
    ),
    "no payment reference and no number of an open invoice": "ingen betalingsreference og intet nummer på en åben faktura",
    "it looks like a payment of another statement, and the bank gave no reference": (
        "den ligner en betaling på et andet kontoudtog, og banken gav ingen reference"
    ),
    "the bank returns money that went out": "banken har sendt penge tilbage, som var gået ud",
    "money that went out": "penge, der er gået ud",
    "it takes back a payment that cannot be undone": "den tager en betaling tilbage, som ikke kan gøres om",
    "it could not be booked by itself": "den kunne ikke bogføres af sig selv",
    "it takes back a payment that is not known": "den tager en betaling tilbage, som ikke kendes",
    "taken back by the bank": "taget tilbage af banken",
    "takes back an earlier payment": "tager en tidligere betaling tilbage",
    "taken off again by a person": "taget af igen af en medarbejder",
    "a part of a movement that was divided": "en del af en bevægelse, der blev delt",
    "divided": "delt",
    "divided by the bank's notification": "delt efter bankens advisering",
}
_REASONS = {
    "near reference": (
        "Referencens kontrolciffer passer ikke; med ét ciffer anderledes er det denne fakturas.",
        "The reference fails its check digit; one digit off, it is this invoice's.",
    ),
    "number and amount": (
        "Fakturanummeret står i teksten, og beløbet er det, der er åbent.",
        "The invoice number stands in the text, and the amount is what is open.",
    ),
    "number": (
        "Fakturanummeret står i teksten; beløbet er et andet.",
        "The invoice number stands in the text; the amount is another.",
    ),
    "small difference": (
        "Fakturanummeret står i teksten; der mangler så lidt, at det kan afskrives.",
        "The invoice number stands in the text; it falls short by so little that it can be written off.",
    ),
    "payer and amount": (
        "Kontoen har før betalt for kunden, og beløbet er det, der er åbent.",
        "The account has paid for the customer before, and the amount is what is open.",
    ),
    "payer and sum": (
        "Kontoen har før betalt for kunden, og kun disse fakturaer giver tilsammen beløbet.",
        "The account has paid for the customer before, and only these invoices together come to the amount.",
    ),
    "payer": (
        "Kontoen har før betalt for kunden; beløbet passer ikke, så det ældste betales først.",
        "The account has paid for the customer before; the amount fits nothing, so the oldest is paid first.",
    ),
    "name and amount": (
        "Navnet ligner kundens, og beløbet er det, der er åbent.",
        "The name resembles the customer's, and the amount is what is open.",
    ),
    "name and sum": (
        "Navnet ligner kundens, og kun disse fakturaer giver tilsammen beløbet.",
        "The name resembles the customer's, and only these invoices together come to the amount.",
    ),
    "name": (
        "Navnet ligner kundens; beløbet passer ikke, så det ældste betales først.",
        "The name resembles the customer's; the amount fits nothing, so the oldest is paid first.",
    ),
    "amount": ("Beløbet er det, der er åbent.", "The amount is what is open."),
}


def rule_text(rule: str, language: str) -> str:
    """Return why an entry was matched or waits, as a reader of the language reads it; a person's own words stay theirs."""
    if language != "da":
        return rule
    known, colon, detail = rule.partition(": ")
    return _RULES_DA.get(rule, _RULES_DA.get(known, known) + colon + detail)


def reason_text(reason: str, language: str) -> str:
    """Return why an entry could be for something, as a whole sentence."""
    danish, english = _REASONS[reason]
    return danish if language == "da" else english
