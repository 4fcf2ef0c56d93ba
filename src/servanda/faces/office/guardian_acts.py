"""The answer of staff who have looked at a guardian's yes (simsoft-047)."""

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from servanda.business.signups.actions import decide_on_guardian
from servanda.faces.office.acts import act
from servanda.faces.office.answering import say, text
from servanda.faces.office.people import name_in_records
from servanda.faces.office.places import Visit


@act(back="office:today")
def decide_guardian(request: HttpRequest, here: Visit, *, guardian_id: int) -> None:
    """Take or refuse a guardian's yes; the minor is told."""
    is_approved = text(request, "answer", most=3) == "yes"
    decide_on_guardian(
        here.company,
        guardian_id,
        is_approved=is_approved,
        reason=text(request, "reason", most=300),
        by=name_in_records(request),
        today=here.today,
        at=timezone.now(),
    )
    say(request, _("Noted, and told to the minor."))
