"""Sentences about invoices, their payment, and what follows when it is late."""

from servanda.terms.clauses import (
    BillingInterval,
    CollectionFee,
    Compensation,
    Dispute,
    Interest,
    InvoiceNote,
    InvoiceQuestion,
    InvoiceRun,
    PaymentTerm,
    Prices,
    Reminder,
    ReminderFee,
)
from servanda.terms.meaning.said import Figure, Said, Sayer, Words, if_so, together

COUNTED_FROM: Words = {
    "invoice date": ("fakturaens dato", "the date of the invoice"),
    "receipt": ("den dag, du får fakturaen", "the day you receive the invoice"),
}
NOTES: Words = {
    "interruption": (
        "ydelsen kan blive afbrudt, hvis du ikke betaler til tiden",
        "the service can be interrupted if you do not pay on time",
    ),
}
SENT_AFTER: Words = {
    "due": ("sidste dag for betaling", "the last day to pay"),
    "reminder deadline": ("fristen i rykkeren før", "the deadline of the reminder before"),
    "reminder": ("rykkeren før", "the reminder before"),
    "closure": ("den dag, vi lukker for altid", "the day we close for good"),
}
ONCE: Words = {
    "due": ("På sidste dag for betaling", "On the last day to pay"),
    "reminder deadline": ("På fristen i rykkeren før", "On the deadline of the reminder before"),
    "reminder": ("Samtidig med rykkeren før", "Together with the reminder before"),
    "closure": ("Den dag, vi lukker for altid,", "On the day we close for good"),
}
DEADLINE_FROM: Words = {
    "due": ("sidste dag for betaling", "the last day to pay"),
    "reminder deadline": ("fristen i rykkeren før", "the deadline of the reminder before"),
    "sending": ("den dag, vi sender den", "the day we send it"),
}


def _invoice_run(rule: InvoiceRun, da: Figure, en: Figure) -> Said:
    if rule.lead_days:
        return (
            f"Din faktura kommer {da('lead_days')}, før perioden begynder.",
            f"Your invoice comes {en('lead_days')} before the period begins.",
        )
    said: dict[str, Said] = {
        "last working day of month": (
            "Din faktura kommer den sidste hverdag i måneden.",
            "Your invoice comes on the last working day of the month.",
        ),
        "period start": (
            "Din faktura kommer den dag, perioden begynder.",
            "Your invoice comes on the day the period begins.",
        ),
        "continuously": ("Vi sender fakturaer løbende.", "We send invoices as we go along."),
    }
    return said[rule.day]


def _billing_interval(rule: BillingInterval, da: Figure, en: Figure) -> Said:
    when = ("forud", "in advance") if rule.in_advance else ("bagud", "afterwards")
    return f"Du betaler {when[0]} for {da('months')} ad gangen.", f"You pay {when[1]} for {en('months')} at a time."


def _prices(rule: Prices, _: Figure, __: Figure) -> Said:
    if rule.without_vat:
        return (
            "Priserne er uden moms. Momsen bliver lagt til på din faktura.",
            "Prices are without VAT. VAT is added on your invoice.",
        )
    return "Priserne er med moms.", "Prices include VAT."


def _payment_term(rule: PaymentTerm, da: Figure, en: Figure) -> Said:
    since = COUNTED_FROM[rule.counted_from]
    return (
        f"Du har {da('days')} til at betale, regnet fra {since[0]}.",
        f"You have {en('days')} to pay, counted from {since[1]}.",
    )


def _invoice_question(rule: InvoiceQuestion, da: Figure, en: Figure) -> Said:
    how = (" skriftligt", " in writing") if rule.in_writing else ("", "")
    return together(
        (
            f"Har du spørgsmål til en faktura, skal du stille dem{how[0]} senest {da('days')} efter, at du har fået den.",
            f"If you have questions about an invoice, put them{how[1]} no later than {en('days')} after you received it.",
        ),
        if_so(
            rule.silence_accepts,
            "Hører vi ikke fra dig, regner vi med, at fakturaen er i orden.",
            "If we do not hear from you, we take it that the invoice is in order.",
        ),
    )


