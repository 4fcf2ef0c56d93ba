"""One's own second proofs: an app with codes, passkeys and codes on paper. For everybody who signs in."""

from django.contrib import messages
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from servanda.business.identity.actions import add_factor, end_factor, keep_recovery_codes
from servanda.business.identity.queries import factors_of, recovery_codes_left
from servanda.faces.parts.access import access
from servanda.faces.parts.factors import (
    app_address,
    made_passkey,
    new_passkey_question,
    new_recovery_codes,
    new_secret,
    passkeys_work,
    picture_of,
    sealed,
    step_of,
)
from servanda.faces.parts.fresh import asked_again, is_fresh
from servanda.faces.parts.telling import told
from servanda.ground.refusal import Refused

_SECRET = "new_code_secret"


@access(policy="customer")
def account(request: HttpRequest) -> HttpResponse:
    """Show by what the reader proves who they are, and the ways to add more."""
    return _page(request)


@access(policy="customer", methods=("POST",))
def code(request: HttpRequest) -> HttpResponse:
    """Begin with an app, and keep it when its first code is right. The secret waits in the session until then."""
    if not is_fresh(request):
        return asked_again(request)
    secret = request.session.get(_SECRET)
    typed = request.POST.get("code", "")
    if not typed or not isinstance(secret, str):
        request.session[_SECRET] = secret = new_secret()
        return _page(request, secret=secret)
    at = timezone.now()
    step = step_of(secret, typed, at=at)
    if step is None:
        return _page(request, secret=secret, wrong=_("That is not the code that the app shows now. Try the next one."))
    add_factor(_user_id(request), "code", name=_("App"), material=sealed(secret), counter=step, at=at)
    del request.session[_SECRET]
    return _added(request, _("From now on signing in takes a code of the app."))


@access(policy="customer", methods=("POST",))
def passkey(request: HttpRequest) -> HttpResponse:
    """Begin with a passkey, and keep the one that the browser made."""
    if not is_fresh(request):
        return asked_again(request)
    answer = request.POST.get("passkey", "")
    if not answer:
        return _page(request, is_new_passkey=True)
    try:
        material, counter = made_passkey(request, answer)
        name = request.POST.get("name", "").replace("\0", "").strip() or _("Passkey")
        add_factor(_user_id(request), "passkey", name=name, material=material, counter=counter, at=timezone.now())
    except Refused as refusal:
        return _refused(request, refusal)
    return _added(request, _("The passkey is kept. Signing in takes it from now on."))


@access(policy="customer", methods=("POST",))
def paper(request: HttpRequest) -> HttpResponse:
    """Make new codes for paper, and show them this one time."""
    if not is_fresh(request):
        return asked_again(request)
    return _page(request, codes=_new_codes(request))


@access(policy="customer", methods=("POST",))
def end(request: HttpRequest) -> HttpResponse:
    """End one of the reader's own proofs."""
    if not is_fresh(request):
        return asked_again(request)
    asked = request.POST.get("factor", "")
    try:
        end_factor(
            int(asked) if asked.isdecimal() and len(asked) < 19 else 0, user_id=_user_id(request), at=timezone.now()
        )
    except Refused as refusal:
        return _refused(request, refusal)
    messages.add_message(request, messages.SUCCESS, _("The proof was ended."), extra_tags="calm")
    return redirect("parts:account")


def _added(request: HttpRequest, said: str) -> HttpResponse:
    messages.add_message(request, messages.SUCCESS, said, extra_tags="calm")
    if recovery_codes_left(_user_id(request)):
        return redirect("parts:account")
    return _page(request, codes=_new_codes(request))


def _new_codes(request: HttpRequest) -> tuple[str, ...]:
    codes = new_recovery_codes()
    keep_recovery_codes(_user_id(request), codes, at=timezone.now())
    return codes


def _refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    messages.add_message(request, messages.ERROR, told(refusal), extra_tags="stop")
    return redirect("parts:account")


def _page(
    request: HttpRequest,
    *,
    secret: str = "",
    wrong: str = "",
    is_new_passkey: bool = False,
    codes: tuple[str, ...] = (),
) -> HttpResponse:
    user_id = _user_id(request)
    assert isinstance(request.user, AbstractBaseUser)  # the page is for who is signed in
    name = request.user.get_username()
    context = {
        "factors": factors_of(user_id),
        "codes_left": recovery_codes_left(user_id),
        "codes": codes,
        "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        "picture": picture_of(app_address(secret, name)) if secret else "",
        "wrong": wrong,
        "can_passkey": passkeys_work(request),
        "question": new_passkey_question(request, user_id=user_id, name=name) if is_new_passkey else "",
    }
    return render(request, "parts/account.html", context, status=422 if wrong else 200)


def _user_id(request: HttpRequest) -> int:
    return int(request.user.pk or 0)
