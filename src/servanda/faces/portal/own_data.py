"""What is known of a customer: master data that only the holder changes, who saw and changed them, and news by choice."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from servanda.business.access.actions.choosing import choose
from servanda.business.access.actions.links import HELD_HOURS
from servanda.business.access.facts import Topic
from servanda.business.access.queries import choices_of, email_changed_at
from servanda.business.customers.actions import change_address
from servanda.business.customers.queries import customer
from servanda.business.evidence.queries import events_of_customer
from servanda.faces.parts.access import access
from servanda.faces.parts.telling import told
from servanda.faces.portal.pages import page
from servanda.faces.portal.shown import ChoiceRow, SeenRow
from servanda.faces.portal.visiting import Visit, user_id_of, visit
from servanda.ground.refusal import Refused

TOPICS = {
    Topic.NEWSLETTER: gettext_noop("Yes, write to me with the newsletter."),
    Topic.PRODUCTS: gettext_noop("Yes, write to me about new products."),
    Topic.OPERATION: gettext_noop("Yes, write to me about planned work and disturbances."),
}
SEEN_MAX = 100


@access(policy="customer", methods=("GET", "POST"))
def details(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    """Show what is known; the holder corrects the address and where letters go."""
    here = visit(request, slug, number, needs=lambda role: role.may_order)
    if request.method == "POST":
        try:
            _correct(request, here)
        except Refused as refusal:
            messages.error(request, told(refusal), extra_tags="stop")
        return redirect(here.address("details"))
    known = customer(here.customer_id).details
    return page(request, here, "details", known=known, address="\n".join(known.address_lines), seen=_seen(here))


@access(policy="customer", methods=("GET", "POST"))
def news(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    """Show and take each member's own yes and no to news; what belongs to the agreement is sent whatever they say."""
    here = visit(request, slug, number)
    if request.method == "POST":
        for topic, words in TOPICS.items():
            is_yes = request.POST.get(topic.name.lower()) == "1"
            choose(
                here.customer_id, user_id_of(request), topic,
                is_yes=is_yes, words=_(words), how="portal", today=here.today, at=here.at,
            )  # fmt: skip
        messages.success(request, _("Your choice is kept."), extra_tags="calm")
        return redirect(here.address("news"))
    said = {one.topic: one for one in choices_of(here.customer_id) if one.user_id == request.user.pk}
    rows = tuple(
        ChoiceRow(
            name=topic.name.lower(),
            words=_(words),
            is_yes=topic in said and said[topic].is_yes,
            at=said[topic].at if topic in said else None,
        )
        for topic, words in TOPICS.items()
    )
    return page(request, here, "news", way="details", choices=rows)


def _correct(request: HttpRequest, here: Visit) -> None:
    def given(name: str, most: int) -> str:
        return request.POST.get(name, "").replace("\0", "").strip()[:most]

    _refuse_while_held(request, here)
    lines = tuple(line.strip() for line in given("address", 300).splitlines() if line.strip())
    is_new = change_address(
        here.customer_id,
        email=given("email", 254),
        address_lines=lines,
        postal_code=given("postal_code", 12),
        city=given("city", 100),
        today=here.today,
        at=here.at,
        by=here.by,
    )
    if is_new:
        messages.success(request, _("It is corrected. Letters go there from now on."), extra_tags="calm")


def _refuse_while_held(request: HttpRequest, here: Visit) -> None:
    changed_at = email_changed_at(user_id_of(request))
    if changed_at is not None and (timezone.now() - changed_at).total_seconds() < HELD_HOURS * 3600:
        raise Refused(
            _(
                "The address that you sign in with was changed a short while ago. Wait until three days have passed, or write to us."
            )
        )


def _seen(here: Visit) -> tuple[SeenRow, ...]:
    """Return what people did with the customer's data, the newest first: who, and when."""
    rows = []
    for event in reversed(events_of_customer(here.customer_id)):
        if event.by.startswith("staff:"):
            rows.append(SeenRow(at=event.at, who=here.company.name, what=event.what))
        elif event.by.startswith("user:"):
            rows.append(SeenRow(at=event.at, who=_("you, or who acts for you"), what=event.what))
    return tuple(rows[:SEEN_MAX])
