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
from servanda.terms.weighing import BURDENS, PROMISES, WAYS, rise, rise_of_whole, weighed


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


@pytest.mark.parametrize(("kind", "field"), [(kind, field) for kind, ways in WAYS.items() for field in ways])
def test_every_direction_is_of_a_field_and_of_values_that_it_can_have(kind: str, field: str) -> None:
    way, known = WAYS[kind][field], fields_of(KINDS[kind])[field]
    assert not isinstance(way, tuple) or set(way) - {None} == set(known.choices)


@pytest.mark.parametrize(
    ("kind", "field", "old", "new", "sign"),
    [
        ("support-response", "hours", None, 4, 1),  # no limit before
        ("support-response", "hours", 4, None, -1),
        ("liability-cap", "percent", None, 50, 0),  # the other field says what the cap was
        ("liability-cap", "percent", 50, 100, 1),
        ("time-rate", "minimum_minutes", None, 30, -1),
        ("time-rate", "minimum_minutes", 60, 30, 1),
        ("inspection", "claim_days", None, 8, -1),
        ("inspection", "claim_days", 8, 14, 1),
        ("term", "months", None, 12, -1),
        ("provider-exit", "months", None, 3, 1),
        ("support-hours", "to_time", "16:00", "17:00", 1),
        ("support-hours", "from_time", "08:00", "09:00", -1),
        ("maintenance", "channels", ("e-mail",), ("portal", "e-mail"), 1),
        ("maintenance", "channels", ("e-mail",), ("portal",), 0),
        ("uptime", "excludes", ("force majeure",), (), 1),
        ("backup", "rhythm", "weekly", "automatic", -1),
        ("backup", "rhythm", None, "by agreement", 1),
        ("data-location", "transfer_basis", None, "standard clauses", -1),
        ("invoice-question", "silence_accepts", True, False, 1),
        ("uptime", "over_days", 30, 90, 0),
        ("maintenance-window", "from_time", "01:00", "02:00", 0),
    ],
)
def test_a_value_rises_or_falls_for_the_customer(kind: str, field: str, old: object, new: object, sign: int) -> None:
    found = rise(kind, field, old, new)
    assert (found > 0) - (found < 0) == sign


@pytest.mark.parametrize(("kind", "sign"), [("backup", 1), ("liability-cap", -1), ("notice", 0), ("price-change", 0)])
def test_a_whole_rule_that_goes_is_the_opposite_of_one_that_comes(kind: str, sign: int) -> None:
    assert (rise_of_whole(kind, is_new=True), rise_of_whole(kind, is_new=False)) == (sign, -sign)


def test_no_kind_is_both_a_burden_and_a_promise() -> None:
    assert set(KINDS) >= BURDENS | PROMISES
    assert not BURDENS & PROMISES
