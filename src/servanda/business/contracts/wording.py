"""What a customer is told of new terms and prices: what changes, from when, until when they can leave, by which clauses."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from servanda.business.contracts.facts import Said
from servanda.ground.calendar import day_text, moment_text
from servanda.ground.money import Money, money_text


def change_subject(company: str, *, language: str) -> str:
    return f"Nye vilkår hos {company}" if language == "da" else f"New terms at {company}"


def change_paragraphs(
    *,
    company: str,
    email: str,
    reason: str,
    changes: Iterable[tuple[str, str, str]],
    effect_on: date | None,
    leave_until: date | None,
    is_favourable: bool,
    language: str,
) -> tuple[str, ...]:
    """Return the letter about new terms, paragraph by paragraph.

    `changes` are the clauses that differ: a title such as "2.1 Betalingsfrist", the text before and the text after; an
    empty one tells that the clause is new or gone.
    """
    is_da = language == "da"
    say = _da if is_da else _en
    said = [say("intro", company=company), reason]
    for title, before, after in changes:
        said.append(_difference(title, before, after, is_da=is_da))
    if effect_on is None:
        said.append(say("yes", email=email))
        return tuple(said)
    said.append(say("effect", day=day_text(effect_on, language)))
    if leave_until is not None:
        said.append(say("leave", day=day_text(leave_until, language), email=email))
    elif not is_favourable:
        said.append(say("ordinary", email=email))
    said.append(say("questions", email=email))
    return tuple(said)


def later_day_paragraphs(*, email: str, effect_on: date, leave_until: date | None, language: str) -> tuple[str, ...]:
    """Return the letter that moves the days of a notice: our letter reached the customer later than we had planned."""
    is_da = language == "da"
    say = _da if is_da else _en
    said = [say("later", day=day_text(effect_on, language))]
    if leave_until is not None:
        said.append(say("leave", day=day_text(leave_until, language), email=email))
    return (*said, say("questions", email=email))


def discontinuation_subject(name: str, *, language: str) -> str:
    return f"{name} hører op" if language == "da" else f"{name} comes to an end"


def discontinuation_paragraphs(
    name: str, *, company: str, email: str, reason: str, ends_on: date, language: str
) -> tuple[str, ...]:
    """Return the letter that tells of the end of a service: the last day, money back, and how to take data along."""
    day = day_text(ends_on, language)
    if language == "da":
        return (
            f"{company} holder op med at levere {name}. Den sidste dag er {day}.",
            reason,
            "Har du betalt for tiden efter den dag, får du pengene tilbage. Du skal ikke gøre noget.",
            f"Tag dine data ud inden den dag. Har du brug for hjælp til at flytte, så skriv til {email}.",
        )
    return (
        f"{company} will stop providing {name}. The last day is {day}.",
        reason,
        "If you have paid for the time after that day, you get the money back. You need do nothing.",
        f"Take your data out before that day. If you need help to move, write to {email}.",
    )


def transfer_subject(company: str, *, language: str) -> str:
    return f"Ny underleverandør hos {company}" if language == "da" else f"A new sub-supplier at {company}"


def transfer_paragraphs(
    operator: str, country: str, *, company: str, email: str, reason: str, since: date, language: str
) -> tuple[str, ...]:
    """Return the letter that tells of a new operator, who becomes a processor of the customer's personal data too."""
    day = day_text(since, language)
    if language == "da":
        return (
            f"Fra {day} er det {operator} ({country}), der står for den tekniske drift for os.",
            reason,
            "Din aftale er stadig med os. Dine vilkår er de samme, og ingen af vores løfter bliver ringere.",
            f"{operator} behandler dermed persondata for dig på vores vegne. Har du indvendinger, så skriv til {email}"
            f" inden {day}.",
        )
    return (
        f"From {day} {operator} ({country}) takes care of the technical operation for us.",
        reason,
        "Your agreement is still with us. Your terms stay the same, and none of our promises gets worse.",
        f"{operator} will thereby process personal data for you on our behalf. If you object, write to {email}"
        f" before {day}.",
    )


def _difference(title: str, before: str, after: str, *, is_da: bool) -> str:
    if not before:
        return f"{title} ({'nyt' if is_da else 'new'}): {after}"
    if not after:
        return f"{title} ({'udgår' if is_da else 'no longer there'}). {'Før' if is_da else 'Before'}: {before}"
    return f"{title}. {'Før' if is_da else 'Before'}: {before} {'Nu' if is_da else 'Now'}: {after}"


