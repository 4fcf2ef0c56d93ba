"""What money in suspense could be for: a table of likenesses with their scores, and which may be accepted many at once."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from servanda.business.billing.decisions.offsetting import credit_to_use
from servanda.business.billing.decisions.proposing import candidates_of, only_sum, proposals_for, sure_one
from servanda.business.billing.facts import CustomerCredit, IncomingEntry, OpenItem, SmallDifference
from servanda.business.billing.wording import reason_text, rule_text
from servanda.ground.law.companies import fik_reference
from servanda.ground.money import Money, total_of

ALMA, BIRK = 7, 8
OWED, SMALL_ONE = Money(1_250_00), Money(310_00)
NONE = SmallDifference(Money(0))
ORE = SmallDifference(Money(50))


def item(number: int, customer_id: int, amount: Money, *, charges: Money = Money(0), due: int = 1) -> OpenItem:  # noqa: B008
    return OpenItem(number, number, fik_reference(number), customer_id, amount, charges, date(2026, 9, due))


ITEMS = (
    item(1001, ALMA, OWED),
    item(1002, ALMA, Money(500_00), due=2),
    item(1003, BIRK, OWED),
    item(1004, BIRK, SMALL_ONE, charges=Money(100_00)),
)
KNOWN = candidates_of(ITEMS, {ALMA: "Alma & Co ApS", BIRK: "Birk Handel"})
REFERENCE = fik_reference(1001)
WRONG = f"{REFERENCE[:-1]}{(int(REFERENCE[-1]) + 1) % 10}"


@pytest.mark.parametrize(
    ("told", "entry", "small", "reason", "score", "invoices", "is_sure"),
    [
        ("one digit off, right amount", IncomingEntry(OWED, WRONG, ""), NONE, "near reference", 85, [1001], True),
        ("one digit off, other amount", IncomingEntry(Money(9_00), WRONG, ""), NONE, "near reference", 60, [1001], False),
        ("a number, other amount", IncomingEntry(Money(400_00), "", "1002"), NONE, "number", 50, [1002], False),
        ("a number, an øre short", IncomingEntry(Money(499_99), "", "1002"), ORE, "small difference", 85, [1002], True),
        ("a known payer", IncomingEntry(Money(500_00), "", "", frozenset({ALMA})), NONE, "payer and amount", 80, [1002], False),
        ("a known payer, sum", IncomingEntry(Money(1_750_00), "", "", frozenset({7})), NONE, "payer and sum", 70, [1001, 1002], False),
        ("a name, an amount", IncomingEntry(OWED, "", "", payer_name="BIRK"), NONE, "name and amount", 65, [1003], False),
        ("a name, a sum with charges", IncomingEntry(Money(1_660_00), "", "fra Birk"), NONE, "name and sum", 55, [1003, 1004], False),
        ("only the amount", IncomingEntry(Money(500_00), "", "?"), NONE, "amount", 40, [1002], False),
        ("an amount of two", IncomingEntry(OWED, "", "?"), NONE, "amount", 20, [1001], False),
    ],
)  # fmt: skip
def test_a_likeness_gives_a_proposal_with_its_score(
    told: str, entry: IncomingEntry, small: SmallDifference, reason: str, score: int, invoices: list[int], is_sure: bool
) -> None:
    found = proposals_for(entry, KNOWN, small=small)
    best = found[0]
    assert (best.reason, best.score, [part.invoice_id for part in best.parts]) == (reason, score, invoices)
    assert (sure_one(found) is not None) == is_sure
    assert total_of(part.amount for part in best.parts) + best.rest == entry.amount
    assert len({reason_text(reason, language) for language in ("da", "en")}) == 2


def test_money_that_went_out_and_what_resembles_nothing_have_no_proposal() -> None:
    assert proposals_for(IncomingEntry(-OWED, "", "1001"), KNOWN, small=NONE) == ()
    assert proposals_for(IncomingEntry(Money(3_33), "", "tak"), KNOWN, small=NONE) == ()


def test_a_rest_is_credit_and_never_written_off() -> None:
    (best, *_) = proposals_for(IncomingEntry(Money(500_01), "", "1002"), KNOWN, small=ORE)
    assert (best.rest, best.written_off) == (Money(1), None)


def test_a_sum_is_proposed_only_where_there_is_one_way() -> None:
    items = [item(number, ALMA, Money(100)) for number in (1, 2, 3)]
    assert only_sum(items, Money(200)) is None
    assert only_sum(items, Money(300)) == tuple(items)
    many = [item(number, ALMA, Money(2 ** (number - 1))) for number in range(1, 14)]
    assert only_sum(many, Money(3)) is None  # thirteen are too many to be sure of
    assert only_sum(many[:12], Money(3)) == tuple(many[:2])


@settings(deadline=None)
@given(st.lists(st.integers(1, 50), min_size=2, max_size=12), st.data())
def test_a_sum_that_is_found_is_right_and_no_other_is(amounts: list[int], data: st.DataObject) -> None:
    items = [item(number, ALMA, Money(amount)) for number, amount in enumerate(amounts, 1)]
    wanted = data.draw(st.integers(1, sum(amounts)))
    ways = [
        bits
        for bits in range(1, 2 ** len(items))
        if bits.bit_count() > 1 and sum(one for at, one in enumerate(amounts) if bits >> at & 1) == wanted
    ]
    found = only_sum(items, Money(wanted))
    assert (found is not None) == (len(ways) == 1)
    assert found is None or total_of(one.open_total for one in found) == Money(wanted)


@given(
    st.lists(st.integers(1, 500), max_size=4), st.lists(st.tuples(st.integers(0, 300), st.integers(0, 50)), max_size=5)
)
def test_credit_pays_the_oldest_first_and_no_more_than_there_is(
    credits: list[int], owed: list[tuple[int, int]]
) -> None:
    given_credits = [
        CustomerCredit(ALMA, number, None, Money(amount), date(2026, 9, 1)) for number, amount in enumerate(credits, 1)
    ]
    items = [
        item(number, ALMA, Money(principal), charges=Money(charged), due=number)
        for number, (principal, charged) in enumerate(owed, 1)
    ]
    uses = credit_to_use(given_credits, items)
    used = total_of(use.part.amount for use in uses)
    assert used == min(total_of(one.amount for one in given_credits), total_of(one.open_total for one in items))
    for credit in given_credits:
        assert total_of(use.part.amount for use in uses if use.credit is credit) <= credit.amount
    reached = [use.part.invoice_id for use in uses]
    assert reached == sorted(reached)


@pytest.mark.parametrize("rule", ["payment reference", "payer and amount", "the reference fails its check digit"])
def test_a_rule_is_told_in_the_readers_language(rule: str) -> None:
    assert rule_text(rule, "en") == rule != rule_text(rule, "da")
    assert rule_text("Ejerens egne penge", "da") == "Ejerens egne penge"
