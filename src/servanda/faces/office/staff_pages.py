"""Who works here and in which role. Owners let somebody in, give and end roles, and hand out the link to a first password."""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.contrib.auth.tokens import default_token_generator
from django.contrib.auth.views import PasswordResetConfirmView
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _

from servanda.business.identity import actions
from servanda.business.identity.facts import POWERS, Power, StaffRole
from servanda.business.identity.queries import powers_of, staff_members
from servanda.faces.office.acts import Incomplete
from servanda.faces.office.answering import number_in, say, text
from servanda.faces.office.people import name_in_records
from servanda.faces.office.shown import Link
from servanda.faces.parts.access import access
from servanda.faces.parts.powers import POWER_NAMES, ROLE_NAMES
from servanda.faces.parts.telling import told
from servanda.ground.refusal import Refused

Act = Callable[[HttpRequest], HttpResponse | None]


@access(policy="staff")
def staff_page(request: HttpRequest) -> HttpResponse:
    return _page(request)


def _act(view: Act) -> Callable[..., HttpResponseBase]:
    @access(policy="staff", methods=("POST",))
    @wraps(view)
    def acted(request: HttpRequest) -> HttpResponse:
        try:
            answer = view(request)
        except Refused as refusal:
            messages.add_message(
                request, messages.ERROR, _("The act was refused: %(why)s") % {"why": told(refusal)}, extra_tags="stop"
            )
            answer = None
        return answer or redirect("office:staff")

    return acted


@_act
def add(request: HttpRequest) -> HttpResponse:
    name = text(request, "name", most=151)
    user_id = actions.add_staff(name, role=_role(request), by=name_in_records(request), at=timezone.now())
    return _page(request, link=_link(request, user_id), name=name)


@_act
def give(request: HttpRequest) -> None:
    actions.give_role(number_in(request, "user"), _role(request), by=name_in_records(request), at=timezone.now())
    say(request, _("The role was given."))


@_act
def end(request: HttpRequest) -> None:
    actions.end_role(number_in(request, "user"), _role(request), by=name_in_records(request), at=timezone.now())
    say(request, _("The role was ended. It holds from the next click."))


@_act
def link(request: HttpRequest) -> HttpResponse:
    """Make the link by which somebody chooses a password; it works once and for as long as Django lets it."""
    user_id = number_in(request, "user")
    member = next((one for one in staff_members() if one.user_id == user_id), None)
    if member is None:
        raise Incomplete(_("They do not work here any more."))
    return _page(request, link=_link(request, user_id), name=member.name)


@_act
def end_proofs(request: HttpRequest) -> None:
    """End the second proofs of a member of staff who has lost them; nobody does this for themselves."""
    user_id = number_in(request, "user")
    if user_id == request.user.pk:
        raise Incomplete(_("Another owner does this for you. You end your own proofs under Your sign-in."))
    if user_id not in {one.user_id for one in staff_members()}:
        raise Incomplete(_("They do not work here any more."))
    actions.end_factors(user_id, at=timezone.now())
    say(request, _("Their second proofs were ended. They sign in with the password, and add new ones."))


class ChoosePassword(PasswordResetConfirmView):
    """Django's own page behind such a link, in our look. Who had second proofs keeps them."""

    template_name = "office/choose_password.html"
    success_url = reverse_lazy("office:login")


choose_password = access(policy="anyone", methods=("GET", "POST"))(ChoosePassword.as_view())


def _page(request: HttpRequest, *, link: str = "", name: str = "") -> HttpResponse:
    members = staff_members()
    context = {
        "crumbs": (Link(_("Companies"), reverse("office:companies")),),
        "members": [
            (
                one,
                [(role.value, _(ROLE_NAMES[role])) for role in one.roles],
                [(role.value, _(text)) for role, text in ROLE_NAMES.items() if role not in one.roles],
            )
            for one in members
        ],
        "roles": [
            (role.value, _(text), ", ".join(_(POWER_NAMES[power]) for power in Power if power in POWERS[role]))
            for role, text in ROLE_NAMES.items()
        ],
        "may_change": Power.PEOPLE in powers_of(int(request.user.pk or 0)),
        "link": link,
        "name": name,
    }
    return render(request, "office/staff.html", context)


def _role(request: HttpRequest) -> StaffRole:
    asked = text(request, "role", most=20)
    if asked not in set(StaffRole):
        raise Incomplete(_("Choose a role."))
    return StaffRole(asked)


def _link(request: HttpRequest, user_id: int) -> str:
    user = get_user_model()._default_manager.get(pk=user_id)
    words = [urlsafe_base64_encode(force_bytes(user.pk)), default_token_generator.make_token(user)]
    return request.build_absolute_uri(reverse("office:choose-password", args=words))
