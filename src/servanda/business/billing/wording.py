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
