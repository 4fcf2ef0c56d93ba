"""What a proof of agreement says, in Danish and in English: always in the language in which the terms were accepted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from html import escape

from servanda.business.library.decisions import RECORD_FILE, record_as_json
from servanda.business.library.facts import (
    AcceptanceFacts,
    AcceptedTerms,
    Attached,
    Party,
    Proof,
    ProofRecord,
)
from servanda.ground.calendar import COPENHAGEN, day_text, legal_day, moment_text
from servanda.terms.document import Language
from servanda.terms.rendering import html_of_text

_ENDINGS = {"text/markdown": "md", "text/plain": "txt", "application/pdf": "pdf"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """An acceptance with what is needed to tell of it: both sides, the contract, and what was accepted beside it."""

    accepted: AcceptedTerms
    annexes: tuple[AcceptedTerms, ...]
    provider: Party
    provider_cvr: str
    customer: Party
    customer_number: str
    contract_number: str


def proof_of(agreed: Agreed) -> Proof:
    """Return everything that the proof says and carries."""
    facts = agreed.accepted.facts
    language: Language = "da" if facts.language == "da" else "en"
    words = _WORDS[language]
    return Proof(
        language=language,
        title=words["title"],
        dated_on=legal_day(facts.accepted_at),
        parties=((words["provider"], agreed.provider), (words["customer"], agreed.customer)),
        facts=_facts(agreed, language),
        sentences=_sentences(agreed, language),
        sha256_label=words["sha256"],
        sha256=facts.text_sha256,
        annexes_label=words["annexes"],
        annexes=tuple(
            (f"{words['annex']} {number}", named_terms(annex.facts, language), annex.facts.text_sha256)
            for number, annex in enumerate(agreed.annexes, start=1)
        ),
        text_label=words["text"],
        text_html=text_html(agreed.accepted) or f"<p>{escape(words['attached only'])}</p>",
        attached=_attached(agreed, language),
    )


def moment_with_zone(moment: datetime, language: str) -> str:
    """Return the Danish date and time with weekday, and how far that is from UTC."""
    offset = moment.astimezone(COPENHAGEN).strftime("%z")
    return f"{moment_text(moment, language)} ({_WORDS[_known(language)]['zone']}, UTC{offset[:3]}:{offset[3:]})"


def accepted_text(facts: AcceptanceFacts, language: str) -> str:
    """Return when it was accepted. Of an acceptance that was taken over only the day is known."""
    if facts.is_imported:
        return f"{day_text(legal_day(facts.accepted_at), language)} ({_WORDS[_known(language)]['day only']})"
    return moment_with_zone(facts.accepted_at, language)


def who_text(facts: AcceptanceFacts, language: str) -> str:
    """Return who accepted, or that nobody is named."""
    words = _WORDS[_known(language)]
    return words["imported by"] if facts.is_imported else facts.accepted_by or words["nobody"]


def how_text(how: str, language: str) -> str:
    """Return the way of accepting in words; one that is not known is shown as it was written."""
    return _WAYS[_known(language)].get(how, how)


def named_terms(facts: AcceptanceFacts, language: str) -> str:
    """Return which terms they are: the company's own or the vendor's, with the version."""
    words = _WORDS[_known(language)]
    whose = facts.name or words["own terms"]
    return f"{whose}, {words['version']} {facts.version}"


def language_text(named: str, language: str) -> str:
    """Return the language of a text in words; one without a word here is shown as it was named."""
    return _LANGUAGES[_known(language)].get(named, named)


def precedence_text(language: str) -> str:
    """Return which terms go first where the annexes say something else."""
    return _WORDS[_known(language)]["precedence"]


def _known(language: str) -> Language:
    return "da" if language == "da" else "en"


def _facts(agreed: Agreed, language: Language) -> tuple[tuple[str, str], ...]:
    words, facts = _WORDS[language], agreed.accepted.facts
    rows = (
        (words["contract"], agreed.contract_number),
        (words["terms"], named_terms(facts, language)),
        (words["language"], language_text(facts.language, language)),
        (words["when"], accepted_text(facts, language)),
        (words["who"], who_text(facts, language)),
        (words["how"], how_text(facts.how, language)),
        (words["number"], str(facts.acceptance_id)),
    )
    return tuple((label, value) for label, value in rows if value)


def _sentences(agreed: Agreed, language: Language) -> tuple[str, ...]:
    words, facts = _WORDS[language], agreed.accepted.facts
    said = [words["statement"].format(customer=agreed.customer.name, provider=agreed.provider.name)]
    if facts.is_imported:
        said.append(words["imported"].format(moment=moment_with_zone(facts.recorded_at, language)))
    if agreed.annexes:
        said.append(words["precedence"])
    return (*said, words["carries"])


def text_html(accepted: AcceptedTerms) -> str:
    """Return what was accepted as safe HTML; empty for a file that can only be handed out."""
    if accepted.facts.media_type == "application/pdf":
        return ""
    text = accepted.content.decode("utf-8")
    if accepted.facts.media_type == "text/markdown":
        return html_of_text(text)
    return "".join(f"<p>{escape(part)}</p>" for part in text.split("\n\n") if part.strip())


def file_name(accepted: AcceptedTerms) -> str:
    """Return the name under which the accepted text is handed out: `terms.md`."""
    return f"terms.{_ENDINGS[accepted.facts.media_type]}"


def _attached(agreed: Agreed, language: Language) -> tuple[Attached, ...]:
    words = _WORDS[language]
    named = tuple(
        (f"annex-{number}.{_ENDINGS[annex.facts.media_type]}", annex)
        for number, annex in enumerate(agreed.annexes, start=1)
    )
    return (
        _file(file_name(agreed.accepted), agreed.accepted, words["text"]),
        *(_file(name, annex, named_terms(annex.facts, language)) for name, annex in named),
        Attached(
            name=RECORD_FILE,
            media_type="application/json",
            description=words["record"],
            content=record_as_json(_record(agreed, named)),
        ),
    )


def _file(name: str, accepted: AcceptedTerms, description: str) -> Attached:
    return Attached(name=name, media_type=accepted.facts.media_type, description=description, content=accepted.content)


def _record(agreed: Agreed, annexes: tuple[tuple[str, AcceptedTerms], ...]) -> ProofRecord:
    facts = agreed.accepted.facts
    return ProofRecord(
        acceptance_id=facts.acceptance_id,
        company=agreed.provider_cvr,
        customer=agreed.customer_number,
        contract=agreed.contract_number,
        what=facts.what,
        name=facts.name,
        version=facts.version,
        language=facts.language,
        text_file=file_name(agreed.accepted),
        text_sha256=facts.text_sha256,
        accepted_at=facts.accepted_at,
        accepted_by=facts.accepted_by,
        how=facts.how,
        annexes=tuple((name, annex.facts.text_sha256) for name, annex in annexes),
    )


_WAYS: Mapping[Language, Mapping[str, str]] = {
    "da": {
        "signed order": "underskrevet ordre",
        "noted by staff": "noteret af en medarbejder",
        "portal": "i kundeportalen",
        "telephone": "i telefonen",
        "import": "overtaget fra et andet system",
    },
    "en": {
        "signed order": "signed order",
        "noted by staff": "noted by staff",
        "portal": "in the customer portal",
        "telephone": "by telephone",
        "import": "taken over from another system",
    },
}

_LANGUAGES: Mapping[Language, Mapping[str, str]] = {
    "da": {"da": "dansk", "en": "engelsk"},
    "en": {"da": "Danish", "en": "English"},
}

_WORDS: Mapping[Language, Mapping[str, str]] = {
    "da": {
        "title": "Aftalebevis",
        "provider": "Leverandør",
        "customer": "Kunde",
        "contract": "Aftale",
        "terms": "Vilkår",
        "own terms": "leverandørens vilkår",
        "version": "version",
        "language": "Sprog",
        "when": "Accepteret",
        "zone": "dansk tid",
        "day only": "klokkeslættet kendes ikke",
        "who": "Accepteret af",
        "nobody": "ingen er navngivet",
        "imported by": "ikke oplyst ved overtagelsen",
        "how": "Måde",
        "number": "Bevisets nummer",
        "sha256": "SHA-256 af den nøjagtige tekst",
        "statement": "{customer} har accepteret teksten nedenfor over for {provider}, ord for ord som den står her.",
        "imported": (
            "Accepten er sket i et andet system og blev overtaget {moment}. Teksten er versionen, som den læses "
            "her; vi har ikke selv set accepten."
        ),
        "precedence": (
            "Bilagene gælder ved siden af vilkårene og er bindende. Er de uenige, går vilkårene forrest, undtagen i det, "
            "der handler om selve licensen: dér følges leverandøren af licensen."
        ),
        "carries": (
            "Den nøjagtige tekst ligger som fil i dette dokument, og dokumentet er underskrevet. Med servanda terms "
            "verify kan enhver se, om bare ét tegn er ændret siden."
        ),
        "annexes": "Bilag",
        "annex": "Bilag",
        "text": "Teksten, som den blev accepteret",
        "attached only": "Teksten er en fil, som kun kan vedhæftes. Den ligger i dette dokument.",
        "record": "Accepten til maskiner",
    },
    "en": {
        "title": "Proof of agreement",
        "provider": "Provider",
        "customer": "Customer",
        "contract": "Contract",
        "terms": "Terms",
        "own terms": "the provider's terms",
        "version": "version",
        "language": "Language",
        "when": "Accepted",
        "zone": "Danish time",
        "day only": "the time of day is not known",
        "who": "Accepted by",
        "nobody": "nobody is named",
        "imported by": "not told when it was taken over",
        "how": "Way",
        "number": "Number of the proof",
        "sha256": "SHA-256 of the exact text",
        "statement": "{customer} has accepted the text below towards {provider}, word for word as it stands here.",
        "imported": (
            "The acceptance took place in another system and was taken over on {moment}. The text is the version as it "
            "reads here; we have not seen the acceptance ourselves."
        ),
        "precedence": (
            "The annexes apply beside the terms and are binding. Where they disagree, the terms go first, except in what "
            "is about the licence itself: there the vendor's terms are followed."
        ),
        "carries": (
            "The exact text is in this document as a file, and the document is signed. With servanda terms verify "
            "anybody can see whether as much as one sign has been changed since."
        ),
        "annexes": "Annexes",
        "annex": "Annex",
        "text": "The text as it was accepted",
        "attached only": "The text is a file that can only be attached. It is in this document.",
        "record": "The acceptance for programs",
    },
}
