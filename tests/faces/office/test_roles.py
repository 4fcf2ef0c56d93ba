"""What each role may do: every act of staff is asked for by everybody, and done by those alone who may."""

import re

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from servanda.business.companies.facts import CompanyFacts
from servanda.business.identity.actions import IdentityRefused, add_factor, add_staff, end_role, give_role
from servanda.business.identity.facts import POWERS, Power, StaffRole
from servanda.business.identity.queries import factors_of, roles_of
from servanda.faces.parts.access import check_that_every_act_takes_a_power
from servanda.faces.parts.powers import ACTS
from servanda.ground.calendar import moment_of
from tests.faces.office.office_world import BEGAN_ON, PASSWORD
from tests.faces.office.test_access import STAFF

AT = moment_of(BEGAN_ON)
CHANGES = [address for address, rule in STAFF if "POST" in rule.methods]


def browser_of(role: StaffRole) -> Client:
    name = f"a-{role.value}"
    user_id = add_staff(name, role=role, by="staff:1", at=AT)
    browser = Client(SERVER_NAME=settings.ALLOWED_HOSTS[0])
    browser.force_login(get_user_model().objects.get(pk=user_id))
    return browser


def test_every_act_takes_a_power(monkeypatch: pytest.MonkeyPatch) -> None:
    assert check_that_every_act_takes_a_power() == []
    monkeypatch.setattr("servanda.faces.parts.access.ACTS", {})
    found = check_that_every_act_takes_a_power()
    assert len(found) == len(CHANGES) == len(ACTS)
    assert {one.id for one in found} == {"servanda.E102"}


@pytest.mark.parametrize("role", StaffRole)
def test_each_role_does_what_it_may_and_nothing_else(here: CompanyFacts, role: StaffRole) -> None:
    browser = browser_of(role)
    refused = set()
    for address in CHANGES:
        answer = browser.post(address)
        name = answer.wsgi_request.resolver_match.view_name
        if answer.status_code == 403:
            refused.add(name)
            assert "Spørg en ejer" in answer.content.decode()
    assert refused == {name for name, needed in ACTS.items() if needed.power not in POWERS[role]}


@pytest.mark.parametrize("role", StaffRole)
def test_every_role_reads_every_page(here: CompanyFacts, role: StaffRole) -> None:
    browser = browser_of(role)
    for address, rule in STAFF:
        if "GET" in rule.methods:
            assert browser.get(address).status_code != 403, address


def test_who_has_no_role_any_more_is_no_staff(here: CompanyFacts) -> None:
    browser = browser_of(StaffRole.SUPPORT)
    assert browser.get("/").status_code == 200
    user = get_user_model().objects.get(username="a-support")
    end_role(user.pk, StaffRole.SUPPORT, by="staff:1", at=AT)
    assert browser.get("/").status_code == 403
    assert roles_of(user.pk) == frozenset()


def test_somebody_stays_owner(here: CompanyFacts) -> None:
    eva = get_user_model().objects.get(username="eva")
    with pytest.raises(IdentityRefused, match="Somebody must be owner"):
        end_role(eva.pk, StaffRole.OWNER, by="staff:1", at=AT)
    other = add_staff("ole", role=StaffRole.OWNER, by="staff:1", at=AT)
    end_role(eva.pk, StaffRole.OWNER, by="staff:1", at=AT)
    assert roles_of(other) == {StaffRole.OWNER}


def test_a_role_is_given_once(here: CompanyFacts) -> None:
    user = add_staff("ole", role=StaffRole.SUPPORT, by="staff:1", at=AT)
    give_role(user, StaffRole.SUPPORT, by="staff:1", at=AT)
    give_role(user, StaffRole.TECHNICIAN, by="staff:1", at=AT)
    assert roles_of(user) == {StaffRole.SUPPORT, StaffRole.TECHNICIAN}
    for wrong in ("", "x", "EVA", "a\nb", " eva", "x" * 151):
        with pytest.raises(IdentityRefused):
            add_staff(wrong, role=StaffRole.SUPPORT, by="staff:1", at=AT)


def test_an_owner_lets_somebody_in_who_chooses_a_password_and_signs_in(eva: Client) -> None:
    shown = eva.post("/staff/add/", {"name": "ole", "role": "technician"}).content.decode()
    found = re.search(r"http://[^<]*(/password/[^<]+)", shown)
    assert found is not None
    new = Client(SERVER_NAME=settings.ALLOWED_HOSTS[0])
    form = new.get(found[1], follow=True)
    assert "Vælg en adgangskode" in form.content.decode()
    chosen = {"new_password1": "eftermiddag-i-regn", "new_password2": "eftermiddag-i-regn"}
    assert new.post(form.wsgi_request.path, chosen).status_code == 302
    assert "brugt eller for gammelt" in new.get(found[1], follow=True).content.decode()
    assert new.post("/login/", {"username": "ole", "password": "eftermiddag-i-regn"}).status_code == 302
    assert "Tekniker" in new.get("/staff/").content.decode()
    assert "Luk ind" not in new.get("/staff/").content.decode()


def test_an_owner_ends_the_lost_proofs_of_another(eva: Client) -> None:
    ole = add_staff("ole", role=StaffRole.SUPPORT, by="staff:1", at=AT)
    me = get_user_model().objects.get(username="eva").pk
    for user_id in (ole, me):
        add_factor(user_id, "code", name="App", material=b"x", counter=1, at=AT)
        eva.post("/staff/end-proofs/", {"user": str(user_id)})
    assert factors_of(ole) == ()
    assert len(factors_of(me)) == 1


def test_a_grave_act_asks_who_it_is_and_is_done_with_the_answer(eva: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    ole = add_staff("ole", role=StaffRole.SUPPORT, by="staff:1", at=AT)
    session = eva.session
    session["proven_at"] = 0
    session.save()
    act, given = reverse("office:give-role"), {"user": str(ole), "role": "technician"}
    asked = eva.post(act, given)
    assert asked.status_code == 401
    assert f'name="user" value="{ole}"' in asked.content.decode()
    assert roles_of(ole) == {StaffRole.SUPPORT}
    wrong = eva.post(act, {**given, "again_password": "not this"})
    assert wrong.status_code == 401
    assert "Det var ikke rigtigt" in wrong.content.decode()
    assert "not this" not in wrong.content.decode()
    assert eva.post(act, {**given, "again_password": PASSWORD}).status_code == 302
    assert roles_of(ole) == {StaffRole.SUPPORT, StaffRole.TECHNICIAN}
    assert eva.post(reverse("office:end-role"), given).status_code == 302  # the proof holds for some minutes
    assert roles_of(ole) == {StaffRole.SUPPORT}


def test_who_guesses_at_the_question_waits(eva: Client) -> None:
    session = eva.session
    session["proven_at"] = 0
    session.save()
    for _ in range(5):
        eva.post(reverse("office:give-role"), {"again_password": "guess"})
    late = eva.post(reverse("office:give-role"), {"again_password": PASSWORD})
    assert late.status_code == 401
    assert "Vent et par minutter" in late.content.decode()


def test_roles_name_powers_that_exist() -> None:
    assert {needed.power for needed in ACTS.values()} == set(Power)
    assert POWERS[StaffRole.OWNER] == set(Power)
    assert POWERS[StaffRole.AUDITOR] == set()
