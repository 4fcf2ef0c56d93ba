"""The first login of a new customer: whoever signed up holds the account."""

from datetime import date, datetime

from django.contrib.auth import get_user_model

from servanda.business.access.actions.refusals import AccessRefused
from servanda.business.access.facts import Role
from servanda.business.access.models import Membership
from servanda.business.evidence.actions import record


def first_holder(
    company_id: int, customer_id: int, *, email: str, password_hash: str, today: date, at: datetime
) -> int:
    """Make a login with a password that was hashed before, and let it hold the account; return its user."""
    users = get_user_model()._default_manager
    if users.filter(username=email).exists():
        raise AccessRefused("%(email)s has a login already. Sign in with it, and order there.", {"email": email})
    user = users.create(username=email, email=email, password=password_hash)
    row = Membership.objects.create(
        company_id=company_id, customer_id=customer_id, user=user, role=Role.HOLDER.value, since=at
    )
    record(
        company_id=company_id,
        key=f"access.signed_up:{row.pk}",
        what="access.signed_up",
        subject=f"customer:{customer_id}",
        on_day=today,
        at=at,
        because=(),
        facts={"role": row.role},
        customer_id=customer_id,
        by=f"user:{user.pk}",
    )
    return int(user.pk)
