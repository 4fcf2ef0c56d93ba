"""Sentences about suspension, closing, reopening and deletion."""

from servanda.terms.clauses import (
    Closure,
    CustomerErasure,
    Deletion,
    Export,
    MaterialBreach,
    OutboundBlock,
    Reopening,
    Suspendable,
    Suspension,
)
from servanda.terms.meaning.said import Figure, Said, Sayer, Words, if_so, length, together

CAUSES: Words = {
    "non-payment": ("Betaler du ikke", "If you do not pay"),
    "breach": ("Bryder du aftalen", "If you break the agreement"),
    "abuse": ("Bliver din ydelse misbrugt", "If your service is misused"),
    "load": ("Belaster din ydelse andre for meget", "If your service burdens others too much"),
    "misuse": ("Bliver din ydelse misbrugt", "If your service is misused"),
}
SCOPES: Words = {
    "unpaid services": ("det, du ikke har betalt,", "what you have not paid for"),
    "chosen services": ("udvalgte af dine ydelser", "chosen services of yours"),
    "all services": ("alle dine ydelser", "all your services"),
    "contract": ("hele aftalen", "the whole agreement"),
    "domain": ("det domæne, det drejer sig om,", "the domain it is about"),
}
CLOSED_FROM: Words = {
    "due": ("sidste dag for betaling", "the last day to pay"),
    "suspension": ("den midlertidige lukning", "the suspension"),
    "material breach": ("den dag, forsinkelsen blev væsentlig", "the day the delay became material"),
    "second misuse": ("det nye misbrug", "the new misuse"),
}
REQUIRED: Words = {
    "all due paid": ("Når du har betalt alt, hvad du skylder", "When you have paid all that you owe"),
    "assurance": (
        "Når vi tør stole på, at det ikke sker igen",
        "When we can trust that it does not happen again",
    ),
}
DELETED_FROM: Words = {
    "closure": ("ydelsen er lukket for altid", "the service was closed for good"),
    "contract end": ("aftalen er slut", "the agreement has ended"),
}
BLOCKS: Words = {
    "temporary": ("for en tid", "for a time"),
    "permanent": ("for altid", "for good"),
}


def _suspension(rule: Suspension, da: Figure, en: Figure) -> Said:
    case, scope = CAUSES[rule.cause], SCOPES[rule.scope]
    when = _after(rule, da, en)
    with_step: Said = (
        (f", samtidig med rykker nr. {da('with_step')}", f", together with reminder no. {en('with_step')}")
        if rule.with_step is not None
        else ("", "")
    )
    ends = None
    if rule.hours_max is not None:
        ends = (f"Det varer højst {da('hours_max')}.", f"It lasts {en('hours_max')} at most.")
    return together(
        (
            f"{case[0]}, kan vi lukke midlertidigt for {scope[0]}{when[0]}{with_step[0]}.",
            f"{case[1]}, we can suspend {scope[1]}{when[1]}{with_step[1]}.",
        ),
        ends,
        if_so(rule.cuts_access, "Dine adgange bliver også lukket.", "Your access is cut off too."),
    )


def _after(rule: Suspension, da: Figure, en: Figure) -> Said:
    if rule.counted_from == "finding":
        if not rule.wait_days:
            return " med det samme", " at once"
        return f" {da('wait_days')} efter, at vi opdager det", f" {en('wait_days')} after we find out"
    since: Said = ("sidste dag for betaling", "the last day to pay")
    if rule.after_step is not None:
        since = (f"fristen i rykker nr. {da('after_step')}", f"the deadline of reminder no. {en('after_step')}")
    if not rule.wait_days:
        return f" fra {since[0]}", f" from {since[1]}"
    return f" {da('wait_days')} efter {since[0]}", f" {en('wait_days')} after {since[1]}"


def _suspendable(rule: Suspendable, _: Figure, __: Figure) -> Said:
    if rule.is_suspendable:
        return (
            "Vi kan lukke midlertidigt for ydelsen, hvis du ikke betaler.",
            "We can suspend the service if you do not pay.",
        )
    return "Det, du har købt, lukker vi ikke for.", "We do not shut off what you have bought."