_DA = {
    "intro": "{company} ændrer sine vilkår. Her er det, der bliver anderledes for dig.",
    "effect": "De nye vilkår gælder for dig fra {day}. Indtil da gælder de gamle.",
    "later": "Vores brev om nye vilkår nåede dig senere, end vi havde regnet med. Derfor gælder de nye vilkår først for dig"
    " fra {day}. De dage, der står i det første brev, gælder ikke mere.",
    "leave": "Vil du ikke have de nye vilkår, kan du gå fra aftalen uden omkostninger. Skriv til {email} senest"
    " {day}. Så slutter aftalen, før de nye vilkår begynder.",
    "ordinary": "Du kan opsige aftalen med det varsel, som dine vilkår giver. Skriv i så fald til {email}.",
    "yes": "De vilkår, du har nu, giver os ikke ret til at ændre dem. Derfor gælder de nye kun, hvis du siger ja. Skriv til"
    " {email}, hvis du vil have dem. Gør du ikke noget, gælder de gamle fortsat.",
    "questions": "Har du spørgsmål, så skriv til {email}.",
}
_EN = {
    "intro": "{company} is changing its terms. This is what will be different for you.",
    "effect": "The new terms hold for you from {day}. Until then the old ones do.",
    "later": "Our letter about new terms reached you later than we had planned. The new terms therefore hold for you only"
    " from {day}. The days in the first letter no longer count.",
    "leave": "If you do not want the new terms, you can leave the agreement free of charge. Write to {email} by"
    " {day}. The agreement then ends before the new terms begin.",
    "ordinary": "You can end the agreement with the notice that your terms give. Write to {email} to do so.",
    "yes": "The terms you have now give us no right to change them. The new ones therefore hold only if you say yes. Write to"
    " {email} if you want them. If you do nothing, the old ones go on.",
    "questions": "If you have questions, write to {email}.",
}


def _da(name: str, **values: str) -> str:
    return _DA[name].format(**values)


def _en(name: str, **values: str) -> str:
    return _EN[name].format(**values)


def price_subject(name: str, *, language: str) -> str:
    return f"Ny pris på {name}" if language == "da" else f"New price of {name}"


def price_paragraphs(
    name: str,
    *,
    company: str,
    email: str,
    reason: str,
    months: int,
    lines: tuple[tuple[str, Money, Money, date, date | None], ...],
    language: str,
) -> tuple[str, ...]:
    """Return the letter about a higher price: before and after, from when, why, and until when one can leave.

    `lines` are what the customer has of it: what tells it apart, the prices, the first day, and the last day to leave
    because of the price. Those that hear the same are told together.
    """
    is_da = language == "da"
    heard: dict[tuple[Money, Money, date, date | None], list[str]] = {}
    for name_of_line, old, new, effect_on, leave_until in lines:
        heard.setdefault((old, new, effect_on, leave_until), []).append(name_of_line)
    paragraphs = [
        f"{company} sætter prisen på {name} op." if is_da else f"{company} raises the price of {name}.",
        reason,
    ]
    for (old, new, effect_on, leave_until), names in heard.items():
        which = ", ".join(dict.fromkeys(one for one in names if one))
        paragraphs.append(_prices(which, old, new, effect_on, months=months, is_da=is_da))
        paragraphs.append(_way_out(effect_on, leave_until, email=email, is_da=is_da))
    paragraphs.append((_da if is_da else _en)("questions", email=email))
    return tuple(dict.fromkeys(paragraphs))


def _prices(which: str, old: Money, new: Money, effect_on: date, *, months: int, is_da: bool) -> str:
    """Say both prices and the first day. Prices of the catalogue are without VAT, for everybody."""
    begin = f"{which}: " if which else ""
    if is_da:
        each = {1: "om måneden", 12: "om året"}.get(months, f"for {months} måneder")
        before, after = (f"{money_text(one, 'da')} {each}" for one in (old, new))
        told = f"Indtil nu koster det {before}. Fra {day_text(effect_on, 'da')} koster det {after}."
        return f"{begin}{told} Begge priser er uden moms."
    each = {1: "a month", 12: "a year"}.get(months, f"for {months} months")
    before, after = (f"{money_text(one, 'en')} {each}" for one in (old, new))
    told = f"Until now it costs {before}. From {day_text(effect_on, 'en')} it costs {after}."
    return f"{begin}{told} Both prices are without VAT."


def _way_out(effect_on: date, leave_until: date | None, *, email: str, is_da: bool) -> str:
    if leave_until is None:
        return (_da if is_da else _en)("ordinary", email=email)
    language = "da" if is_da else "en"
    last, ends = day_text(leave_until, language), day_text(effect_on - timedelta(days=1), language)
    if is_da:
        may = f"Vil du ikke betale den nye pris, kan du gå fra aftalen uden omkostninger. Skriv til {email} senest {last}."
        return f"{may} Så er den sidste dag {ends}."
    may = f"If you do not want to pay the new price, you can leave the agreement free of charge. Write to {email} by {last}."
    return f"{may} The last day is then {ends}."


