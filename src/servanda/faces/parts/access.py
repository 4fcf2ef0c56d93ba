"""Who may call a view, and with which methods? Each view says so itself; one that does not stops the start.

A view is wrapped by `@access`. The system check `servanda.E101` walks all addresses and fails for a view without it,
so a new page is closed until somebody has thought about it. What staff change takes a power besides, and a grave act a
fresh proof of who it is; `servanda.E102` fails for an act of which nobody has said which.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any, Literal

from django.contrib.auth.views import redirect_to_login
from django.core.checks import CheckMessage, Error
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.translation import gettext as _

from servanda.business.identity.queries import powers_of
from servanda.faces.parts.fresh import asked_again, is_fresh
from servanda.faces.parts.powers import ACTS, POWER_NAMES

# "customer": somebody is signed in; for whom they act is asked of their memberships by each page.
# "node": the view itself hears only what a node signed.
Policy = Literal["anyone", "staff", "customer", "node"]
RULE = "access_rule"
CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
OWN_ORIGIN = frozenset({"same-origin", "none"})  # none: the person typed the address


@dataclass(frozen=True, slots=True)
class AccessRule:
    """What a view declares. HEAD goes with GET; every other method is refused."""

    policy: Policy
    methods: tuple[str, ...]

    @property
    def allowed(self) -> tuple[str, ...]:
        return (*self.methods, "HEAD") if "GET" in self.methods else self.methods


def access(
    *, policy: Policy, methods: tuple[str, ...] = ("GET",)
) -> Callable[[Callable[..., HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """Let only these people call the view, with only these methods, and changes only from our own pages."""
    rule = AccessRule(policy, methods)

    def guard(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **values: Any) -> HttpResponseBase:
            if request.method not in rule.allowed:
                return HttpResponseNotAllowed(rule.allowed)
            _refuse_foreign(request)
            if rule.policy in {"staff", "customer"} and not request.user.is_authenticated:
                return _asked_to_sign_in(request, rule.policy)
            if rule.policy == "staff" and not (request.user.is_active and request.user.is_staff):
                raise PermissionDenied
            if rule.policy == "staff" and request.method in CHANGING and (asked := _held_back(request)) is not None:
                return asked
            return view(request, *args, **values)

        setattr(guarded, RULE, rule)
        return guarded

    return guard


def _held_back(request: HttpRequest) -> HttpResponseBase | None:
    """Refuse an act that is not this person's to do; return the page that asks who it is when a grave one needs that."""
    match = request.resolver_match
    needed = ACTS.get(match.view_name) if match is not None else None
    if needed is None:
        raise PermissionDenied
    if needed.power not in powers_of(int(request.user.pk or 0)):
        raise PermissionDenied(
            _("This takes somebody who may %(power)s. Ask an owner.") % {"power": _(POWER_NAMES[needed.power])}
        )
    return asked_again(request) if needed.is_grave and not is_fresh(request) else None


def _asked_to_sign_in(request: HttpRequest, policy: Policy) -> HttpResponseBase:
    start, login = ("/my/", "/my/login/") if policy == "customer" else ("/", None)
    return redirect_to_login(request.get_full_path() if request.method in {"GET", "HEAD"} else start, login_url=login)


def _refuse_foreign(request: HttpRequest) -> None:
    """Refuse a change that another site's page asks for; the token of the form is checked besides."""
    if request.method in CHANGING and request.headers.get("Sec-Fetch-Site", "none") not in OWN_ORIGIN:
        raise PermissionDenied


def declared_views() -> Iterator[tuple[str, AccessRule | None]]:
    """Yield every address of the installation with what its view declares."""
    for address, _name, rule in _walk(get_resolver().url_patterns, "", ""):
        yield address, rule


def check_that_every_view_declares_access(**_: object) -> list[CheckMessage]:
    """Report each view without a declared policy."""
    return [
        Error(
            f"The view at /{address} does not say who may call it.",
            hint='Decorate it with @access(policy="staff", methods=("GET",)).',
            id="servanda.E101",
        )
        for address, rule in declared_views()
        if rule is None
    ]


def check_that_every_act_takes_a_power(**_: object) -> list[CheckMessage]:
    """Report each act of staff of which nobody has said what it takes."""
    return [
        Error(
            f"The act at /{address} does not say which power it takes.",
            hint=f'Add "{name}" to ACTS in servanda/faces/parts/powers.py.',
            id="servanda.E102",
        )
        for address, name, rule in _walk(get_resolver().url_patterns, "", "")
        if rule is not None and rule.policy == "staff" and CHANGING & set(rule.methods) and name not in ACTS
    ]


def _walk(
    patterns: Sequence[URLPattern | URLResolver], prefix: str, spaces: str
) -> Iterator[tuple[str, str, AccessRule | None]]:
    for pattern in patterns:
        address = f"{prefix}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            yield from _walk(
                pattern.url_patterns, address, f"{spaces}{pattern.namespace}:" if pattern.namespace else spaces
            )
        else:
            yield address, f"{spaces}{pattern.name}", getattr(pattern.callback, RULE, None)
