"""Grave acts are done by somebody who has just proven who they are: a machine left open is not enough (SECURITY B6).

The page that asks carries the whole form along, so that the act is done at once when the proof is right.
"""

import time
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.contrib.auth.signals import user_logged_in
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from servanda.business.identity.queries import factors_of
from servanda.faces.parts.factors import is_code_right, is_passkey_right, passkey_question

FRESH_SECONDS = 300
WRONG_MAX = 5
FIELD = "again_"
_PROVEN = "proven_at"


def note_proof(request: HttpRequest) -> None:
    """Remember in the session that somebody has just proven who they are."""
    request.session[_PROVEN] = int(time.time())


def is_fresh(request: HttpRequest) -> bool:
    """Say whether the proof is younger than five minutes, or comes with this very form."""
    proven = request.session.get(_PROVEN, 0)
    if 0 <= time.time() - proven < FRESH_SECONDS:
        return True
    if _is_proven_now(request):
        note_proof(request)
        return True
    return False


def asked_again(request: HttpRequest) -> HttpResponse:
    """Ask who it is. What was being done stands in the page and goes on with the answer."""
    if request.FILES:
        return render(request, "parts/again_first.html", status=401)
    tried = any(name.startswith(FIELD) and request.POST[name] for name in request.POST)
    kinds = {factor.kind for factor in factors_of(_user_id(request))}
    context = {
        "fields": [
            (name, value)
            for name, values in request.POST.lists()
            if not name.startswith(FIELD) and name != "csrfmiddlewaretoken"
            for value in values
        ],
        "wrong": _wrong(request) if tried else "",
        "takes_code": "code" in kinds,
        "question": passkey_question(request, _user_id(request)) if "passkey" in kinds else None,
    }
    return render(request, "parts/again.html", context, status=401)


def _is_proven_now(request: HttpRequest) -> bool:
    if cache.get(_key(request), 0) >= WRONG_MAX:
        return False
    password, code = request.POST.get("again_password", ""), request.POST.get("again_code", "")
    passkey = request.POST.get("again_passkey", "")
    if not (password or code or passkey):
        return False
    user_id, at = _user_id(request), timezone.now()
    is_proven = (
        (bool(password) and isinstance(request.user, AbstractBaseUser) and request.user.check_password(password))
        or (bool(code) and is_code_right(user_id, code, at=at))
        or (bool(passkey) and is_passkey_right(request, user_id, passkey, at=at))
    )
    if is_proven:
        cache.delete(_key(request))
    else:
        cache.set(_key(request), cache.get(_key(request), 0) + 1, FRESH_SECONDS)
    return is_proven


def _user_id(request: HttpRequest) -> int:
    return int(request.user.pk or 0)


def _wrong(request: HttpRequest) -> str:
    if cache.get(_key(request), 0) >= WRONG_MAX:
        return _("Too many wrong attempts. Wait a few minutes and try again.")
    return _("That was not right. Try again.")


def _key(request: HttpRequest) -> str:
    return f"again:{request.user.pk}"


def _signed_in(sender: object, request: HttpRequest, user: object, **_: Any) -> None:
    if hasattr(request, "session"):
        note_proof(request)


def watch_signing_in() -> None:
    """Count every way of signing in as a proof."""
    user_logged_in.connect(_signed_in, dispatch_uid="servanda.proven")
