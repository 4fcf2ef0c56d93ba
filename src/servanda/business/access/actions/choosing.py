"""What a member wants to be written to about. Each yes and no is kept with the words it was said to, as proof."""

from datetime import date, datetime

from django.db import transaction

from servanda.business.access.actions.refusals import AccessRefused
from servanda.business.access.facts import Topic
from servanda.business.access.models import Choice, Membership
from servanda.business.access.queries import choices_of
from servanda.business.evidence.actions import record


@transaction.atomic
def choose(
    customer_id: int, user_id: int, topic: Topic, *, is_yes: bool, words: str, how: str, today: date, at: datetime
) -> bool:
    """Keep a member's yes or no to a topic. False: that is what they had said already."""
    member = Membership.objects.filter(customer_id=customer_id, user_id=user_id, ended_at__isnull=True).first()
    if member is None:
        raise AccessRefused("They do not act for this customer any more.")
    said = next((one for one in choices_of(customer_id) if one.user_id == user_id and one.topic is topic), None)
    if (said is not None and said.is_yes == is_yes) or (said is None and not is_yes):
        return False
    row = Choice.objects.create(
        company_id=member.company_id,
        customer_id=customer_id,
        user_id=user_id,
        topic=topic.value,
        is_yes=is_yes,
        words=words,
        how=how,
        at=at,
    )
    return record(
        company_id=member.company_id,
        key=f"choice.made:{row.pk}",
        what="choice.made",
        subject=f"customer:{customer_id}",
        on_day=today,
        at=at,
        because=(),
        facts={"topic": topic.value, "is_yes": is_yes, "how": how},
        customer_id=customer_id,
        by=f"user:{user_id}",
    )
