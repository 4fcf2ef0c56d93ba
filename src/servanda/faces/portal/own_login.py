"""Somebody's own login: where they are signed in, another password, another address, and a forgotten password."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth import get_user_model, update_session_auth_hash
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from servanda.business.access.actions.links import (
    ask_for_new_password,
    ask_for_other_email,
    change_password,
    choose_new_password,
    take_other_email,
    undo_other_email,
)
from servanda.business.access.actions.sittings import end_sitting, end_sittings
from servanda.business.access.queries import link_by, sittings_of
from servanda.business.identity.actions import end_factors
from servanda.faces.parts.access import access
from servanda.faces.parts.links import secret_link
from servanda.faces.parts.networks import network_of
from servanda.faces.parts.second import let_in
from servanda.faces.parts.telling import told
from servanda.faces.portal.shown import SittingRow
from servanda.faces.portal.sitting import key_of
from servanda.faces.portal.visiting import user_id_of
from servanda.ground.calendar import legal_day
from servanda.ground.refusal import Refused


@access(policy="customer")
def you(request: HttpRequest) -> HttpResponse:
    """Show the own login."""
    here = key_of(request)
    rows = tuple(
        SittingRow(
            sitting_id=one.sitting_id,
            browser=one.browser or _("unknown browser"),
            network=one.network,
            began_at=one.began_at,
            seen_at=one.seen_at,
            is_here=one.key_sha256 == here,
        )
        for one in sittings_of(user_id_of(request))
        if one.ended_at is None
    )
    return render(request, "portal/you.html", {"sittings": rows})


@access(policy="customer", methods=("POST",))
def new_password(request: HttpRequest) -> HttpResponse:
    def change() -> str:
        user_id, now = user_id_of(request), timezone.now()
        change_password(
            user_id,
            old=request.POST.get("old", "")[:300],
            new=request.POST.get("password", "")[:300],
            kept_key_sha256=key_of(request),
            today=legal_day(now),
            at=now,
        )
        end_sittings(user_id, at=now)
        update_session_auth_hash(request, get_user_model()._default_manager.get(pk=user_id))
        return _("Your password is changed. All other browsers are signed out.")

    return _done(request, change)


@access(policy="customer", methods=("POST",))
def new_email(request: HttpRequest) -> HttpResponse:
    def ask() -> str:
        ask_for_other_email(
            user_id_of(request),
            password=request.POST.get("old", "")[:300],
            email=request.POST.get("email", "").replace("\0", "")[:254],
            link=secret_link("new-email").address,
            asked_from=network_of(request),
            at=timezone.now(),
        )
        return _(
            "If the address can be used, a mail with a link is on its way to it. Until you open it nothing changes."
        )

    return _done(request, ask)


@access(policy="customer", methods=("POST",))
def sign_out_there(request: HttpRequest) -> HttpResponse:
    """Sign another browser out, or all others."""

    def end() -> str:
        user_id, now = user_id_of(request), timezone.now()
        asked = request.POST.get("sitting", "")
        if asked == "others":
            end_sittings(user_id, at=now, but=key_of(request))
        elif asked.isascii() and asked.isdigit() and len(asked) < 19:
            end_sitting(user_id, int(asked), at=now)
        return _("It is signed out.")

    return _done(request, end)


@access(policy="anyone", methods=("GET", "POST"))
def forgotten(request: HttpRequest) -> HttpResponse:
    """Take an address and write to it, if anybody signs in with it; the answer is the same."""
    if request.method != "POST":
        return render(request, "portal/forgotten.html", {})
    email = request.POST.get("email", "").replace("\0", "").strip()[:254]
    link = secret_link("password")
    ask_for_new_password(email, link=link.address, asked_from=network_of(request), at=timezone.now())
    return render(request, "portal/forgotten.html", {"email": email, "is_sent": True})


@access(policy="anyone", methods=("GET", "POST"))
def password(request: HttpRequest, secret: str) -> HttpResponse:
    """Let the reader of the mail choose a new password."""
    now = timezone.now()
    return _with_password(
        request, secret, "password", lambda chosen: choose_new_password(secret, chosen, today=legal_day(now), at=now)
    )


@access(policy="anyone", methods=("GET", "POST"))
def email(request: HttpRequest, secret: str) -> HttpResponse:
    """Show which address is to be used; the button takes it. Opening the link alone changes nothing: machines open links too."""
    now = timezone.now()
    found = link_by(secret, purpose="e-mail", at=now)
    if found is None:
        raise Http404(_("This link was used, or is too old."))
    if request.method != "POST":
        return render(request, "portal/link.html", {"link": found, "purpose": "e-mail"})
    try:
        take_other_email(secret, undo_link=secret_link("undo-email").address, today=legal_day(now), at=now)
    except Refused as refusal:
        return render(request, "portal/link.html", {"link": found, "wrong": told(refusal)}, status=422)
    messages.success(request, _("From now on you sign in with this address."), extra_tags="calm")
    return redirect("portal:you")


@access(policy="anyone", methods=("GET", "POST"))
def undo_email(request: HttpRequest, secret: str) -> HttpResponse:
    """Let the reader of the former address take it back, with a new password.

    Second proofs that were added since the change go with it: whoever made the change would still keep the owner out by them.
    """
    now = timezone.now()
    found = link_by(secret, purpose="undo e-mail", at=now)

    def take(chosen: str) -> int:
        with transaction.atomic():
            user_id = undo_other_email(secret, chosen, today=legal_day(now), at=now)
            if found is not None:
                end_factors(user_id, at=now, since=found.made_at)
        return user_id

    return _with_password(request, secret, "undo e-mail", take)


def _with_password(request: HttpRequest, secret: str, purpose: str, take: Callable[[str], int]) -> HttpResponse:
    found = link_by(secret, purpose=purpose, at=timezone.now())
    if found is None:
        raise Http404(_("This link was used, or is too old."))
    context = {"link": found, "purpose": purpose, "asks_password": True}
    if request.method != "POST":
        return render(request, "portal/link.html", context)
    try:
        user_id = take(request.POST.get("password", "")[:300])
    except Refused as refusal:
        return render(request, "portal/link.html", {**context, "wrong": told(refusal)}, status=422)
    messages.success(request, _("The new password holds. All other browsers are signed out."), extra_tags="calm")
    return let_in(request, user_id, to=reverse("portal:accounts"))


def _done(request: HttpRequest, act: Callable[[], str]) -> HttpResponse:
    """Do something to the own login, and lead back to its page; a refusal is told there."""
    try:
        messages.success(request, act(), extra_tags="calm")
    except Refused as refusal:
        messages.error(request, told(refusal), extra_tags="stop")
    return redirect("portal:you")