def withdrawal_subject(name: str, language: str) -> str:
    return f"Kvittering: du har fortrudt {name}" if language == "da" else f"Receipt: you have withdrawn from {name}"


def withdrawal_paragraphs(
    name: str, company_name: str, given_on: date, language: str, *, is_start_requested: bool
) -> tuple[str, ...]:
    """Return the receipt of a withdrawal: from what, on which day, and what goes back."""
    day = day_text(given_on, language)
    if language == "da":
        money = (
            "Du bad os om at begynde med det samme, så du betaler for de dage, du har brugt. Resten får du tilbage."
            if is_start_requested
            else "Du betaler ikke noget, og har du betalt, får du det hele tilbage."
        )
        return (
            f"Vi har {day} fået din besked om, at du fortryder aftalen om {name}. Aftalen er dermed slut.",
            f"{money} Pengene kommer senest 14 dage efter din besked, samme vej som du betalte.",
            f"Venlig hilsen\n{company_name}",
        )
    money = (
        "You asked us to begin at once, so you pay for the days that you used. The rest goes back to you."
        if is_start_requested
        else "You pay nothing, and what you have paid goes back to you."
    )
    return (
        f"On {day} we received your message that you withdraw from the agreement on {name}. It has thereby ended.",
        f"{money} The money comes within 14 days of your message, the way you paid.",
        f"Kind regards\n{company_name}",
    )


def said_paragraph(said: Said, contract_number: str, at: datetime, language: str) -> str:
    """Return what was sent from the customers' pages, word for word as the law wants it repeated, with its moment."""
    moment = moment_text(at, language)
    if language == "da":
        return f"Modtaget {moment} fra {said.name}: »Jeg fortryder aftale {contract_number}.«"
    return f"Received {moment} from {said.name}: “I withdraw from contract {contract_number}.”"


def notice_subject(name: str, language: str) -> str:
    return f"Kvittering: din opsigelse af {name}" if language == "da" else f"Receipt: your notice on {name}"


def notice_paragraphs(
    name: str,
    *,
    company: str,
    contract_number: str,
    received_at: datetime,
    ends_on: date | None,
    must_confirm: bool,
    email: str,
    language: str,
) -> tuple[str, ...]:
    """Return the first part of the receipt of a notice: what was received when, and on which day it ends what."""
    moment = moment_text(received_at, language)
    if language == "da":
        said = f"Vi har {moment} fået din opsigelse af {name}, aftale {contract_number}."
        if ends_on is not None:
            return (said, f"Den sidste dag er {day_text(ends_on, 'da')}. Indtil da kører alt som før.")
        if must_confirm:
            return (said, f"Efter vilkårene skal den bekræftes skriftligt, før den gælder. Skriv til {email}.")
        return (
            said,
            f"Vilkårene siger ikke, hvornår den virker. Et menneske hos {company} svarer dig; dagen i dag tæller.",
        )
    said = f"On {moment} we received your notice on {name}, contract {contract_number}."
    if ends_on is not None:
        return (said, f"The last day is {day_text(ends_on, 'en')}. Until then everything runs as before.")
    if must_confirm:
        return (said, f"By the terms it must be confirmed in writing before it holds. Write to {email}.")
    return (said, f"The terms do not say when it takes effect. A person at {company} answers you; today's date counts.")


def afterwards_paragraphs(
    given_back: Money | None, *, is_asked: bool, kept_until: date | None, email: str, language: str
) -> tuple[str, ...]:
    """Return the second part of that receipt: what is paid back, and what happens with the data."""
    if language == "da":
        if given_back is not None:
            money = f"Du får {money_text(given_back, 'da')} tilbage for tid, som er betalt og ikke bliver brugt."
        elif is_asked:
            money = "Et menneske hos os tager stilling til, om du får penge tilbage, og skriver til dig."
        else:
            money = "Der er ikke faktureret tid efter den dag, så der er ikke noget at betale tilbage."
        data = (
            f"Dine data bliver gemt til og med {day_text(kept_until - timedelta(days=1), 'da')}. Hent dem på kundesiderne."
            if kept_until is not None
            else f"Vilkårene siger ikke, hvor længe dine data gemmes. Hent dem inden den sidste dag, eller skriv til {email}."
        )
        return money, data
    if given_back is not None:
        money = f"You get {money_text(given_back, 'en')} back for time that is paid for and will not be used."
    elif is_asked:
        money = "A person here decides whether money goes back to you, and writes to you."
    else:
        money = "No time after that day is billed, so there is nothing to pay back."
    data = (
        f"Your data are kept until {day_text(kept_until - timedelta(days=1), 'en')}. Fetch them on the customer pages."
        if kept_until is not None
        else f"The terms do not say how long your data are kept. Fetch them before the last day, or write to {email}."
    )
    return money, data
