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
    return _RULES_DA.get(rule, rule) if language == "da" else rule


def reason_text(reason: str, language: str) -> str:
    """Return why an entry could be for something, as a whole sentence."""
    danish, english = _REASONS[reason]
    return danish if language == "da" else english
