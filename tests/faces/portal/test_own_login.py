"""Somebody looks after their own login: another password and address, a forgotten one, and where they are signed in."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone

from servanda.business.access.decisions import is_built_on, is_first_tried
from servanda.business.access.facts import Role
from servanda.business.access.models import Mail, Sitting
from servanda.business.companies.facts import CompanyFacts
from servanda.business.identity.actions import add_factor
from servanda.business.identity.queries import factors_of
from servanda.faces.parts.factors import new_secret, sealed
from tests.faces.portal.conftest import browser_of

OLD, NEW = "en hel sætning", "tre grønne katte på taget"
KNOWN = frozenset({"password", "football", "letmein"})


def another(kaj: Client) -> Client:
    """The same person at another browser."""
    browser = Client(SERVER_NAME=settings.ALLOWED_HOSTS[0], HTTP_ACCEPT_LANGUAGE="en")
    browser.force_login(get_user_model().objects.get(username="kaj@kunde.example"))
    browser.get("/my/you/")
    return browser


def link_of(kind: str) -> str:
    found = re.search(r"(/my/\S+)", Mail.objects.filter(kind=kind).latest("id").text)
    assert found is not None
    return found[1]


def test_a_forgotten_password_is_chosen_anew_and_signs_all_out(kaj: Client, here: CompanyFacts) -> None:
    kaj.get("/my/you/")
    nobody = Client(SERVER_NAME=settings.ALLOWED_HOSTS[0], HTTP_ACCEPT_LANGUAGE="en")
    nobody.post("/my/password/", {"email": "KAJ@kunde.example"})
    link = link_of("password")
    assert nobody.get(link).status_code == 200
    assert nobody.post(link, {"password": "Sommer2026!"}).status_code == 422
    assert nobody.post(link, {"password": NEW}).status_code == 302
    assert get_user_model().objects.get(username="kaj@kunde.example").check_password(NEW)
    assert nobody.get("/my/you/").status_code == 200
    assert kaj.get("/my/you/").status_code == 302
    assert nobody.post(link, {"password": NEW}).status_code == 404
    assert Mail.objects.filter(kind="password changed").count() == 1


def test_a_forgotten_password_is_no_way_around_a_second_proof(kaj: Client) -> None:
    user = get_user_model().objects.get(username="kaj@kunde.example")
    add_factor(user.pk, "code", name="App", material=sealed(new_secret()), counter=1, at=timezone.now())
    nobody = Client(SERVER_NAME=settings.ALLOWED_HOSTS[0])
    nobody.post("/my/password/", {"email": "kaj@kunde.example"})
    assert nobody.post(link_of("password"), {"password": NEW})["Location"] == "/choices/second/"
    assert nobody.get("/my/you/").status_code == 302


def test_forgetting_tells_nobody_who_is_a_customer(kaj: Client) -> None:
    nobody = Client(SERVER_NAME=settings.ALLOWED_HOSTS[0])
    pages = []
    for email in ("kaj@kunde.example", "ukendt@kunde.example"):
        html = nobody.post("/my/password/", {"email": email}).content.decode()
        pages.append(re.sub(r'value="[^"]{30,}"', "", html.replace(email, "X")))
    assert pages[0] == pages[1]
    assert Mail.objects.count() == 1


def test_staff_are_not_let_in_by_a_forgotten_password(kaj: Client) -> None:
    user = get_user_model().objects.get(username="kaj@kunde.example")
    user.is_staff = True
    user.save(update_fields=["is_staff"])
    kaj.post("/my/password/", {"email": "kaj@kunde.example"})
    assert Mail.objects.count() == 0


def test_the_password_is_changed_by_who_knows_it_and_others_are_signed_out(kaj: Client) -> None:
    kaj.get("/my/you/")
    elsewhere = another(kaj)
    assert "not right" in kaj.post("/my/you/password/", {"old": "x", "password": NEW}, follow=True).content.decode()
    assert "is changed" in kaj.post("/my/you/password/", {"old": OLD, "password": NEW}, follow=True).content.decode()
    assert elsewhere.get("/my/you/").status_code == 302
    assert kaj.get("/my/you/").status_code == 200


def test_another_address_is_proven_and_the_former_one_can_undo_it(kaj: Client) -> None:
    kaj.post("/my/you/email/", {"old": OLD, "email": "kaj@ny.example"})
    link = link_of("e-mail")
    kaj.get(link)
    users = get_user_model().objects
    assert users.filter(username="kaj@kunde.example").exists()
    kaj.post(link)
    assert users.filter(username="kaj@ny.example").exists()
    told = Mail.objects.get(kind="e-mail changed")
    assert told.recipient == "kaj@kunde.example"
    thief = kaj
    owner = Client(SERVER_NAME=settings.ALLOWED_HOSTS[0])
    owner.post(link_of("e-mail changed"), {"password": NEW})
    user = users.get(username="kaj@kunde.example")
    assert user.check_password(NEW)
    assert thief.get("/my/you/").status_code == 302


def test_proofs_of_a_thief_go_with_the_change_that_is_undone(kaj: Client) -> None:
    user = get_user_model().objects.get(username="kaj@kunde.example")
    own = add_factor(user.pk, "passkey", name="Egen", material=b"x", counter=0, at=timezone.now() - timedelta(days=1))
    kaj.post("/my/you/email/", {"old": OLD, "email": "kaj@ny.example"})
    kaj.post(link_of("e-mail"))
    add_factor(user.pk, "code", name="App", material=sealed(new_secret()), counter=1, at=timezone.now())
    Client(SERVER_NAME=settings.ALLOWED_HOSTS[0]).post(link_of("e-mail changed"), {"password": NEW})
    assert [one.factor_id for one in factors_of(user.pk)] == [own.factor_id]


def test_an_address_that_signs_in_already_is_not_told_of(kaj: Client, other: Client) -> None:
    html = [
        kaj.post("/my/you/email/", {"old": OLD, "email": email}, follow=True).content.decode()
        for email in ("olga@anden.example", "fri@anden.example")
    ]
    assert all("If the address can be used" in one for one in html)
    assert [one.recipient for one in Mail.objects.all()] == ["fri@anden.example"]


def test_a_sitting_ends_elsewhere_and_by_standing_still(kaj: Client, other: Client) -> None:
    kaj.get("/my/you/")
    elsewhere = another(kaj)
    olga = other.get("/my/you/")
    assert olga.status_code == 200
    theirs = Sitting.objects.get(user__username="olga@anden.example")
    kaj.post("/my/you/sittings/", {"sitting": str(theirs.pk)})
    assert other.get("/my/you/").status_code == 200
    kaj.post("/my/you/sittings/", {"sitting": "others"})
    assert elsewhere.get("/my/you/").status_code == 302
    assert kaj.get("/my/you/").status_code == 200
    Sitting.objects.filter(user__username="kaj@kunde.example").update(seen_at=timezone.now() - timedelta(minutes=61))
    assert kaj.get("/my/you/").status_code == 302


def test_only_hashes_and_networks_are_kept(kaj: Client) -> None:
    kaj.get("/my/you/")
    row = Sitting.objects.get()
    assert kaj.session.session_key not in {str(value) for value in vars(row).values()}
    assert row.network == "127.0.0.0/24"


@pytest.mark.parametrize(
    "password",
    ["Password123!", "P4ssw0rd2026", "F00tball!!99", "Sommer2026!", "qwertyuiop12", "1234567890ab", "abcabcabcabc",
     "31-12-1990 12", "aaaaaaaaaaaa", "København1167", "0987654321qw"],
)  # fmt: skip
def test_what_is_tried_first_is_refused(password: str) -> None:
    assert is_first_tried(password, KNOWN)


@pytest.mark.parametrize("password", [OLD, NEW, "korrekt hest batteri", "xK9#vLq2mT8w", "jeg cykler hver mandag"])
def test_what_is_hard_to_guess_is_taken(password: str) -> None:
    assert not is_first_tried(password, KNOWN)


def test_ones_own_name_is_no_password() -> None:
    assert is_built_on("Kajkunde2026", ("kajkunde", "example"))
    assert not is_built_on("kajkunde rider på elefanter", ("kajkunde",))


def test_a_role_changes_no_others_login(here: CompanyFacts, kaj_id: int, kaj: Client) -> None:
    tina = browser_of(here, kaj_id, "tina@kunde.example", Role.TECHNICAL)
    tina.post("/my/you/password/", {"old": OLD, "password": NEW})
    assert get_user_model().objects.get(username="kaj@kunde.example").check_password(OLD)
