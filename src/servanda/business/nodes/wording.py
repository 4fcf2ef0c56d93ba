"""What waits and what was found, in words: for cards and pages, in Danish and English."""

from collections.abc import Mapping
from typing import Literal

Language = Literal["da", "en"]
_Words = Mapping[str, tuple[str, str]]  # code: English, Danish

# Why a statement is not signed, or was not taken.
_PARKED: _Words = {
    "no warrant": (
        "There is no warrant for it. Decide it anew, so that one is issued.",
        "Der er ingen fuldmagt til det. Beslut det igen, så der udstedes en.",
    ),
    "warrant not of today": (
        "Its warrant has run out or is not yet to be used. Renew it, or wait for its day.",
        "Fuldmagten er udløbet eller gælder ikke endnu. Forny den, eller vent til dens dag.",
    ),
    "no order": (
        "It takes something away that nobody ordered. Ask the customer.",
        "Det fjerner noget, som ingen har bestilt. Spørg kunden.",
    ),
    "no quarantine": (
        "A purge follows a quarantine, and the signer has signed none. It does that first.",
        "En sletning følger efter en karantæne, og underskriveren har ikke underskrevet nogen. Den kommer først.",
    ),
    "quarantine too young": (
        "The quarantine is too young by the signer's own record. It is purged by itself later.",
        "Karantænen er for ny efter underskriverens egen optegnelse. Den slettes af sig selv senere.",
    ),
    "no final copy": (
        "No last copy of it is known. Look at the copies of the service before anything is purged.",
        "Der kendes ingen sidste kopi af det. Se på ydelsens kopier, før noget slettes.",
    ),
    "braked": (
        "The brake is on. It is signed when the brake is released.",
        "Bremsen er trukket. Det underskrives, når bremsen slippes.",
    ),
    "too much today": (
        "More would get worse on this server today than is usual. Look at why, and release it tomorrow or by hand.",
        "Mere ville blive forringet på serveren i dag, end det plejer. Se hvorfor; det fortsætter i morgen.",
    ),
    "moved": (
        "A resource cannot change its tenant. Something is wrong with the numbers of this service.",
        "En ressource kan ikke skifte lejer. Der er noget galt med ydelsens numre.",
    ),
    "refused by node": (
        "The server refused it when it came alone. Look at the server's reason, and settle it.",
        "Serveren afviste det, også da det kom alene. Se serverens grund, og afgør det.",
    ),
    "too much": (
        "The server found that one document would make too much worse. It is sent again in smaller parts.",
        "Serveren fandt, at ét dokument ville forringe for meget. Det sendes igen i mindre dele.",
    ),
    "unwarranted": (
        "The server found no leave for it that fits what it has. Decide it anew from today's facts.",
        "Serveren fandt ingen tilladelse, der passer til det, den har. Beslut det igen ud fra dagens forhold.",
    ),
    "unreadable": (
        "The server could not read it. Its program may be older than ours.",
        "Serveren kunne ikke læse det. Dens program kan være ældre end vores.",
    ),
    "unsigned": (
        "The server does not know the key that signed it. Let it enrol anew.",
        "Serveren kender ikke nøglen, der underskrev det. Lad den melde sig på ny.",
    ),
    "doubled": (
        "One document spoke twice of one resource. That is a mistake of ours.",
        "Ét dokument talte to gange om én ressource. Det er vores fejl.",
    ),
}
_FOUND: _Words = {
    "as wanted": ("as wanted", "som ønsket"),
    "differs": ("is not as wanted", "er ikke som ønsket"),
    "failed": ("could not be made as wanted", "kunne ikke gøres som ønsket"),
    "parked": ("waits for a person", "venter på et menneske"),
}
# What differs, by the codes of the kinds; one that has no words here is shown as it is.
_DIFFERENCES: _Words = {
    "missing": ("is missing", "mangler"),
    "unexpected": ("is there and should not be", "findes og burde ikke"),
    "owner": ("belongs to somebody else", "tilhører en anden"),
    "mode": ("has other rights", "har andre rettigheder"),
    "content": ("has other content", "har andet indhold"),
    "state": ("is in another state", "er i en anden tilstand"),
}


def parked_text(reason: str, language: Language) -> str:
    """Return why a statement waits and what to do; an unknown reason is shown as the server wrote it."""
    return _said(_PARKED, reason, language)


def found_text(state: str, language: Language) -> str:
    return _said(_FOUND, state, language)


def difference_text(code: str, wanted: str, found: str, language: Language) -> str:
    """Return what differs, with both values where there are any."""
    what = _said(_DIFFERENCES, code, language)
    if not wanted and not found:
        return what
    if language == "da":
        return f"{what} (ønsket: {wanted or '–'}, fundet: {found or '–'})"
    return f"{what} (wanted: {wanted or '–'}, found: {found or '–'})"


def _said(words: _Words, code: str, language: Language) -> str:
    english, danish = words.get(code, (code, code))
    return danish if language == "da" else english
