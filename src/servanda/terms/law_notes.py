"""What does the law say to each clause, as notes in the margin of the book?

The conflicts between terms and law, told for one kind of customer or for all: whom they are about, why, what holds instead.
"""

from collections.abc import Mapping
from datetime import date

from servanda.terms.book import LawNote
from servanda.terms.catalogue import Catalogue
from servanda.terms.clauses import CustomerKind
from servanda.terms.conflicts import Conflict, conflicts_in
from servanda.terms.document import Agreement, Language


def law_notes(
    agreement: Agreement,
    *,
    on: date,
    language: Language,
    catalogue: Catalogue | None = None,
    customer: CustomerKind | None = None,
) -> Mapping[str, tuple[LawNote, ...]]:
    """Return the notes by clause number; the agreement is the Danish one, which carries the rules."""
    notes: dict[str, tuple[LawNote, ...]] = {}
    for conflict in conflicts_in(agreement, on=on, catalogue=catalogue):
        if customer is None or customer in conflict.against:
            number, note = conflict.citation.clause, _note(conflict, language)
            notes[number] = tuple(dict.fromkeys((*notes.get(number, ()), note)))
    return notes


def _note(conflict: Conflict, language: Language) -> LawNote:
    whom = _EVERYBODY[language]
    if len(conflict.against) < len(CustomerKind):
        kinds = [_KINDS[language][kind] for kind in conflict.against]
        whom = kinds[0] if len(kinds) == 1 else f"{', '.join(kinds[:-1])} {_AND[language]} {kinds[-1]}"
    why, instead = conflict.why.in_language(language), conflict.instead.in_language(language)
    return LawNote(f"{_TOWARDS[language]} {whom}: {why} {instead}", str(conflict.provision))


_TOWARDS: dict[Language, str] = {"da": "Over for", "en": "Towards"}
_EVERYBODY: dict[Language, str] = {"da": "alle", "en": "everybody"}
_AND: dict[Language, str] = {"da": "og", "en": "and"}
_KINDS: dict[Language, dict[CustomerKind, str]] = {
    "da": {
        CustomerKind.BUSINESS: "virksomheder",
        CustomerKind.CONSUMER: "forbrugere",
        CustomerKind.PUBLIC: "offentlige kunder",
        CustomerKind.ASSOCIATION: "foreninger",
    },
    "en": {
        CustomerKind.BUSINESS: "businesses",
        CustomerKind.CONSUMER: "consumers",
        CustomerKind.PUBLIC: "public bodies",
        CustomerKind.ASSOCIATION: "associations",
    },
}
