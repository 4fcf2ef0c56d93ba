"""What hosting's letters say, in Danish and English."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from servanda.business.hosting.facts import Over
from servanda.ground.calendar import day_text, moment_text
from servanda.ground.money import Money, money_text

Words = Mapping[str, tuple[str, tuple[str, ...]]]  # by language: subject and paragraphs


def export_subject(name: str, language: str) -> str:
    return f"Husk dine data: {name}" if language == "da" else f"Remember your data: {name}"


def erasure_subject(name: str, language: str) -> str:
    return f"Dine data er slettet: {name}" if language == "da" else f"Your data are erased: {name}"


def erasure_paragraphs(
    name: str, company_name: str, on: date, parts: int, figures: Mapping[str, int], copies_days: int, language: str
) -> tuple[str, ...]:
    """Return the certificate of erasure, from what the machine told of its own work. `copies_days` 0: there are no copies."""
    day = day_text(on, language)
    words = _ERASED_DA if language == "da" else _ERASED_EN
    counted = ", ".join(f"{figures[what]} {word}" for what, word in words.items() if figures.get(what))
    if language == "da":
        return (
            f"{company_name} har slettet alle data, der hørte til {name}. Det blev bekræftet af serveren {day}.",
            f"{parts} dele er slettet" + (f": {counted}." if counted else "."),
            *(
                [
                    f"Kopier fra før ligger i kopilageret i {copies_days} dage efter den sidste kopi og slettes ugen efter."
                ]
                if copies_days
                else []
            ),
            "Fakturaer og bogføring gemmes, så længe loven kræver det.",
        )
    return (
        f"{company_name} has erased all data of {name}. The server confirmed it on {day}.",
        f"{parts} parts are erased" + (f": {counted}." if counted else "."),
        *(
            [
                f"Copies from before lie in the store of copies for {copies_days} days after the last copy and are erased in"
                " the week after."
            ]
            if copies_days
            else []
        ),
        "Invoices and bookkeeping are kept for as long as the law demands.",
    )


_ERASED_DA = {"erased_files": "filer", "erased_tables": "tabeller", "erased_records": "navne", "erased_bytes": "byte"}
_ERASED_EN = {"erased_files": "files", "erased_tables": "tables", "erased_records": "names", "erased_bytes": "bytes"}


def export_paragraphs(name: str, company_name: str, email: str, ends_on: date, language: str) -> tuple[str, ...]:
    """Return the reminder to take data out before a service ends."""
    day = day_text(ends_on, language)
    if language == "da":
        return (
            f"Aftalen om {name} hos {company_name} slutter {day}.",
            "Gem de filer, mails og databaser, du vil beholde, inden den dag.",
            f"Har du brug for hjælp til at hente dine data, så skriv til {email}.",
        )
    return (
        f"The agreement on {name} with {company_name} ends on {day}.",
        "Save the files, mails and databases that you want to keep before that day.",
        f"If you need help to get your data, write to {email}.",
    )


def order_subject(company: str, language: str) -> str:
    return f"Bekræftelse på din bestilling hos {company}" if language == "da" else f"Your order with {company}"


def order_paragraphs(
    *,
    company: str,
    name: str,
    plan: str,
    number: str,
    price: Money,
    is_with_vat: bool,
    months: int,
    version: str,
    begins_on: date,
    withdraw_until: date | None,
    is_start_requested: bool,
    email: str,
    language: str,
) -> tuple[str, ...]:
    """Return the confirmation of an order as the law wants it kept: what, at what price, on which terms, how to withdraw."""
    amount, begins = money_text(price, language), day_text(begins_on, language)
    if language == "da":
        vat = "inkl. moms" if is_with_vat else "ekskl. moms"
        every = f"for hver periode på {months} måneder" if months else "én gang"
        said = [
            f"Tak for din bestilling. Aftalen mellem dig og {company} har nummer {number}.",
            f"Du har bestilt: {plan}, {name}. Prisen er {amount} {vat}, {every}. Aftalen begynder {begins}.",
            f"Vilkårene i version {version}, som du accepterede, gælder. Du finder dem på kundesiderne.",
        ]
        if withdraw_until is not None:
            said.append(
                f"Du kan fortryde aftalen til og med {day_text(withdraw_until, 'da')}: brug knappen på kundesiderne, eller skriv"
                f" til {email}."
                + (
                    " Du har bedt om, at vi begynder med det samme; fortryder du, betaler du for de brugte dage."
                    if is_start_requested
                    else ""
                )
            )
        return tuple(said)
    vat = "including VAT" if is_with_vat else "without VAT"
    every = f"for each period of {months} months" if months else "once"
    said = [
        f"Thank you for your order. The agreement between you and {company} has the number {number}.",
        f"You ordered: {plan}, {name}. The price is {amount} {vat}, {every}. The agreement begins on {begins}.",
        f"The terms in version {version}, which you accepted, apply. They stand on the customer pages.",
    ]
    if withdraw_until is not None:
        said.append(
            f"You can withdraw until {day_text(withdraw_until, 'en')}: use the button on the customer pages, or write to {email}."
            + (
                " You asked us to begin at once; if you withdraw you pay for the days used."
                if is_start_requested
                else ""
            )
        )
    return tuple(said)


_MISUSE = {
    "abuse": ("bliver brugt i strid med vilkårene", "is used against the terms"),
    "load": ("belaster serveren usædvanligt meget", "loads the server exceptionally"),
    "breach": ("vilkårene ikke er overholdt", "the terms were not kept"),
}


def hold_placed(
    name: str, cause: str, reason: str, *, company_name: str, email: str, ends_at: datetime | None
) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return the letter that tells of a hold or a stop of mail: what, why, until when, and how to answer."""
    if cause == "sending":
        da = f"{company_name} har lukket for den mail, der sendes fra {name}. Du modtager stadig mail, og intet er slettet."
        en = f"{company_name} has stopped the mail that {name} sends. You still receive mail, and nothing is deleted."
        subjects = (f"Udgående mail er lukket: {name}", f"Outgoing mail is stopped: {name}")
    else:
        danish, english = _MISUSE[cause]
        da_why = f"fordi den {danish}" if cause != "breach" else f"fordi {danish}"
        en_why = f"because it {english}" if cause != "breach" else f"because {english}"
        da = f"{company_name} har sat {name} på pause, {da_why}. Intet er slettet, og mail bliver stadig modtaget."
        en = f"{company_name} has paused {name}, {en_why}. Nothing is deleted, and mail is still received."
        subjects = (f"På pause: {name}", f"Paused: {name}")
    regard = {
        "load": (
            "Vi gør det af hensyn til de andre kunder på samme server.",
            "We do it out of regard for the other customers on the same server.",
        )
    }.get(cause)
    said_da = [da, f"Grunden er: {reason}", *((regard[0],) if regard else ())]
    said_en = [en, f"The reason is: {reason}", *((regard[1],) if regard else ())]
    if ends_at is not None:
        said_da.append(f"Det slutter af sig selv {moment_text(ends_at, 'da')}.")
        said_en.append(f"It ends by itself at {moment_text(ends_at, 'en')}.")
    else:
        said_da.append("Det varer, indtil vi sammen har fundet en løsning.")
        said_en.append("It lasts until we have found a way out together.")
    said_da.append(f"Er du uenig, eller vil du finde en løsning, så skriv til {email}. Et menneske svarer dig.")
    said_en.append(f"If you disagree, or want to find a way out, write to {email}. A person answers you.")
    return {"da": (subjects[0], tuple(said_da)), "en": (subjects[1], tuple(said_en))}


