"""Second proofs: a code counts once, paper replaces a lost app once, and the password alone no longer signs in."""

import re
from datetime import timedelta

import pyotp
import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from servanda.business.identity.actions import IdentityRefused, add_factor, use_factor
from servanda.business.identity.models import RecoveryCode, SecondFactor
from servanda.business.identity.queries import factors_of
from servanda.faces.parts.factors import new_secret, sealed, step_of

PASSWORD = "en lang nok adgangskode"
pytestmark = pytest.mark.django_db


@pytest.fixture
def ida() -> Client:
    cache.clear()
    get_user_model().objects.create_user("ida", password=PASSWORD)
    browser = Client(SERVER_NAME=settings.ALLOWED_HOSTS[0])
    assert browser.post("/my/login/", {"username": "ida", "password": PASSWORD})["Location"] == "/my/"
    return browser


def with_app(browser: Client) -> tuple[pyotp.TOTP, list[str]]:
    """Add an app by its page; returns the app, and the codes for paper that were shown."""
    shown = browser.post("/choices/account/code/").content.decode()
    found = re.search(r"<code>([A-Z2-7 ]+)</code>", shown)
    assert found is not None
    app = pyotp.TOTP(found[1].replace(" ", ""))
    kept = browser.post("/choices/account/code/", {"code": app.now()})
    return app, re.findall(r"<code>([a-z0-9]{5}-[a-z0-9]{5})</code>", kept.content.decode())


def signed_in(name: str = "ida") -> tuple[Client, str]:
    browser = Client(SERVER_NAME=settings.ALLOWED_HOSTS[0])
    answer = browser.post("/my/login/", {"username": name, "password": PASSWORD})
    return browser, answer["Location"]


def later(app: pyotp.TOTP) -> str:
    """Return the code of the next step, which was not used yet."""
    return app.at(timezone.now() + timedelta(seconds=30))


def test_the_password_alone_does_not_sign_in_any_more(ida: Client) -> None:
    app, codes = with_app(ida)
    assert len(set(codes)) == 10
    browser, to = signed_in()
    assert to == "/choices/second/"
    assert browser.get("/my/").status_code == 302
    assert browser.post("/choices/second/", {"code": "000000"}).status_code == 422
    answer = browser.post("/choices/second/", {"code": later(app)})
    assert answer["Location"] == "/my/"
    assert browser.get("/choices/account/").status_code == 200


def test_a_code_counts_once(ida: Client) -> None:
    app, _ = with_app(ida)
    used = later(app)
    first, _to = signed_in()
    assert first.post("/choices/second/", {"code": used}).status_code == 302
    second, _to = signed_in()
    assert second.post("/choices/second/", {"code": used}).status_code == 422


def test_paper_replaces_a_lost_app_once(ida: Client) -> None:
    _app, codes = with_app(ida)
    for expected in (302, 422):
        browser, _to = signed_in()
        assert browser.post("/choices/second/", {"code": codes[0].upper()}).status_code == expected
    assert RecoveryCode.objects.filter(used_at__isnull=False).count() == 1


def test_a_guesser_waits(ida: Client) -> None:
    app, _ = with_app(ida)
    browser, _to = signed_in()
    for guess in range(5):
        browser.post("/choices/second/", {"code": f"00000{guess}"})
    answer = browser.post("/choices/second/", {"code": later(app)})
    assert answer.status_code == 422
    assert "Vent et par minutter" in answer.content.decode()


def test_the_second_step_is_no_way_around_the_first() -> None:
    browser = Client(SERVER_NAME=settings.ALLOWED_HOSTS[0])
    assert browser.get("/choices/second/")["Location"] == "/login/"
    assert browser.post("/choices/second/", {"code": "123456"})["Location"] == "/login/"


def test_half_a_sign_in_grows_old(ida: Client) -> None:
    app, _ = with_app(ida)
    browser, _to = signed_in()
    session = browser.session
    session["half_signed_in"] = {**session["half_signed_in"], "at": session["half_signed_in"]["at"] - 601}
    session.save()
    assert browser.post("/choices/second/", {"code": later(app)})["Location"] == "/login/"


def test_the_secret_is_sealed_and_ending_the_app_ends_the_paper(ida: Client) -> None:
    app, _ = with_app(ida)
    row = SecondFactor.objects.get()
    assert app.secret.encode() not in bytes(row.material)
    assert ida.post("/choices/account/end/", {"factor": str(row.pk)}).status_code == 302
    assert RecoveryCode.objects.count() == 0
    assert signed_in()[1] == "/my/"


def test_nobody_ends_the_proof_of_another(ida: Client) -> None:
    other = get_user_model().objects.create_user("olga", password=PASSWORD)
    factor = add_factor(other.pk, "code", name="App", material=sealed(new_secret()), counter=1, at=timezone.now())
    ida.post("/choices/account/end/", {"factor": str(factor.factor_id)})
    assert factors_of(other.pk) == (factor,)


def test_changing_proofs_asks_who_it_is(ida: Client) -> None:
    session = ida.session
    session["proven_at"] = 0
    session.save()
    for address in ("code", "passkey", "paper", "end"):
        assert ida.post(f"/choices/account/{address}/").status_code == 401
    assert ida.post("/choices/account/code/", {"again_password": PASSWORD}).status_code == 200


@pytest.mark.parametrize("answer", ["", "[]", "{}", "null", '{"id": 1}', "x" * 30_000, '{"rawId":"AA","response":{}}'])
def test_nonsense_from_a_browser_is_refused(ida: Client, answer: str) -> None:
    ida.post("/choices/account/passkey/")
    assert ida.post("/choices/account/passkey/", {"passkey": answer}).status_code in {200, 302}
    assert SecondFactor.objects.count() == 0


def test_a_counter_that_goes_back_is_a_copy_of_the_key() -> None:
    user = get_user_model().objects.create_user("olga")
    at = timezone.now()
    factor = add_factor(user.pk, "passkey", name="Nøgle", material=b"x", counter=0, at=at)
    assert use_factor(factor.factor_id, counter=0, at=at)
    assert use_factor(factor.factor_id, counter=0, at=at)
    assert use_factor(factor.factor_id, counter=7, at=at)
    assert not use_factor(factor.factor_id, counter=7, at=at)
    assert not use_factor(factor.factor_id, counter=0, at=at)


def test_ten_proofs_are_enough() -> None:
    user = get_user_model().objects.create_user("olga")
    for number in range(10):
        add_factor(user.pk, "passkey", name=str(number), material=b"x", counter=0, at=timezone.now())
    with pytest.raises(IdentityRefused, match="10 proofs"):
        add_factor(user.pk, "passkey", name="11", material=b"x", counter=0, at=timezone.now())


def test_steps_to_either_side_count_for_slow_clocks() -> None:
    secret, at = new_secret(), timezone.now()
    app = pyotp.TOTP(secret)
    now = int(at.timestamp()) // 30
    for away in (-1, 0, 1):
        assert step_of(secret, app.generate_otp(now + away), at=at) == now + away
    codes = {app.generate_otp(now + away) for away in (-1, 0, 1)}
    if app.generate_otp(now + 2) not in codes:
        assert step_of(secret, app.generate_otp(now + 2), at=at) is None
    for wrong in ("", "12345", "abcdef", "１２３４５６", "1234567"):
        assert step_of(secret, wrong, at=at) is None
