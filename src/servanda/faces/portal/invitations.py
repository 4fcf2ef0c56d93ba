"""The page behind the link of an invitation: somebody new chooses a password, somebody known signs in first."""

from django.contrib.auth import get_user_model, login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from servanda.business.access.actions import take_up_invitation
from servanda.business.access.queries import invitation_by
from servanda.business.companies.queries import company_named, today_of
from servanda.faces.parts.access import access
from servanda.faces.parts.telling import told
from servanda.faces.portal.visiting import user_id_of
from servanda.ground.refusal import Refused


@access(policy="anyone", methods=("GET", "POST"))
def invitation(request: HttpRequest, secret: str) -> HttpResponse:
    now = timezone.now()
    found = invitation_by(secret, at=now)
    if found is None:
        return render(request, "portal/invitation.html", {"invitation": None}, status=404)
    is_signed_in = request.user.is_authenticated and request.user.get_username() == found.email
    context = {"invitation": found, "is_signed_in": is_signed_in}
    if request.method != "POST":
        return render(request, "portal/invitation.html", context)
    company = company_named(found.company_slug)
    try:
        user_id = take_up_invitation(
            secret,
            password=request.POST.get("password", "")[:200],
            user_id=user_id_of(request) if is_signed_in else None,
            today=today_of(company, now=now),
            at=now,
        )
    except Refused as refusal:
        return render(request, "portal/invitation.html", {**context, "wrong": told(refusal)}, status=422)
    if not is_signed_in:
        login(request, get_user_model()._default_manager.get(pk=user_id))
    return redirect("portal:home", found.company_slug, found.customer_number)
