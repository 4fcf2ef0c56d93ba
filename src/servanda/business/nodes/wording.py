"""Why a statement waits for a person, in words: for cards and pages, in Danish and English."""

from collections.abc import Mapping
from typing import Literal

Language = Literal["da", "en"]

# Why a statement is not signed, or was not taken: English, Danish.
_PARKED: Mapping[str, tuple[str, str]] = {
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


def parked_text(reason: str, language: Language) -> str:
    """Return why a statement waits and what to do; an unknown reason is shown as the server wrote it."""
    english, danish = _PARKED.get(reason, (reason, reason))
    return danish if language == "da" else english
