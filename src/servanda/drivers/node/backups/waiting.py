"""Which rule of retention is in force now? A longer one at once, a shorter one when it was told for two weeks. Pure.

A wrong or forged order to keep copies for a shorter time destroys what nobody can bring back. So the keeper believes it
only after the time that a removal waits too (the signer's quarantine), counted by its own clock from its own record. A
shorter rule that is taken back in time leaves no trace.
"""

from collections.abc import Mapping
from datetime import date, timedelta

import msgspec

from servanda.drivers.node.backups.decisions import Rule

SHORTER_WAITS = timedelta(days=14)


class Kept(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the keeper does in one repository: the rule in force, and the one that waits since its first day."""

    rule: Rule
    waiting: Rule | None = None
    since: date | None = None


def in_force(told: Rule, before: Kept | None, *, today: date) -> Kept:
    """Return what holds for a repository from today on, of what is told and what held before."""
    if before is None:
        return Kept(rule=told)
    longest = _longest(told, before.rule)
    if longest == told:
        return Kept(rule=told)
    is_waiting = before.waiting == told and before.since is not None and before.since <= today
    since = before.since if is_waiting else today
    assert since is not None
    if today - since >= SHORTER_WAITS:
        return Kept(rule=told)
    return Kept(rule=longest, waiting=told, since=since)


def all_in_force(told: Mapping[str, Rule], before: Mapping[str, Kept], *, today: date) -> Mapping[str, Kept]:
    """Return what holds for every repository. One that is no longer told of is left alone, and its record stays."""
    return {**before, **{name: in_force(rule, before.get(name), today=today) for name, rule in told.items()}}


def _longest(told: Rule, other: Rule) -> Rule:
    """Return the longer times of both. That a service has ended rests on two warrants, and follows what is told."""
    return Rule(
        keep_daily=max(told.keep_daily, other.keep_daily),
        keep_monthly=max(told.keep_monthly, other.keep_monthly),
        keep_databases_daily=_longest_databases(told, other),
        ended=told.ended,
    )


def _longest_databases(one: Rule, other: Rule) -> int:
    """Return the longer time for databases; 0 stands for as long as files, and stays that where both say so."""
    if not one.keep_databases_daily and not other.keep_databases_daily:
        return 0
    return max(rule.keep_databases_daily or rule.keep_daily for rule in (one, other))
