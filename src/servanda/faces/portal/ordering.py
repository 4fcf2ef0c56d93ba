"""Ordering: choose, check, and the button that binds. Nothing is kept before the button."""

import re

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from servanda.business.contracts.facts import Acceptance
from servanda.business.hosting.actions.ordering import Order, place_order
from servanda.business.hosting.queries import services_of_customer
from servanda.faces.parts.access import access
from servanda.faces.parts.telling import told
from servanda.faces.portal.pages import page
from servanda.faces.portal.showing.ordering import Asking, asking_of, button_text, check_shown, kind_on_offer, offers
from servanda.faces.portal.visiting import Visit, visit
from servanda.ground.refusal import Refused

_DOMAIN = re.compile(r"(?=.{1,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?\Z")
_CALLED = re.compile(r"\w[\w .-]{0,59}\Z")


@access(policy="customer", methods=("GET", "POST"))
def order(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    """Show what is on offer; a filled form leads to the check, and a wrong one says what is wrong at its field."""
    here = visit(request, slug, number, needs=lambda role: role.may_order)
    if request.method != "POST":
        return page(request, here, "order", offers=offers(asking_of(here)), given={}, wrong={}, asked="")
    asking = asking_of(here)
    given = {name: request.POST.get(name, "").strip()[:300] for name in ("kind", "plan", "name", "starts_now")}
    kind = kind_on_offer(asking, given["plan"]) or given["kind"]
    given["name"] = _name_in(given["name"], kind=kind)
    wrong = wrong_order(asking, given)
    if wrong:
        asked = kind or "hosting"
        return page(request, here, "order", offers=offers(asking), asked=asked, given=given, wrong=wrong, status=422)
    return _check(request, here, given)


@access(policy="customer", methods=("POST",))
def place(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    """Take the order: what stood on the page that was checked comes along and is held against what is so now."""
    here = visit(request, slug, number, needs=lambda role: role.may_order)
    given = {name: request.POST.get(name, "")[:300] for name in ("plan", "name", "starts_now")}
    try:
        shown = check_shown(
            asking_of(here), plan_code=given["plan"], name=given["name"], starts_now=bool(given["starts_now"])
        )
    except Refused as refusal:
        messages.error(request, told(refusal), extra_tags="stop")
        return redirect(here.address("order"))
    token, price = request.POST.get("token", ""), request.POST.get("price", "")
    if not re.fullmatch(r"[0-9a-f]{32}", token) or wrong_order(asking_of(here), given):
        return redirect(here.address("order"))
    if price != str(shown.plan.price.minor) or request.POST.get("terms") != shown.sha256:
        messages.error(request, _("The price or the terms changed meanwhile. Look once more."), extra_tags="stop")
        return _check(request, here, given, token=token)
    if not request.POST.get("accepts"):
        messages.error(request, _("Read the terms and accept them, or there is no order."), extra_tags="stop")
        return _check(request, here, given, token=token)
    order = Order(
        token=token,
        plan_code=given["plan"],
        name=given["name"],
        shown_price=shown.plan.price,
        shown_with_vat=shown.plan.with_vat,
        button=button_text(is_consumer=shown.is_consumer),
        starts_now=bool(given["starts_now"]),
    )
    acceptance = Acceptance(
        version=shown.version, language=shown.language, sha256=shown.sha256, at=here.at, how="portal"
    )
    try:
        concluded = place_order(
            here.company,
            here.customer_id,
            order,
            acceptance,
            accepted_by=here.member.name,
            today=here.today,
            at=here.at,
            by=here.by,
        )
    except Refused as refusal:
        messages.error(request, told(refusal), extra_tags="stop")
        return redirect(here.address("order"))
    messages.success(request, _("Thank you. The confirmation is on its way by mail."), extra_tags="calm")
    opened = [one for one in services_of_customer(here.customer_id) if one.line_id in concluded.line_ids]
    return redirect(here.address("service", opened[0].service_id) if opened else here.address("home"))


def domain_in(text: str) -> str:
    """Return a domain as it is written everywhere: lower case, without scheme and path, in its ASCII form."""
    name = text.strip().lower().removeprefix("https://").removeprefix("http://").partition("/")[0].rstrip(".")
    try:
        return name.encode("idna").decode("ascii")
    except UnicodeError:
        return name


def wrong_order(asking: Asking, given: dict[str, str]) -> dict[str, str]:
    """Return what is wrong with a wish, by its field."""
    wrong, kind = {}, kind_on_offer(asking, given["plan"])
    if not kind:
        wrong["plan"] = _("Choose one of them.")
    if (kind or given.get("kind")) == "database":
        if not _CALLED.match(given["name"]):
            wrong["name"] = _("Write a name of at most 60 letters, digits, blanks, dots and hyphens.")
    elif not _DOMAIN.match(given["name"]):
        wrong["name"] = _("Write a domain such as example.dk.")
    return wrong


def _name_in(text: str, *, kind: str) -> str:
    return " ".join(text.split()) if kind == "database" else domain_in(text)


def _check(request: HttpRequest, here: Visit, given: dict[str, str], *, token: str = "") -> HttpResponse:
    shown = check_shown(
        asking_of(here), plan_code=given["plan"], name=given["name"], starts_now=bool(given["starts_now"])
    )
    button = button_text(is_consumer=shown.is_consumer)
    return page(
        request,
        here,
        "check",
        way="order",
        check=shown,
        given=given,
        button=button,
        token=token or shown.token,
        here_place=here.address("place-order"),
        order_address=here.address("order"),
        terms_address=here.address("terms", shown.version),
    )
