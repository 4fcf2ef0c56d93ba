"""A guardian's page: what somebody who is not of age wants to order, and a yes or a no to it."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from servanda.business.companies.queries import company, today_of
from servanda.business.library.queries import library_of
from servanda.business.signups.actions import answer_as_guardian
from servanda.business.signups.queries import guardian_by
from servanda.faces.parts.access import access
from servanda.faces.parts.telling import told
from servanda.faces.portal.showing.ordering import asking_newly, plans_on_offer
from servanda.ground.refusal import Refused
from servanda.terms.clauses import CustomerKind


@access(policy="anyone", methods=("GET", "POST"))
def guardian(request: HttpRequest, secret: str) -> HttpResponse:
    now = timezone.now()
    asked = guardian_by(secret, at=now)
    if asked is None:
        raise Http404(_("This link was used, or is too old."))
    seller = company(asked.company_id)
    today = today_of(seller, now=now)
    plans = plans_on_offer(asking_newly(seller, CustomerKind.CONSUMER, today=today))
    plan = next((one for one in plans if one.code == asked.plan_code), None)
    if plan is None:
        raise Http404(_("This is not sold any more."))
    words = _("I am the guardian of %(name)s and agree that they become a customer and order this.") % {
        "name": asked.minor_name
    }
    context = {
        "asked": asked,
        "company": seller,
        "plan": plan,
        "words": words,
        "terms_address": reverse(
            "portal:public-terms", args=[seller.slug, library_of(seller.slug).version_on(today).version]
        ),
    }
    if request.method != "POST":
        return render(request, "portal/guardian.html", context)
    try:
        answered = answer_as_guardian(
            secret,
            is_yes=request.POST.get("answer") == "yes",
            signed_name=request.POST.get("signed", "").replace("\0", "")[:200],
            words=f"{words} {plan.name}, {asked.domain}, {plan.with_vat} {plan.period}",
            today=today,
            at=now,
        )
    except Refused as refusal:
        return render(request, "portal/guardian.html", {**context, "wrong": told(refusal)}, status=422)
    return render(request, "portal/guardian.html", {**context, "asked": answered, "done": True})
