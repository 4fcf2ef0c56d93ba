"""New terms on the database: published by two, told to each customer, binding only who was told in time and stayed."""

from datetime import date, timedelta

import pytest

from servanda.agreements.reading import catalogue_of, library_of
from servanda.business.companies.actions import add_company
from servanda.business.companies.facts import CompanyFacts
from servanda.business.contracts.actions import (
    ContractRefused,
    accept_version,
    agree_rule_deviation,
    conclude_contract,
    follow_successions,
    leave_because_of_change,
    publish_change,
    receive_notice,
    tell_customers,
)
from servanda.business.contracts.decisions.terms import conclusion_terms
from servanda.business.contracts.facts import Acceptance, DeviationDraft, GivenNotice, NewLine
from servanda.business.contracts.queries import contract, ending_terms_of, line, lines_of_customer, successions_of
from servanda.business.customers.actions import add_customer
from servanda.business.customers.facts import CustomerDetails
from servanda.business.letters.actions import claim_letters, keep_document, letters_to_render, record_outcomes
from servanda.business.letters.facts import LetterFacts, Outcome
from servanda.business.letters.queries import letters_of_customer
from servanda.business.library.actions import (
    NotADraft,
    NotPublished,
    approve_draft,
    change_figure,
    keep_forecast,
    rewrite_draft,
    start_draft,
)
from servanda.business.library.facts import DraftFacts
from servanda.business.library.queries import acceptances_of, checked_draft
from servanda.business.library.queries import draft as draft_of
from servanda.ground.calendar import moment_of
from servanda.ground.money import Money
from servanda.ground.refusal import WrongDocument
from servanda.terms.clauses import CustomerKind
from servanda.terms.editing import NotEdited

pytestmark = pytest.mark.django_db

BUSINESS, CONSUMER = CustomerKind.BUSINESS, CustomerKind.CONSUMER
BEGAN = date(2024, 7, 1)
SENT = date(2027, 6, 1)
EFFECT = date(2027, 7, 1)
PRODUCTS = {"vicevaert": "subscription", "simsoft": "webhotel"}
EVA, OLE = "staff:eva", "staff:ole"


def company(slug: str = "vicevaert") -> CompanyFacts:
    return add_company(
        slug=slug,
        name=slug.title(),
        legal_name=f"{slug} (eksempel) ApS",
        cvr="99005203",
        address_lines=("Eksempelvej 1",),
        email="post@eksempel.example",
        phone="",
        web="",
        bank_registration="9995",
        bank_account="0000200202",
        iban="DK2999950000200202",
        fik_creditor="80000022",
        colour="#333333",
        language="da",
        fiscal_year_starts_month=1,
        clock_on=SENT,
    )


def customer(of: CompanyFacts, number: str, kind: CustomerKind = BUSINESS, language: str = "da") -> tuple[int, int]:
    """Return a new customer and their contract."""
    agreement = library_of(of.slug).version(library_of(of.slug).versions[0])
    details = CustomerDetails(
        number=number, kind=kind, name=f"Prøve {number}", email=f"k{number}@eksempel.example", language=language
    )
    customer_id = add_customer(of.company_id, details, today=BEGAN, at=moment_of(BEGAN))[0]
    product = PRODUCTS[of.slug]
    concluded = conclude_contract(
        company_id=of.company_id,
        customer_id=customer_id,
        number=f"K-{number}",
        acceptance=Acceptance(
            version=agreement.version, language="da", sha256=agreement.sha256, at=moment_of(BEGAN), how="import"
        ),
        began_on=BEGAN,
        lines=(
            NewLine(
                product_code=product,
                plan_code=f"{product}-plan",
                interval_months=12,
                began_on=BEGAN,
                term_months=12,
                own_price=Money(1_000_00),
            ),
        ),
        terms=conclusion_terms(agreement, product=product, customer=kind, on=BEGAN),
        today=BEGAN,
        at=moment_of(BEGAN),
    )
    return customer_id, concluded.contract_id


def drafted(of: CompanyFacts, *, change: str = "ordinary", effect_on: date = EFFECT) -> DraftFacts:
    """Return a draft in which invoices are payable a week later than before, with its forecast and its reason."""
    base = library_of(of.slug).versions[0]
    draft = start_draft(
        of, base_version=base, version="2027-07", effective_on=effect_on, change=change, by=EVA, at=moment_of(SENT)
    )
    if of.slug == "vicevaert":
        draft = change_figure(
            draft.draft_id, clause="14.1", rule=0, field="days", written="15", by=EVA, at=moment_of(SENT)
        )
    if of.slug == "simsoft":
        danish = draft.danish.replace("# 1. ", "# 1. Ny: ", 1).replace("## 1.1 ", "## 1.1 Nyt: ", 1)
        english = draft.english.replace("# 1. ", "# 1. New: ", 1).replace("## 1.1 ", "## 1.1 New: ", 1)
        draft = rewrite_draft(draft.draft_id, danish=danish, english=english, by=EVA, at=moment_of(SENT))
    draft = rewrite_draft(draft.draft_id, reason="Vi giver længere frist.", by=EVA, at=moment_of(SENT))
    return keep_forecast(draft.draft_id, {"hit": 0}, fingerprint=draft.fingerprint)


