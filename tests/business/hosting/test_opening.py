"""What a service consists of when it is opened, by its plan and the order's text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servanda.agreements import PROVIDERS
from servanda.agreements.reading import catalogue_of
from servanda.business.hosting.decisions.opening import domain_in, is_ownable, kinds_of, statements_to_open
from servanda.ground.nodes.kinds.backups import BackupPlan
from servanda.ground.nodes.kinds.dns import Zone
from servanda.ground.nodes.wanted import Wanted, decode_statement, encode
from servanda.ground.nodes.zone_checks import check_zone, refuses
from servanda.terms.packages import HostingPackage

PLANS = [
    pytest.param(plan.hosting, id=plan.code)
    for provider in PROVIDERS
    for product in catalogue_of(provider).product
    for plan in product.plan
    if plan.hosting is not None
]


def opened(package: HostingPackage) -> tuple[Wanted, ...]:
    return statements_to_open(
        package,
        number=7,
        domain="alma.example",
        is_proven=False,
        addresses=("192.0.2.1", "2001:db8::1"),
        host_name="node1.hosting.example",
    )


@pytest.mark.parametrize("package", PLANS)
def test_each_plan_that_is_sold_opens_within_the_grammar_of_nodes(package: HostingPackage) -> None:
    made = opened(package)
    assert {one.key.partition("/")[0] for one in made} == kinds_of(package)
    for one in made:
        assert decode_statement(encode(one)) == one
        assert getattr(one, "tenant", 200_007) == 200_007
        if isinstance(one, Zone):
            assert not refuses(check_zone(one.domain, one.records))


@pytest.mark.parametrize("package", PLANS)
def test_whatever_holds_data_is_copied(package: HostingPackage) -> None:
    plans = [one for one in opened(package) if isinstance(one, BackupPlan)]
    has_data = package.has_site or package.databases or package.mailboxes
    assert len(plans) == (1 if has_data else 0)
    assert all(plan.keep_daily >= max(1, package.copies_daily) for plan in plans)


@pytest.mark.clause("safeit-172")
def test_safe_it_keeps_copies_for_thirty_days() -> None:
    plans = {plan.code: plan for product in catalogue_of("safe-it").product for plan in product.plan}
    package = plans["hosting-yearly"].hosting
    assert package is not None
    (plan,) = (one for one in opened(package) if isinstance(one, BackupPlan))
    assert (plan.keep_daily, plan.every_hours) == (30, 24)


def test_what_a_service_of_the_same_owner_has_already_is_not_made_again() -> None:
    package = HostingPackage(source="plausible", mailboxes=1, has_zone=True)
    made = statements_to_open(
        package, number=8, domain="alma.example", is_proven=False, addresses=(), host_name="",
        shared=frozenset({"zone/alma.example", "mail-domain/alma.example"}),
    )  # fmt: skip
    assert [one.key for one in made] == ["backup/8"]


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("alma.example", "alma.example"),
        ("Webhotel til Alma.Example.", "alma.example"),
        ("Alma (www.alma.dk), ny", "www.alma.dk"),
        ("PC 17", ""),
        ("", ""),
        ("dk", ""),
        ("co.uk", ""),
        ("gmail.com", ""),
        ("../etc/passwd", ""),
        ("alma.dk;rm -rf", "alma.dk"),
    ],
)
def test_the_domain_is_found_in_the_orders_text(text: str, domain: str) -> None:
    assert domain_in(text) == domain


@given(st.text(max_size=80))
def test_whatever_the_text_says_only_a_name_comes_out(text: str) -> None:
    found = domain_in(text)
    assert found == "" or is_ownable(found)
