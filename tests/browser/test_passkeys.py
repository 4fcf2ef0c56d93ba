"""A passkey from its making to a grave act, in a real browser with an authenticator of the browser's own making."""

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone
from playwright.sync_api import Page, expect

from servanda.business.identity.actions import add_staff, give_role
from servanda.business.identity.facts import StaffRole
from servanda.business.identity.queries import factors_of, roles_of
from servanda.faces.parts import fresh

PASSWORD = "en lang nok adgangskode"


def with_authenticator(page: Page) -> None:
    """Give the browser an authenticator that says yes to everything, as a thumb would."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_a_passkey_is_made_signs_in_and_stands_for_a_grave_act(
    page: Page, site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = get_user_model().objects.create_user("eva", password=PASSWORD)
    give_role(user.pk, StaffRole.OWNER, by="system", at=timezone.now())
    other = add_staff("ole", role=StaffRole.SUPPORT, by="system", at=timezone.now())
    with_authenticator(page)

    page.goto(f"{site}/login/")
    page.get_by_label("Brugernavn").fill("eva")
    page.get_by_label("Adgangskode").fill(PASSWORD)
    page.get_by_role("button", name="Log ind").click()
    page.get_by_role("link", name="Dit login").click()
    page.get_by_role("button", name="Tilføj en adgangsnøgle").click()
    page.get_by_label("Hvad du kalder den").fill("Min bærbare")
    page.get_by_role("button", name="Lav adgangsnøglen").click()
    expect(page.get_by_role("heading", name="Koder på papir")).to_be_visible()
    (factor,) = factors_of(user.pk)
    assert (factor.kind, factor.name) == ("passkey", "Min bærbare")

    page.get_by_role("button", name="Log ud").click()
    page.get_by_label("Brugernavn").fill("eva")
    page.get_by_label("Adgangskode").fill(PASSWORD)
    page.get_by_role("button", name="Log ind").click()
    expect(page.get_by_role("heading", name="Andet trin")).to_be_visible()
    page.get_by_role("button", name="Brug din adgangsnøgle").click()
    expect(page.get_by_role("heading", name="Virksomheder")).to_be_visible()

    monkeypatch.setattr(fresh, "FRESH_SECONDS", 0)
    page.goto(f"{site}/staff/")
    page.get_by_label("Rolle til ole").select_option("technician")
    page.get_by_role("listitem").filter(has_text="ole").get_by_role("button", name="Giv", exact=True).click()
    expect(page.get_by_role("heading", name="Er det dig?")).to_be_visible()
    assert roles_of(other) == {StaffRole.SUPPORT}
    page.get_by_role("button", name="Brug din adgangsnøgle").click()
    expect(page.get_by_text("Rollen er givet.")).to_be_visible()
    assert roles_of(other) == {StaffRole.SUPPORT, StaffRole.TECHNICIAN}