def published(of: CompanyFacts, *, today: date = SENT, change: str = "ordinary", effect_on: date = EFFECT) -> int:
    draft = drafted(of, change=change, effect_on=effect_on)
    for person in (EVA, OLE):
        approve_draft(draft.draft_id, fingerprint=draft.fingerprint, by=person, at=moment_of(today))
    return publish_change(of, draft.draft_id, products=catalogue_of(of.slug).codes, today=today, at=moment_of(today))


def post(of: CompanyFacts, customer_id: int, *, on: date, state: str = "accepted") -> None:
    """Let the receiving server answer the customer's letter on a day."""
    for written in letters_to_render(of.company_id, limit=100):
        keep_document(written.letter_id, b"%PDF", at=moment_of(on))
    letters = claim_letters(of.company_id, limit=100, now=moment_of(on))
    assert letters
    mine = [letter for letter in letters if letter.customer_id == customer_id]
    others = [letter for letter in letters if letter.customer_id != customer_id]
    outcomes = [Outcome(letter.letter_id, state, "250 ok" if state == "accepted" else "550 no") for letter in mine]
    record_outcomes(outcomes, at=moment_of(on), today=on, retry_at=moment_of(on))
    record_outcomes(
        [Outcome(letter.letter_id, "waiting", "450 later") for letter in others],
        at=moment_of(on),
        today=on,
        retry_at=moment_of(on),
    )


def letter_of(customer_id: int) -> LetterFacts:
    (letter,) = letters_of_customer(customer_id)
    return letter


def follow(of: CompanyFacts, on: date) -> None:
    follow_successions(of, today=on, at=moment_of(on))


def version(contract_id: int, customer_id: int) -> str:
    (only,) = lines_of_customer(customer_id)
    assert only.contract_id == contract_id
    return only.terms_version


def test_who_was_told_in_time_is_bound_from_the_day_and_the_acceptance_stays_as_it_was() -> None:
    of = company()
    customer_id, contract_id = customer(of, "1")
    published(of)
    post(of, customer_id, on=SENT)
    follow(of, EFFECT - timedelta(days=1))
    assert version(contract_id, customer_id) == "2023-09"
    follow(of, EFFECT)
    follow(of, EFFECT)
    assert version(contract_id, customer_id) == "2027-07"
    assert contract(contract_id).acceptance.version == "2023-09"
    (succession,) = successions_of(contract_id)
    assert (succession.told_on, succession.bound_on) == (SENT, EFFECT)


def test_the_notice_tells_the_difference_the_day_and_the_way_out() -> None:
    of = company()
    customer_id, _ = customer(of, "1")
    english_id, _ = customer(of, "2", language="en")
    published(of)
    letter = letter_of(customer_id)
    assert letter.kind == "terms"
    assert "14.1" in letter.text
    assert "15 dage" in letter.text
    assert "Vi giver længere frist." in letter.text
    assert "torsdag den 1. juli 2027" in letter.text
    assert "torsdag den 17. juni 2027" in letter.text
    assert "15 days" in letter_of(english_id).text


def test_without_proof_of_delivery_nobody_is_bound_however_long_it_takes() -> None:
    of = company()
    customer_id, contract_id = customer(of, "1")
    published(of)
    post(of, customer_id, on=SENT, state="rejected")
    follow(of, EFFECT + timedelta(days=200))
    assert version(contract_id, customer_id) == "2023-09"


def test_a_notice_that_was_delivered_late_moves_the_day_for_that_customer_only() -> None:
    of = company()
    prompt_id, prompt = customer(of, "1")
    late_id, late = customer(of, "2")
    published(of)
    post(of, prompt_id, on=SENT)
    post(of, late_id, on=SENT + timedelta(days=9))
    follow(of, EFFECT)
    assert version(prompt, prompt_id) == "2027-07"
    assert version(late, late_id) == "2023-09"
    follow(of, date(2027, 7, 9))
    assert version(late, late_id) == "2023-09"
    follow(of, date(2027, 7, 10))
    assert version(late, late_id) == "2027-07"


