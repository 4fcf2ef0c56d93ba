"""What letters about holds, stopped mail and bulk mail say, in Danish and English."""

from collections.abc import Mapping
from datetime import date, datetime

from servanda.ground.calendar import day_text, moment_text

Words = Mapping[str, tuple[str, tuple[str, ...]]]  # by language: subject and paragraphs

_WHAT = {
    "abuse": ("bliver brugt i strid med vilkårene", "is used against the terms"),
    "load": ("belaster serveren usædvanligt meget", "loads the server exceptionally"),
    "breach": ("vilkårene ikke er overholdt", "the terms were not kept"),
}


def placed(
    name: str, cause: str, reason: str, *, company_name: str, email: str, ends_at: datetime | None
) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return the letter that tells of a hold or a stop of mail: what, why, until when, and how to answer."""
    if cause == "sending":
        da = f"{company_name} har lukket for den mail, der sendes fra {name}. Du modtager stadig mail, og intet er slettet."
        en = f"{company_name} has stopped the mail that {name} sends. You still receive mail, and nothing is deleted."
        subjects = (f"Udgående mail er lukket: {name}", f"Outgoing mail is stopped: {name}")
    else:
        danish, english = _WHAT[cause]
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


def lifted(name: str, cause: str, company_name: str) -> dict[str, tuple[str, tuple[str, ...]]]:
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
