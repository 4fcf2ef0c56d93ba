"""Somebody is invited, takes the invitation up once, and acts until their right is ended."""

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from django.contrib.auth import get_user_model

from servanda.business.access.actions import (
    INVITATION_DAYS,
    AccessRefused,
    PasswordRefused,
    end_membership,
    invite,
    take_up_invitation,
)
from servanda.business.access.facts import Role
from servanda.business.access.models import Invitation
from servanda.business.access.queries import invitation_by, members_of, membership
from servanda.business.companies.facts import CompanyFacts
from servanda.business.customers.queries import customer
from servanda.business.letters.queries import letters_of_customer
from servanda.terms.clauses import CustomerKind
from tests.faces.office import office_world

NOW = datetime(2026, 9, 1, 10, tzinfo=UTC)
TODAY = NOW.date()
SECRETS = (f"secret{number}" for number in count())
GOOD = "en hel sætning er god"

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> CompanyFacts:
    return office_world.a_company("safe-it", clock_on=TODAY)


@pytest.fixture
def buyer(here: CompanyFacts) -> int:
    return office_world.a_customer(here, "1001", "Kaj Kunde", CustomerKind.BUSINESS)


def invited(here: CompanyFacts, buyer: int, *, email: str = "kaj@kunde.example", role: Role = Role.HOLDER) -> str:
    """Invite somebody, and return the secret of the link in their letter."""
    link = f"http://x/my/invitation/{next(SECRETS)}/"
    invite(here, buyer, email=email, role=role, link=link, by="staff:1", today=TODAY, at=NOW)
    letters = [
        one
        for one in letters_of_customer(buyer)
        if one.kind == "invitation" and one.recipient == email.strip().casefold()
    ]
    (link,) = (line for line in letters[0].text.splitlines() if line.startswith("http://x/my/invitation/"))
    return link.rstrip("/").rpartition("/")[2]


def test_an_invitation_becomes_a_right_to_act(here: CompanyFacts, buyer: int) -> None:
    secret = invited(here, buyer, email=" Kaj@Kunde.example ")
    user_id = take_up_invitation(secret, password=GOOD, today=TODAY, at=NOW)
    member = membership(user_id, company="safe-it", customer="1001")
    assert member is not None
    assert (member.name, member.role) == ("kaj@kunde.example", Role.HOLDER)
    user = get_user_model().objects.get(pk=user_id)
    assert user.check_password(GOOD)
    assert not user.is_staff


def test_only_the_hash_of_the_secret_is_kept(here: CompanyFacts, buyer: int) -> None:
    secret = invited(here, buyer)
    row = Invitation.objects.get()
    assert secret not in {str(value) for value in vars(row).values()}
    found = invitation_by(secret, at=NOW)
    assert found is not None
    assert found.customer_name == customer(buyer).name


def test_a_link_works_once(here: CompanyFacts, buyer: int) -> None:
    secret = invited(here, buyer)
    take_up_invitation(secret, password=GOOD, today=TODAY, at=NOW)
    with pytest.raises(AccessRefused, match="cannot be used"):
        take_up_invitation(secret, password=GOOD, today=TODAY, at=NOW)


def test_a_link_works_for_some_days(here: CompanyFacts, buyer: int) -> None:
    secret = invited(here, buyer)
    late = NOW + timedelta(days=INVITATION_DAYS)
    assert invitation_by(secret, at=late) is None
    with pytest.raises(AccessRefused):
        take_up_invitation(secret, password=GOOD, today=TODAY, at=late)


def test_a_new_invitation_withdraws_the_one_before(here: CompanyFacts, buyer: int) -> None:
    first = invited(here, buyer)
    invited(here, buyer)
    assert invitation_by(first, at=NOW) is None


@pytest.mark.parametrize("password", ["", "kort", "password123", "0123456789"])
def test_a_simple_password_is_refused_and_the_link_still_works(here: CompanyFacts, buyer: int, password: str) -> None:
    secret = invited(here, buyer)
    with pytest.raises(PasswordRefused):
        take_up_invitation(secret, password=password, today=TODAY, at=NOW)
    assert take_up_invitation(secret, password=GOOD, today=TODAY, at=NOW)


def test_a_link_in_foreign_hands_opens_no_account(here: CompanyFacts, buyer: int) -> None:
    known = get_user_model().objects.create_user("kaj@kunde.example", password=GOOD)
    secret = invited(here, buyer)
    with pytest.raises(AccessRefused, match="has a login already"):
        take_up_invitation(secret, password="et helt andet kodeord", today=TODAY, at=NOW)
    assert known.check_password(GOOD)
    assert take_up_invitation(secret, user_id=known.pk, today=TODAY, at=NOW) == known.pk


def test_a_foreign_customer_and_a_wrong_address_are_refused(here: CompanyFacts, buyer: int) -> None:
    other = office_world.a_company("simsoft", clock_on=TODAY)
    with pytest.raises(AccessRefused, match="another company"):
        invite(
            other, buyer, email="a@b.example", role=Role.HOLDER, link="http://x/s/", by="staff:1", today=TODAY, at=NOW
        )
    with pytest.raises(AccessRefused, match="no e-mail address"):
        invite(here, buyer, email="nonsense", role=Role.HOLDER, link="http://x/s/", by="staff:1", today=TODAY, at=NOW)


def test_an_ended_right_is_gone_and_the_last_holder_stays(here: CompanyFacts, buyer: int) -> None:
    holder = take_up_invitation(invited(here, buyer), password=GOOD, today=TODAY, at=NOW)
    tech = take_up_invitation(
        invited(here, buyer, email="tina@kunde.example", role=Role.TECHNICAL), password=GOOD, today=TODAY, at=NOW
    )
    ids = {one.user_id: one.membership_id for one in members_of(buyer)}
    end_membership(ids[tech], customer_id=buyer, by=f"user:{holder}", today=TODAY, at=NOW)
    assert membership(tech, company="safe-it", customer="1001") is None
    with pytest.raises(AccessRefused, match="must hold"):
        end_membership(ids[holder], customer_id=buyer, by=f"user:{holder}", today=TODAY, at=NOW)
    end_membership(ids[holder], customer_id=buyer, by="staff:1", today=TODAY, at=NOW)
    assert members_of(buyer) == ()