def _material_breach(rule: MaterialBreach, da: Figure, en: Figure) -> Said:
    if not rule.over_days:
        return (
            "Betaler du for sent, er det en væsentlig misligholdelse.",
            "If you pay late, that is a material breach.",
        )
    return (
        f"Betaler du mere end {da('over_days')} for sent, er det en væsentlig misligholdelse.",
        f"If you pay more than {en('over_days')} late, that is a material breach.",
    )


def _closure(rule: Closure, da: Figure, en: Figure) -> Said:
    case, scope, since = CAUSES[rule.cause], SCOPES[rule.scope], CLOSED_FROM[rule.counted_from]
    when: Said = (
        (f"tidligst {da('wait_days')} efter {since[0]}", f"at the earliest {en('wait_days')} after {since[1]}")
        if rule.wait_days
        else (f"fra {since[0]}", f"from {since[1]}")
    )
    return together(
        (
            f"{case[0]}, kan vi lukke {scope[0]} for altid, {when[0]}.",
            f"{case[1]}, we can close for good {scope[1]}, {when[1]}.",
        ),
        if_so(
            rule.may_bill_after,
            "Du kan så stadig komme til at betale for resten af perioden.",
            "You may then still have to pay for the rest of the period.",
        ),
    )


def _reopening(rule: Reopening, da: Figure, en: Figure) -> Said:
    needed = REQUIRED[rule.requires]
    soon: Said = (
        (f" inden for {da('within_hours')}", f" within {en('within_hours')}")
        if rule.within_hours is not None
        else ("", "")
    )
    opens: Said = ("kan vi åbne", "we can open") if rule.decided_by == "person" else ("åbner vi", "we open")
    return together(
        (f"{needed[0]}, {opens[0]} igen{soon[0]}.", f"{needed[1]}, {opens[1]} again{soon[1]}."),
        if_so(rule.may_charge_fee, "Det kan koste dig et gebyr.", "It can cost you a fee."),
        if_so(rule.bills_extra_work, "Ekstra arbejde kommer på regningen.", "Extra work is billed."),
    )


def _deletion(rule: Deletion, da: Figure, en: Figure) -> Said:
    since = DELETED_FROM[rule.counted_from]
    return together(
        (
            f"Dine data bliver slettet {length(rule, da)} efter, at {since[0]}.",
            f"Your data are deleted {length(rule, en)} after {since[1]}.",
        ),
        if_so(rule.gives_certificate, "Du får en erklæring om det.", "You get a certificate of it."),
    )


def _export(_: Export, da: Figure, en: Figure) -> Said:
    return (
        f"Tag dine data med, før aftalen slutter. Vi minder dig om det {da('reminders_days_before')} før.",
        f"Take your data with you before the agreement ends. We remind you {en('reminders_days_before')} before.",
    )


def _customer_erasure(_: CustomerErasure, da: Figure, en: Figure) -> Said:
    return (
        f"Har du ikke købt noget i {da('empty_fiscal_years')} hele regnskabsår, kan vi slette dig som kunde. "
        f"Er vi begyndt, er det gjort inden for {da('within_days')}.",
        f"If you have bought nothing in {en('empty_fiscal_years')} whole fiscal years, we can erase you as a customer. "
        f"Once begun, it is done within {en('within_days')}.",
    )


def _outbound_block(rule: OutboundBlock, da: Figure, en: Figure) -> Said:
    ends: Said | None = None
    if rule.hours_max is not None:
        ends = (
            f"En midlertidig spærring varer højst {da('hours_max')}.",
            f"A temporary block lasts {en('hours_max')} at most.",
        )
    elif "temporary" in rule.lengths:
        ends = ("En midlertidig spærring ender af sig selv.", "A temporary block ends by itself.")
    return together(
        (
            "Bliver din mail misbrugt, kan vi stoppe den mail, du sender. Du kan stadig modtage.",
            "If your mail is misused, we can stop the mail you send. You can still receive.",
        ),
        ends,
    )


SAYERS: dict[str, Sayer] = {
    "suspension": _suspension,
    "suspendable": _suspendable,
    "material-breach": _material_breach,
    "closure": _closure,
    "reopening": _reopening,
    "deletion": _deletion,
    "export": _export,
    "customer-erasure": _customer_erasure,
    "outbound-block": _outbound_block,
}
