"""Is a difference better or worse for the customer?"""

from dataclasses import replace
from decimal import Decimal

import msgspec
import pytest

from servanda.agreements import PROVIDERS
from servanda.agreements.reading import library_of
from servanda.terms.clauses import KINDS, Backup, Exclusion, PaymentTerm, ReminderFee, Rule, SupportResponse, Uptime
from servanda.terms.document import Agreement, PlacedRule
from servanda.terms.fields import fields_of
from servanda.terms.weighing import BURDENS, PROMISES, directions, weighed


def base() -> Agreement:
    library = library_of("safe-it")
    return library.version(library.versions[0])


def with_rules(*rules: Rule) -> Agreement:
    agreement = base()
    first = replace(agreement.clauses[0], rules=tuple(PlacedRule(rule, 1) for rule in rules))
    return replace(agreement, clauses=(first,))


BACKUP = Backup(of="website", rhythm="daily", keep_days=30)


@pytest.mark.parametrize(
    ("old", "new", "field", "verdict"),
    [
        (BACKUP, msgspec.structs.replace(BACKUP, keep_days=7), "keep_days", "worse"),
        (BACKUP, msgspec.structs.replace(BACKUP, keep_days=60), "keep_days", "better"),
        (BACKUP, msgspec.structs.replace(BACKUP, rhythm="weekly"), "rhythm", "worse"),
        (BACKUP, msgspec.structs.replace(BACKUP, keep_days=None), "keep_days", "worse"),
        (BACKUP, msgspec.structs.replace(BACKUP, region="EU"), "region", "different"),
        (PaymentTerm(days=14, counted_from="receipt"), PaymentTerm(days=8, counted_from="receipt"), "days", "worse"),
        (
            ReminderFee(amount=Decimal("100"), fees_max=3, spacing_days=10),
            ReminderFee(amount=Decimal("50"), fees_max=3, spacing_days=10),
            "amount",
            "better",
        ),
        (Uptime(percent=Decimal("99.90")), Uptime(percent=Decimal("99.00")), "percent", "worse"),
        (SupportResponse(when="daytime", hours=6), SupportResponse(when="daytime", hours=4), "hours", "better"),
    ],
)
def test_a_figure_is_weighed(old: Rule, new: Rule, field: str, verdict: str) -> None:
    (found,) = weighed(with_rules(old), with_rules(new))
    assert (found.field, found.verdict) == (field, verdict)


@pytest.mark.parametrize(
    ("old", "new", "verdict"),
    [
        ((BACKUP,), (), "worse"),
        ((), (BACKUP,), "better"),
        ((), (Exclusion(of=("lost data",)),), "worse"),
        ((Exclusion(of=("lost data",)),), (), "better"),
    ],
)
def test_a_promise_gone_is_worse_and_a_burden_gone_is_better(
    old: tuple[Rule, ...], new: tuple[Rule, ...], verdict: str
) -> None:
    (found,) = weighed(with_rules(*old), with_rules(*new))
    assert (found.field, found.verdict) == ("", verdict)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_version_differs_from_itself_in_nothing(provider: str) -> None:
    library = library_of(provider)
    agreement = library.version(library.versions[0])
    assert weighed(agreement, agreement) == ()


@pytest.mark.parametrize(("kind", "field"), sorted(set(directions())))
def test_the_tables_name_fields_that_there_are(kind: str, field: str) -> None:
    assert field in fields_of(KINDS[kind])


def test_no_kind_is_both_a_burden_and_a_promise() -> None:
    assert set(KINDS) >= BURDENS | PROMISES
    assert not BURDENS & PROMISES