@pytest.mark.parametrize(("given", "ends_on"), [(date(2027, 6, 17), date(2027, 6, 30)), (date(2027, 6, 18), None)])
def test_who_leaves_in_time_never_comes_under_the_new_terms(given: date, ends_on: date | None) -> None:
    of = company()
    customer_id, contract_id = customer(of, "1")
    published(of)
    post(of, customer_id, on=SENT)
    follow(of, SENT)
    (succession,) = successions_of(contract_id)
    notice = GivenNotice(given_on=given, channel="e-mail")
    (receipt,) = leave_because_of_change(
        succession.succession_id, notice, today=given, at=moment_of(given), by="customer"
    )
    assert receipt.ends_on == ends_on
    follow(of, EFFECT)
    (only,) = lines_of_customer(customer_id)
    assert only.until == (EFFECT if ends_on else None)
    assert only.terms_version == ("2023-09" if ends_on else "2027-07")


def test_a_longer_warning_that_was_agreed_moves_the_day_and_the_way_out_for_that_customer_only() -> None:
    of = company()
    plain_id, plain = customer(of, "1")
    own_id, own = customer(of, "2")
    draft = DeviationDraft(
        kind="terms-change",
        written={"change": "ordinary", "days": 60, "exit_days_before": 5},
        since=SENT,
        until=date(2028, 6, 1),
        reason="Aftalt ved ordren.",
        approved_by=(EVA,),
    )
    agree_rule_deviation(own, draft, today=SENT, at=moment_of(SENT), by=EVA)
    published(of)
    assert [successions_of(one)[0].effect_on for one in (plain, own)] == [EFFECT, date(2027, 7, 31)]
    post(of, plain_id, on=SENT)
    post(of, own_id, on=SENT + timedelta(days=3))
    follow(of, EFFECT)
    assert [version(plain, plain_id), version(own, own_id)] == ["2027-07", "2023-09"]
    follow(of, date(2027, 8, 2))
    (succession,) = successions_of(own)
    assert (succession.effect_on, succession.leave_until) == (date(2027, 8, 3), date(2027, 7, 29))
    given = date(2027, 7, 29)
    notice = GivenNotice(given_on=given, channel="e-mail")
    (receipt,) = leave_because_of_change(
        succession.succession_id, notice, today=given, at=moment_of(given), by="customer"
    )
    assert receipt.ends_on == date(2027, 8, 2)
    assert any(one.source == "Særaftale" for one in receipt.because)


def test_who_has_given_notice_already_is_not_bound_for_what_is_left() -> None:
    of = company()
    customer_id, contract_id = customer(of, "1")
    (only,) = lines_of_customer(customer_id)
    given = date(2027, 5, 20)
    receive_notice(
        only.line_id,
        GivenNotice(given_on=given, channel="e-mail"),
        ending_terms_of(only, on=given),
        today=given,
        at=moment_of(given),
    )
    published(of)
    post(of, customer_id, on=SENT)
    follow(of, EFFECT)
    assert line(only.line_id).terms_version == "2023-09"
    assert not successions_of(contract_id)[0].is_open


def test_a_favourable_change_binds_us_without_a_notice() -> None:
    of = company()
    customer_id, contract_id = customer(of, "1")
    published(of, change="favourable", effect_on=SENT)
    assert not letters_of_customer(customer_id)
    follow(of, SENT)
    assert version(contract_id, customer_id) == "2027-07"


def test_terms_that_know_no_change_ask_each_customer_for_a_yes() -> None:
    of = company("simsoft")
    customer_id, contract_id = customer(of, "1")
    published(of, change="worsening")
    assert "Gør du ikke noget, gælder de gamle fortsat" in letter_of(customer_id).text
    post(of, customer_id, on=SENT)
    follow(of, EFFECT + timedelta(days=100))
    assert version(contract_id, customer_id) == library_of("simsoft").versions[0]
    (succession,) = successions_of(contract_id)
    yes_on = EFFECT + timedelta(days=101)
    assert accept_version(succession.succession_id, on=yes_on, at=moment_of(yes_on), by=EVA, accepted_by="Alma Prøve")
    follow(of, yes_on)
    assert version(contract_id, customer_id) == "2027-07"
    newest = acceptances_of(customer_id)[0]
    assert (newest.version, newest.accepted_by) == ("2027-07", "Alma Prøve")
    assert newest.how == "noted by staff"  # nothing is claimed of how the customer said it


