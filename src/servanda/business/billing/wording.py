"""What billing's letters say, in Danish and English. Whole sentences side by side, so that both are read together."""

from servanda.business.billing.facts import InvoiceDraft
from servanda.ground.calendar import day_text
from servanda.ground.money import Money, money_text


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


def _ended(sentence: str) -> str:
    """Return the sentence with one full stop; an amount in kroner brings its own."""
    return sentence if sentence.endswith((".", "!", "?")) else f"{sentence}."


def _joined(*paragraphs: str) -> str:
    return "\n\n".join(paragraph.strip() for paragraph in paragraphs) + "\n"
