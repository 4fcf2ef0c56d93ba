"""The second step of signing in: who has a second proof shows it here, after the password and before any page."""

import time

from django.conf import settings
from django.contrib.auth import get_user_model, login
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from servanda.business.identity.queries import factors_of
from servanda.faces.parts.access import access
from servanda.faces.parts.factors import is_code_right, is_passkey_right, passkey_question

HALF_SECONDS = 600  # as long as the password that was typed counts
WRONG_MAX, WAIT_SECONDS = 5, 300
_HALF = "half_signed_in"


def let_in(request: HttpRequest, user_id: int, *, to: str) -> HttpResponse:
    """Sign in somebody who has just proven that an address or a password is theirs; a second proof is asked for besides."""
    user = get_user_model()._default_manager.get(pk=user_id)
    if factors_of(user_id):
        keep_half(request, user, to=to)
        return redirect("parts:second")
    login(request, user)
    return redirect(to)


def keep_half(request: HttpRequest, user: AbstractBaseUser, *, to: str) -> None:
    """Remember that somebody gave the right password, and where they wanted to go. They are not signed in by it."""
    request.session.cycle_key()
    request.session[_HALF] = {
        "user": user.pk,
        "to": to,
        "at": int(time.time()),
        "backend": getattr(user, "backend", settings.AUTHENTICATION_BACKENDS[0]),
    }


@access(policy="anyone", methods=("GET", "POST"))
def second_step(request: HttpRequest) -> HttpResponse:
    """Take a code of the app, a code from paper or a passkey; without the first step it leads back to the sign-in."""
    half = request.session.get(_HALF)
    if not isinstance(half, dict) or not 0 <= time.time() - int(half["at"]) < HALF_SECONDS:
        request.session.pop(_HALF, None)
        return redirect("office:login")
    user_id = int(half["user"])
    wrong = ""
    if request.method == "POST":
        if cache.get(_key(user_id), 0) >= WRONG_MAX:
            wrong = _("Too many wrong attempts. Wait a few minutes and try again.")
        elif _is_right(request, user_id):
            return _let_in(request, half)
        else:
            cache.set(_key(user_id), cache.get(_key(user_id), 0) + 1, WAIT_SECONDS)
            wrong = _("That was not right. Try again.")
    kinds = {factor.kind for factor in factors_of(user_id)}
    context = {
        "wrong": wrong,
        "takes_code": "code" in kinds,
        "question": passkey_question(request, user_id) if "passkey" in kinds else None,
    }
    return render(request, "parts/second.html", context, status=422 if wrong else 200)


def _is_right(request: HttpRequest, user_id: int) -> bool:
    at = timezone.now()
    code, passkey = request.POST.get("code", ""), request.POST.get("passkey", "")
    return (bool(passkey) and is_passkey_right(request, user_id, passkey, at=at)) or (
        bool(code) and is_code_right(user_id, code, at=at)
    )


def _let_in(request: HttpRequest, half: dict[str, object]) -> HttpResponse:
    user_id = int(str(half["user"]))
    cache.delete(_key(user_id))
    del request.session[_HALF]
    user = get_user_model()._default_manager.filter(pk=user_id, is_active=True).first()
    if user is None:
        return redirect("office:login")
    login(request, user, backend=str(half["backend"]))
    return redirect(str(half["to"]))


def _key(user_id: int) -> str:
    return f"second-step:{user_id}"
