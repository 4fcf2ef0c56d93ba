"""Light, dark, or as the reader's machine says: kept in a cookie, because it concerns the screen and not the person."""

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_noop

from servanda.faces.parts.access import access

COOKIE = "theme"
YEAR_SECONDS = 365 * 24 * 3600
FOLLOWING: Mapping[str, str] = {"auto": "dark", "dark": "light", "light": "auto"}
LABELS: Mapping[str, str] = {
    "auto": gettext_noop("Colours of the machine"),
    "dark": gettext_noop("Dark"),
    "light": gettext_noop("Light"),
}


def theme_of(request: HttpRequest | None) -> str:
    """Return the theme that the reader chose; an unknown one counts as none."""
    chosen = request.COOKIES.get(COOKIE, "auto") if request is not None else "auto"
    return chosen if chosen in FOLLOWING else "auto"


def own_address(request: HttpRequest, default: str = "/") -> str:
    """Return the address that a form asks to go back to, if it is one of ours."""
    asked = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure())
    return asked if is_ours else default


@access(policy="anyone", methods=("POST",))
def choose_theme(request: HttpRequest) -> HttpResponse:
    response = redirect(own_address(request))
    theme = request.POST.get("theme", "")
    if theme in FOLLOWING:
        response.set_cookie(
            COOKIE, theme, max_age=YEAR_SECONDS, samesite="Lax", httponly=True, secure=request.is_secure()
        )
    return response