def test_a_consumer_is_told_by_a_notice_that_lets_them_leave_until_the_day_before() -> None:
    of = company()
    customer_id, contract_id = customer(of, "1", kind=CONSUMER)
    published(of)
    (succession,) = successions_of(contract_id)
    assert succession.effect_on == date(2027, 8, 1)
    assert succession.leave_until == date(2027, 7, 31)
    assert "lørdag den 31. juli 2027" in letter_of(customer_id).text


def test_telling_again_finds_only_who_came_meanwhile() -> None:
    of = company()
    customer(of, "1")
    change_id = published(of)
    assert tell_customers(of, change_id, today=SENT, at=moment_of(SENT)) == 0
    customer_id, _ = customer(of, "2")
    assert tell_customers(of, change_id, today=SENT, at=moment_of(SENT)) == 1
    assert letter_of(customer_id).kind == "terms"


def test_one_person_is_not_enough_and_a_changed_text_needs_both_again() -> None:
    of = company()
    draft = drafted(of)
    approve_draft(draft.draft_id, fingerprint=draft.fingerprint, by=EVA, at=moment_of(SENT))
    approve_draft(draft.draft_id, fingerprint=draft.fingerprint, by=EVA, at=moment_of(SENT))
    products = catalogue_of(of.slug).codes
    with pytest.raises(NotPublished, match="two persons; only staff:eva has said yes"):
        publish_change(of, draft.draft_id, products=products, today=SENT, at=moment_of(SENT))
    approve_draft(draft.draft_id, fingerprint=draft.fingerprint, by=OLE, at=moment_of(SENT))
    rewrite_draft(draft.draft_id, danish=draft.danish + "\n", by=EVA, at=moment_of(SENT))
    assert draft_of(draft.draft_id).approved_by == ()
    assert draft_of(draft.draft_id).forecast is None
    with pytest.raises(NotPublished, match="nobody has said yes"):
        publish_change(of, draft.draft_id, products=products, today=SENT, at=moment_of(SENT))
    with pytest.raises(NotADraft, match="was changed after you opened it"):
        approve_draft(draft.draft_id, fingerprint=draft.fingerprint, by=OLE, at=moment_of(SENT))


def test_a_yes_needs_a_forecast_and_a_reason() -> None:
    of = company()
    base = library_of(of.slug).versions[0]
    draft = start_draft(
        of, base_version=base, version="2027-07", effective_on=EFFECT, change="ordinary", by=EVA, at=moment_of(SENT)
    )
    with pytest.raises(NotADraft, match="who is hit"):
        approve_draft(draft.draft_id, fingerprint=draft.fingerprint, by=EVA, at=moment_of(SENT))
    keep_forecast(draft.draft_id, {}, fingerprint=draft.fingerprint)
    with pytest.raises(NotADraft, match="no reason"):
        approve_draft(draft.draft_id, fingerprint=draft.fingerprint, by=EVA, at=moment_of(SENT))


@pytest.mark.parametrize(
    ("written", "told"), [("0", "1 to 400"), ("3650", "1 to 400"), ("to uger", "whole number"), ("", "whole number")]
)
def test_a_figure_out_of_its_bounds_leaves_the_draft_as_it_was(written: str, told: str) -> None:
    of = company()
    draft = drafted(of)
    with pytest.raises(NotEdited, match=told):
        change_figure(draft.draft_id, clause="14.1", rule=0, field="days", written=written, by=EVA, at=moment_of(SENT))
    assert draft_of(draft.draft_id).danish == draft.danish


def test_a_settled_succession_takes_no_more_answers() -> None:
    of = company()
    customer_id, contract_id = customer(of, "1")
    published(of)
    post(of, customer_id, on=SENT)
    follow(of, EFFECT)
    (succession,) = successions_of(contract_id)
    with pytest.raises(ContractRefused, match="settled"):
        accept_version(succession.succession_id, on=EFFECT, at=moment_of(EFFECT), by=EVA, accepted_by="Alma Prøve")


def unfit(of: CompanyFacts, *, change: str = "ordinary", days: str = "15", **texts: tuple[str, str]) -> DraftFacts:
    """Return a draft that somebody spoiled: `texts` say what stands in the Danish one, and what in its place."""
    draft = start_draft(
        of, base_version="2023-09", version="2027-07", effective_on=EFFECT, change=change, by=EVA, at=moment_of(SENT)
    )
    draft = change_figure(draft.draft_id, clause="14.1", rule=0, field="days", written=days, by=EVA, at=moment_of(SENT))
    danish = draft.danish
    for old, new in texts.values():
        assert old in danish
        danish = danish.replace(old, new, 1)
    draft = rewrite_draft(draft.draft_id, danish=danish, reason="Prøve.", by=EVA, at=moment_of(SENT))
    return keep_forecast(draft.draft_id, {}, fingerprint=draft.fingerprint)