def _invoice_note(rule: InvoiceNote, _: Figure, __: Figure) -> Said:
    note = NOTES[rule.note]
    return f"På fakturaen minder vi dig om, at {note[0]}.", f"On the invoice we remind you that {note[1]}."


def _dispute(rule: Dispute, da: Figure, en: Figure) -> Said:
    start: Said = ("Bliver du og vi uenige", "If you and we disagree")
    if rule.stages == ("court",):
        return f"{start[0]}, kan sagen gå til retten.", f"{start[1]}, the case can go to court."
    often: Said = ("", "")
    if rule.negotiations > 1:
        often = (f", og det mindst {da('negotiations')} gange", f", at least {en('negotiations')} times")
    return together(
        (f"{start[0]}, taler vi først sammen om det{often[0]}.", f"{start[1]}, we first talk about it{often[1]}."),
        if_so(
            "deadlock" in rule.stages,
            "Kan vi ikke nå hinanden, slår vi det fast.",
            "If we cannot meet, we establish that.",
        ),
        if_so(
            "court" in rule.stages,
            "Først derefter kan sagen gå til retten.",
            "Only then can the case go to court.",
        ),
    )


def _reminder(rule: Reminder, da: Figure, en: Figure) -> Said:
    after, since = SENT_AFTER[rule.sent_after], DEADLINE_FROM[rule.deadline_from]
    sent: Said = ONCE[rule.sent_after]
    if rule.wait_days:
        sent = (f"{da('wait_days')} efter {after[0]}", f"{en('wait_days')} after {after[1]}")
    return together(
        (
            f"{sent[0]} sender vi rykker nr. {da('step')}, hvis du ikke har betalt. "
            f"Den giver dig {da('deadline_days')} til at betale, regnet fra {since[0]}.",
            f"{sent[1]} we send reminder no. {en('step')} if you have not paid. "
            f"It gives you {en('deadline_days')} to pay, counted from {since[1]}.",
        ),
        if_so(
            rule.is_collection_warning,
            "Den er også et varsel om inkasso.",
            "It is also a warning that the case can go to collection.",
        ),
    )


def _reminder_fee(rule: ReminderFee, da: Figure, en: Figure) -> Said:
    if not rule.amount:
        return "En rykker koster dig ikke noget.", "A reminder costs you nothing."
    return (
        f"En rykker kan koste dig {da('amount')}, højst {da('fees_max')} gange og med mindst "
        f"{da('spacing_days')} imellem.",
        f"A reminder can cost you {en('amount')}, at most {en('fees_max')} times and with at least "
        f"{en('spacing_days')} in between.",
    )


def _interest(rule: Interest, da: Figure, en: Figure) -> Said:
    if rule.method == "statutory":
        return (
            "Betaler du for sent, løber der rente efter renteloven fra dag til dag.",
            "If you pay late, interest runs by the Danish Interest Act, day by day.",
        )
    return (
        f"Betaler du for sent, koster det dig {da('percent')} af beløbet for hver påbegyndt måned.",
        f"If you pay late, it costs you {en('percent')} of the amount for each started month.",
    )


def _compensation(rule: Compensation, da: Figure, en: Figure) -> Said:
    return (
        f"Betaler du for sent, kan du én gang for hver sag komme til at betale {da('amount')} i kompensation, "
        f"sammen med rykker nr. {da('with_step')}.",
        f"If you pay late, you may have to pay {en('amount')} in compensation, once for each case, "
        f"with reminder no. {en('with_step')}.",
    )


def _collection_fee(rule: CollectionFee, da: Figure, en: Figure) -> Said:
    return (
        f"Går sagen til inkasso, kan det koste dig {da('amount')} én gang.",
        f"If the case goes to collection, it can cost you {en('amount')} once.",
    )


SAYERS: dict[str, Sayer] = {
    "invoice-run": _invoice_run,
    "billing-interval": _billing_interval,
    "prices": _prices,
    "payment-term": _payment_term,
    "invoice-question": _invoice_question,
    "invoice-note": _invoice_note,
    "dispute": _dispute,
    "reminder": _reminder,
    "reminder-fee": _reminder_fee,
    "interest": _interest,
    "compensation": _compensation,
    "collection-fee": _collection_fee,
}
