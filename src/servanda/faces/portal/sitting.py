"""Watches over who sits at the customers' pages: a sitting that was ended elsewhere, or stood still for an hour, signs out."""

from collections.abc import Callable
from hashlib import sha256

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from servanda.business.access.actions.sittings import see_sitting
from servanda.faces.parts.networks import network_of

PAGES = "/my/"
BROWSER_MAX = 160


def watch(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Note each visit to the customers' pages, and let nobody in whose sitting is over."""

    def respond(request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(PAGES) and request.user.is_authenticated and not _goes_on(request):
            logout(request)
            messages.info(request, _("You were signed out. Sign in to go on where you were."), extra_tags="note")
            back = request.get_full_path() if request.method in {"GET", "HEAD"} else PAGES
            return redirect_to_login(back, login_url=f"{PAGES}login/")
        return get_response(request)

    return respond


def key_of(request: HttpRequest) -> str:
    """Return the hash by which this sitting is kept."""
    return sha256((request.session.session_key or "").encode()).hexdigest()


def _goes_on(request: HttpRequest) -> bool:
    if not request.session.session_key:
        return True
    browser = request.META.get("HTTP_USER_AGENT", "").replace("\0", "")[:BROWSER_MAX]
    assert request.user.pk is not None
    return see_sitting(
        int(request.user.pk), key_of(request), network=network_of(request), browser=browser, at=timezone.now()
    )