def hold_lifted(name: str, cause: str, company_name: str) -> dict[str, tuple[str, tuple[str, ...]]]:
    if cause == "sending":
        return {
            "da": (f"Udgående mail er åben igen: {name}", (f"{company_name} har igen åbnet for mail fra {name}.",)),
            "en": (f"Outgoing mail is open again: {name}", (f"{company_name} lets {name} send mail again.",)),
        }
    return {
        "da": (f"I drift igen: {name}", (f"{company_name} har sat {name} i drift igen.",)),
        "en": (f"Running again: {name}", (f"{company_name} lets {name} run again.",)),
    }


def bulk_answered(
    name: str, messages: int, *, way: str, until: date | None, reason: str, company_name: str, email: str
) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return the answer to a wish to send much mail: a leave until a day, or a no with its reason."""
    subjects = (f"Masseudsendelse fra {name}", f"Bulk mail from {name}")
    if until is None:
        return {
            "da": (
                subjects[0],
                (
                    f"{company_name} kan ikke give lov til {messages} mails om ugen fra {name}.",
                    f"Grunden er: {reason}",
                    f"Skriv til {email}, så finder vi en anden vej.",
                ),
            ),
            "en": (
                subjects[1],
                (
                    f"{company_name} cannot give leave for {messages} mails a week from {name}.",
                    f"The reason is: {reason}",
                    f"Write to {email}, and we find another way.",
                ),
            ),
        }
    way_da = (
        "gennem en SMTP-løsning, der kun er din" if way == "dedicated" else "gennem vores adresser til masseudsendelser"
    )
    way_en = "through a relay of your own" if way == "dedicated" else "through our addresses for bulk mail"
    return {
        "da": (
            subjects[0],
            (
                f"Du må sende {messages} mails om ugen fra {name}, {way_da}.",
                f"Tilladelsen gælder til {day_text(until, 'da')} og slutter af sig selv.",
                "Modtagerne skal have sagt ja til at få din mail.",
            ),
        ),
        "en": (
            subjects[1],
            (
                f"You may send {messages} mails a week from {name}, {way_en}.",
                f"The leave goes until {day_text(until, 'en')} and ends by itself.",
                "Those who receive your mail must have said yes to it.",
            ),
        ),
    }


def space_warning(
    name: str, step: int, used: int, agreed: int, company_name: str, email: str
) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return the letter to who has come near to the agreed space, or to its end."""
    figures = f"{used / 1e9:.1f}", f"{agreed / 1e9:.1f}"
    used_da, agreed_da = (figure.replace(".", ",") for figure in figures)
    subjects = (f"Plads: {name} har brugt {step} %", f"Space: {name} has used {step} %")
    da = f"{name} hos {company_name} fylder {used_da} GB af de {agreed_da} GB, vi har aftalt."
    en = f"{name} with {company_name} takes {figures[0]} GB of the {figures[1]} GB that were agreed."
    return {
        "da": (
            subjects[0],
            (
                da,
                "Intet er lukket, og der kommer ingen ekstra regning af det her brev.",
                f"Slet det, du ikke bruger, eller bestil mere plads på kundesiderne eller hos {email}.",
            ),
        ),
        "en": (
            subjects[1],
            (
                en,
                "Nothing is closed, and this letter brings no extra bill.",
                f"Delete what you do not use, or order more space on the customer pages or from {email}.",
            ),
        ),
    }