@pytest.mark.parametrize(
    ("change", "days", "texts", "told"),
    [
        ("favourable", "3", {}, "worse for the customer"),
        ("minor", "3", {}, "worse for the customer"),
        ("ordinary", "8", {}, "says the same as version 2023-09"),
        ("ordinary", "15", {"day": ("2027-07-01", "2020-01-01")}, "which has passed"),
        ("ordinary", "15", {"name": ('version = "2027-07"', 'version = "77"')}, "the draft is of version 2027-07"),
    ],
)
def test_what_must_not_be_published_gets_no_yes_and_is_a_problem_of_the_draft(
    change: str, days: str, texts: dict[str, tuple[str, str]], told: str
) -> None:
    of = company()
    draft = unfit(of, change=change, days=days, **texts)
    found = checked_draft(of.slug, draft, products=catalogue_of(of.slug).codes).problems
    assert any(told in problem.message for problem in found)
    with pytest.raises(WrongDocument, match=told):
        approve_draft(draft.draft_id, fingerprint=draft.fingerprint, by=EVA, at=moment_of(SENT))


def test_a_better_figure_may_be_favourable() -> None:
    of = company()
    draft = unfit(of, change="favourable", days="15")
    approved = approve_draft(draft.draft_id, fingerprint=draft.fingerprint, by=EVA, at=moment_of(SENT))
    assert approved.approved_by == (EVA,)


def test_another_reason_needs_both_to_say_yes_again_and_keeps_the_forecast() -> None:
    of = company()
    draft = drafted(of)
    for person in (EVA, OLE):
        approve_draft(draft.draft_id, fingerprint=draft.fingerprint, by=person, at=moment_of(SENT))
    changed = rewrite_draft(draft.draft_id, reason="Noget andet.", by=EVA, at=moment_of(SENT))
    assert changed.approved_by == ()
    assert changed.forecast is not None
    with pytest.raises(NotPublished, match="nobody has said yes"):
        publish_change(of, draft.draft_id, products=catalogue_of(of.slug).codes, today=SENT, at=moment_of(SENT))


def test_a_draft_that_waited_too_long_is_not_published_on_a_day_that_has_passed() -> None:
    of = company()
    draft = drafted(of)
    for person in (EVA, OLE):
        approve_draft(draft.draft_id, fingerprint=draft.fingerprint, by=person, at=moment_of(SENT))
    late = EFFECT + timedelta(days=1)
    with pytest.raises(WrongDocument, match="which has passed"):
        publish_change(of, draft.draft_id, products=catalogue_of(of.slug).codes, today=late, at=moment_of(late))


def test_a_day_that_moved_is_told_by_a_letter_of_its_own_once() -> None:
    of = company()
    customer_id, _ = customer(of, "1")
    published(of)
    late = SENT + timedelta(days=9)
    post(of, customer_id, on=late)
    follow(of, late)
    follow(of, late)
    newest, first = letters_of_customer(customer_id)
    assert first.key == newest.key.partition(":later:")[0]
    assert "lørdag den 10. juli 2027" in newest.text
    assert "lørdag den 26. juni 2027" in newest.text


@pytest.mark.parametrize("given_on", [date(2020, 1, 1), SENT - timedelta(days=1), SENT + timedelta(days=2)])
def test_an_exit_on_an_impossible_day_is_refused(given_on: date) -> None:
    of = company()
    customer_id, contract_id = customer(of, "1")
    published(of)
    post(of, customer_id, on=SENT)
    follow(of, SENT)
    (succession,) = successions_of(contract_id)
    today = SENT + timedelta(days=1)
    with pytest.raises(ContractRefused, match="cannot have left"):
        leave_because_of_change(
            succession.succession_id,
            GivenNotice(given_on=given_on, channel="e-mail"),
            today=today,
            at=moment_of(today),
            by=EVA,
        )
    assert lines_of_customer(customer_id)[0].until is None


def test_a_published_draft_stays_readable_with_its_forecast() -> None:
    of = company()
    draft = drafted(of)
    for person in (EVA, OLE):
        approve_draft(draft.draft_id, fingerprint=draft.fingerprint, by=person, at=moment_of(SENT))
    products = catalogue_of(of.slug).codes
    publish_change(of, draft.draft_id, products=products, today=SENT, at=moment_of(SENT))
    kept = draft_of(draft.draft_id)
    assert kept.state == "published"
    assert kept.forecast is not None
    assert kept.approved_by == (EVA, OLE)
    assert checked_draft(of.slug, kept, products=products).is_sound
