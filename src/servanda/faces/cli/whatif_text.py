"""Who is hit by a draft, as a page of text: the count, a table for each twelve months, the promises, the hardest hit."""

from collections.abc import Iterable, Iterator

from servanda.business.dunning.decisions.whatif.comparing import TURNS
from servanda.business.dunning.decisions.whatif.outcome import Count, Months, PromiseOutcome, WhoIsHit
from servanda.ground.money import Money, money_text

_WORDS: dict[str, tuple[str, str]] = {
    "hit": ("{hit:,} af {all:,} kunder rammes{kinds}.", "{hit:,} of {all:,} customers are hit{kinds}."),
    "deviating": ("{count:,} af dem har egne aftaler.", "{count:,} of them have agreements of their own."),
    "looked": (
        "Set igennem: {past:,} fakturaer og {coming:,} kommende.",
        "Looked through: {past:,} invoices, and {coming:,} to come.",
    ),
    "left_out": (
        "Holdt ude: {paused:,} sat i bero, {unproven:,} uden bevis for levering, {none:,} efter en ophævelse.",
        "Left out: {paused:,} on hold, {unproven:,} whose delivery is not proven, {none:,} after an ending.",
    ),
    "past": ("De seneste 12 måneder", "The last 12 months"),
    "coming": ("De næste 12 måneder", "The next 12 months"),
    "counted": ("kunder (fakturaer)", "customers (invoices)"),
    "sooner": ("tidligere", "sooner"),
    "later": ("senere", "later"),
    "newly": ("nu også", "newly"),
    "no_longer": ("ikke mere", "no longer"),
    "reminded": ("rykkes", "reminded"),
    "suspended": ("lukkes for", "suspended"),
    "ended": ("ophæves", "ended"),
    "fee": ("Rykkergebyrer", "Reminder fees"),
    "interest": ("Renter", "Interest"),
    "compensation": ("Kompensation", "Compensation"),
    "due": ("Forfaldsdag", "Due day"),
    "promises": (
        "Løfter: {worse:,} kunder får et dårligere, {better:,} et bedre.",
        "Promises: {worse:,} customers get a worse one, {better:,} a better one.",
    ),
    "worse": ("dårligere", "worse"),
    "better": ("bedre", "better"),
    "other": ("anderledes", "different"),
    "silent": ("intet", "nothing"),
    "customers": ("kunder", "customers"),
    "customer": ("Kunde", "Customer"),
    "hardest": ("Hårdest ramt", "Hit hardest"),
    "how": ("Sådan er det regnet", "How it was reckoned"),
    "nobody": ("Ingen rammes.", "Nobody is hit."),
}


def text_of(found: WhoIsHit, language: str) -> str:
    """Return the answer for a reader."""
    blocks: list[Iterable[str]] = [_head(found, language)]
    if not found.is_empty:
        blocks += [_months("past", found.past, language), _months("coming", found.coming, language)]
        blocks += [_due(found, language), _promises(found, language), _hardest(found, language)]
    said = found.how_computed_da if language == "da" else found.how_computed_en
    blocks.append([_word("how", language) + ":", *(f"  - {sentence}" for sentence in said)])
    return "\n\n".join("\n".join(block) for block in map(list, blocks) if block)


def _head(found: WhoIsHit, language: str) -> list[str]:
    versions = ", ".join(found.from_versions) or "–"
    kinds = ", ".join(f"{kind} {count:,}" for kind, count in found.hit_by_kind.items() if count)
    deviating = _word("deviating", language, count=found.hit_with_deviations)
    left = found.left_out
    return [
        f"{found.provider} {versions} → {found.version}: {found.since} – {found.on} – {found.until}",
        _word("hit", language, hit=found.hit, all=found.customers, kinds=f" ({kinds})" if kinds else ""),
        *([deviating] if found.hit_with_deviations else []),
        *([_word("nobody", language)] if found.is_empty else []),
        _word("looked", language, past=found.invoices_past, coming=found.invoices_coming),
        _word("left_out", language, paused=left.paused, unproven=left.not_delivered, none=left.not_issued),
    ]


def _months(name: str, months: Months, language: str) -> list[str]:
    heads = "".join(f"{_word(turn, language):>18}" for turn in TURNS)
    rows = [
        f"  {_word(act, language):<12}" + "".join(f"{_counted(counts[turn]):>18}" for turn in TURNS)
        for act, counts in months.acts.items()
    ]
    money = [
        f"  {_word(kind, language)}: {_signed(minor, language)}" for kind, minor in months.money_minor.items() if minor
    ]
    title = f"{_word(name, language)}, {_word('counted', language)}"
    return [title, " " * 14 + heads, *rows, *money]


def _due(found: WhoIsHit, language: str) -> list[str]:
    moved = (("sooner", found.due_sooner), ("later", found.due_later))
    return [
        f"{_word('due', language)} {_word(turn, language)}: {_counted(count)} {_word('counted', language)}"
        for turn, count in moved
        if count.invoices
    ]


def _promises(found: WhoIsHit, language: str) -> list[str]:
    if not found.promises:
        return []
    head = _word("promises", language, worse=found.promised_worse, better=found.promised_better)
    return [head, *(f"  {_promise(one, language)}" for one in found.promises)]


def _promise(one: PromiseOutcome, language: str) -> str:
    change = one.change
    before, after = (change.before_da, change.after_da) if language == "da" else (change.before_en, change.after_en)
    named = " ".join(part for part in (change.kind, change.of and f"({change.of})", change.field) if part)
    silent = _word("silent", language)
    clause = change.clause_after or change.clause_before
    return (
        f"{clause} {named}: {before or silent} → {after or silent}, {_word(change.turn, language)},"
        f" {one.customers:,} {_word('customers', language)}"
    )


def _hardest(found: WhoIsHit, language: str) -> Iterator[str]:
    if found.most_hit:
        yield _word("hardest", language) + ":"
    for one in found.most_hit:
        yield f"  {_word('customer', language)} {one.number} ({one.kind})"
        said = one.sentences_da if language == "da" else one.sentences_en
        yield from (f"    {sentence}" for sentence in said)


def _counted(count: Count) -> str:
    return f"{count.customers:,} ({count.invoices:,})" if count.invoices else "–"


def _signed(minor: int, language: str) -> str:
    sign = "+" if minor > 0 else ""
    return f"{sign}{money_text(Money(minor), language)}"


def _word(name: str, language: str, **values: object) -> str:
    text = _WORDS[name][0 if language == "da" else 1]
    return text.format(**values) if values else text