def load_found(
    name: str, millicores: int, processes: int, company_name: str, email: str
) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return the letter to the owner of a service that loads its server exceptionally: the figures, and why we write."""
    cores = f"{millicores / 1000:.1f}"
    return {
        "da": (
            f"Høj belastning: {name}",
            (
                f"{name} hos {company_name} har i den seneste halve time brugt {cores.replace('.', ',')} processorkerner i gennemsnit,"
                f" og {processes} programmer kører på én gang.",
                "Det er usædvanligt meget. Vi skriver af hensyn til de andre kunder på samme server.",
                f"Intet er lukket. Skriv til {email}, så finder vi sammen ud af, hvad der skal til. Har du brug for mere, kan vi lave"
                " en aftale om det.",
            ),
        ),
        "en": (
            f"High load: {name}",
            (
                f"{name} with {company_name} has used {cores} processor cores on average in the last half hour, and {processes}"
                " programs run at once.",
                "That is exceptionally much. We write out of regard for the other customers on the same server.",
                f"Nothing is closed. Write to {email}, and we find out together what is needed. If you need more, we can agree"
                " on that.",
            ),
        ),
    }


_USES = {
    "disk": ("plads til filer", "space for files"),
    "database": ("plads til en database", "space for a database"),
    "mailboxes": ("postkasser", "mailboxes"),
    "databases": ("databaser", "databases"),
}


def use_text(over: Over, language: str) -> str:
    """Return what was used and what was agreed of one thing, in one line."""
    name = _USES[over.what][0 if language == "da" else 1]
    if over.what in {"mailboxes", "databases"}:
        used, agreed = str(over.used), str(over.agreed)
    else:
        used, agreed = f"{over.used / 1e9:.1f} GB", f"{over.agreed / 1e9:.1f} GB"
    if language == "da":
        return f"{name}: {used} brugt, {agreed} aftalt".replace(".", ",")
    return f"{name}: {used} used, {agreed} agreed"


def use_offered(
    name: str,
    over: Sequence[Over],
    *,
    plan: str,
    quantity: int,
    price: Money,
    from_on: date,
    needs_yes: bool,
    company_name: str,
    email: str,
) -> Words:
    """Return the letter that shows a use beyond what was agreed, what the subscription would become, and how to say no."""
    da_uses, en_uses = ("; ".join(use_text(one, language) for one in over) for language in ("da", "en"))
    da_what = (
        f"{quantity} × {plan} til {money_text(price, 'da')} ekskl. moms pr. periode, fra {day_text(from_on, 'da')}"
    )
    en_what = f"{quantity} × {plan} at {money_text(price, 'en')} without VAT a period, from {day_text(from_on, 'en')}"
    da_end = (
        f"Sig ja på kundesiderne eller til {email}. Vi ændrer intet, før du har sagt ja."
        if needs_yes
        else f"Vil du hellere bruge mindre, så gør det inden den dag: så ændrer vi intet. Spørg os gerne på {email}."
    )
    en_end = (
        f"Say yes on the customer pages or to {email}. Nothing is changed before you do."
        if needs_yes
        else f"If you would rather use less, do so before that day: then nothing is changed. Do ask us at {email}."
    )
    return {
        "da": (
            f"Du bruger mere end aftalt: {name}",
            (
                f"{name} hos {company_name} bruger mere, end vi har aftalt. Vi har målt {da_uses}.",
                f"Det svarer til {da_what}. Der kommer ingen regning for tiden før.",
                da_end,
            ),
        ),
        "en": (
            f"You use more than was agreed: {name}",
            (
                f"{name} with {company_name} uses more than was agreed. We measured {en_uses}.",
                f"That is {en_what}. The time before is not billed.",
                en_end,
            ),
        ),
    }


def restore_answered(
    name: str,
    *,
    hours: Decimal,
    price: Money,
    reason: str,
    is_whole_promised: bool,
    company_name: str,
    email: str,
) -> Words:
    """Return the answer to a request to give back: what it costs and why, and what cannot be promised."""
    if hours:
        da = f"Vi anslår {str(hours).replace('.', ',')} timers arbejde, i alt {money_text(price, 'da')} ekskl. moms."
        en = f"We estimate {hours} hours of work, {money_text(price, 'en')} without VAT in all."
        da_next = f"Sig ja på kundesiderne eller til {email}. Vi begynder først, når du har sagt ja."
        en_next = f"Say yes on the customer pages or to {email}. We begin only when you have."
    else:
        da, en = "Det koster ikke noget.", "It costs nothing."
        da_next, en_next = "Vi begynder nu.", "We begin now."
    said_da = [f"Du har bedt {company_name} om at hente data tilbage til {name}.", da, f"Grunden er: {reason}"]
    said_en = [f"You asked {company_name} to give data back to {name}.", en, f"The reason is: {reason}"]
    if not is_whole_promised:
        said_da.append("Vi kan ikke love, at alt kommer tilbage. Mangler noget bagefter, får du en liste.")
        said_en.append("We cannot promise that everything comes back. If something lacks afterwards, you get a list.")
    return {
        "da": (f"Data tilbage fra en kopi: {name}", (*said_da, da_next)),
        "en": (f"Data back from a copy: {name}", (*said_en, en_next)),
    }
