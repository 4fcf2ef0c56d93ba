"""Which clauses does a complaint about a service touch, and may it be held for that? Pure. A person judges, always."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from servanda.business.hosting.decisions.holding import HoldRefused
from servanda.ground.citation import Citation
from servanda.terms.clauses import ActivityBan, ContentBan, Suspension
from servanda.terms.resolving import Answer

About = Literal["spam", "phishing", "malware", "attack", "content", "other"]
SOURCES = ("mail", "feedback loop", "authority", "own finding")
# Which bans of activities each is about; content is judged by the bans of content.
_BANS: Mapping[About, frozenset[str]] = {
    "spam": frozenset({"spam", "unsolicited mail", "newsletters in bulk"}),
    "phishing": frozenset({"phishing", "scam"}),
    "malware": frozenset({"malware", "other harm"}),
    "attack": frozenset({"hacking", "denial of service", "scanning", "similar acts"}),
    "content": frozenset(),
    "other": frozenset(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldProposed:
    """What a person may do about a complaint: hold the service under a clause; `may_be_held` False: only write."""

    because: tuple[Citation, ...]
    may_be_held: bool
    hours_max: int | None = None
    needs_warning: Citation | None = None
    forbidden_by: Citation | None = None


def checked_about(about: str, source: str) -> About:
    """Return what a complaint is about; refuses what there is no name for."""
    if about not in get_args(About) or source not in SOURCES:
        raise HoldRefused("Choose what the complaint is about, and how it came.")
    return about  # type: ignore[return-value]


def clauses_touched(
    activities: Answer[ActivityBan], contents: Answer[ContentBan], *, about: About
) -> tuple[Citation, ...]:
    """Return the clauses that forbid what was complained of; none where the terms do not name it."""
    if about == "content":
        return tuple(link.citation for link in contents.chain if link.rule is not None)
    return tuple(
        link.citation
        for link in activities.chain
        if isinstance(link.rule, ActivityBan) and _BANS[about] & set(link.rule.bans)
    )


def hold_proposed(answer: Answer[Suspension]) -> HoldProposed:
    """Return the hold that the terms allow for abuse or load, with what the law wants before it."""
    rule = answer.rule
    return HoldProposed(
        because=answer.because,
        may_be_held=rule is not None,
        hours_max=rule.hours_max if rule is not None else None,
        needs_warning=answer.needs_warning,
        forbidden_by=answer.forbidden_by,
    )
