"""Inviting somebody to act for a customer, taking up an invitation, and ending the right to act."""

from datetime import date, datetime, timedelta
from hashlib import sha256

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from servanda.business.access import wording
from servanda.business.access.actions.passwords import refuse_simple
from servanda.business.access.actions.refusals import AccessRefused, PasswordRefused
from servanda.business.access.facts import MembershipFacts, Role
from servanda.business.access.models import Invitation, Membership
from servanda.business.access.queries import memberships_of
from servanda.business.companies.facts import CompanyFacts
from servanda.business.customers.queries import customer as customer_facts
from servanda.business.evidence.actions import record
from servanda.business.letters.actions import write_letters
from servanda.business.letters.facts import LetterDraft

__all__ = [
    "INVITATION_DAYS",
    "AccessRefused",
    "PasswordRefused",
    "end_membership",
    "invite",
    "make_member",
    "take_up_invitation",
]
INVITATION_DAYS = 7


@transaction.atomic
def invite(
    company: CompanyFacts, customer_id: int, *, email: str, role: Role, link: str, by: str, today: date, at: datetime
) -> None:
    """Write to somebody that they may act for a customer. `link` leads to the page that takes invitations; its last part is
    a secret that nobody can guess (`faces.parts.invitations.invitation_link`), of which only the hash is kept.

    An earlier invitation to the same address is withdrawn. Refuses an address that is none, and who acts already.
    """
    email = email.strip().casefold()
    try:
        validate_email(email)
    except ValidationError as error:
        raise AccessRefused(
            "'%(email)s' is no e-mail address. Write it as name@example.dk.", {"email": email}
        ) from error
    buyer = customer_facts(customer_id)
    if buyer.company_id != company.company_id:
        raise AccessRefused(
            "Customer %(number)s belongs to another company. Look at the number again.", {"number": buyer.number}
        )
    if Membership.objects.filter(customer_id=customer_id, user__username=email, ended_at__isnull=True).exists():
        raise AccessRefused(
            "%(email)s acts for this customer already. There is nothing to invite to.", {"email": email}
        )
    Invitation.objects.filter(
        customer_id=customer_id, email=email, used_at__isnull=True, withdrawn_at__isnull=True
    ).update(withdrawn_at=at)
    row = Invitation.objects.create(
        company_id=company.company_id,
        customer_id=customer_id,
        email=email,
        role=role.value,
        secret_sha256=sha256(link.rstrip("/").rpartition("/")[2].encode()).hexdigest(),
        invited_by=by,
        invited_at=at,
        expires_at=at + timedelta(days=INVITATION_DAYS),
    )
    _record(row, "access.invited", today=today, at=at, by=by)
    paragraphs = wording.invitation_paragraphs(
        company=company.name,
        customer=buyer.name,
        link=link,
        until=row.expires_at,
        language=buyer.language,
    )
    draft = LetterDraft(
        company_id=company.company_id,
        customer_id=customer_id,
        key=f"invitation:{row.pk}",
        kind="invitation",
        language=buyer.language,
        recipient=email,
        subject=wording.invitation_subject(company.name, buyer.language),
        text="\n\n".join(paragraphs) + "\n",
        on_day=today,
        queued_at=at,
    )
    write_letters([draft])


@transaction.atomic
def take_up_invitation(
    secret: str, *, password: str = "", user_id: int | None = None, today: date, at: datetime
) -> int:
    """Use an invitation, and return the user who may act now.

    Somebody new brings a password. An address that signs in already must be signed in: `user_id` is theirs, so that a link
    in foreign hands opens no account. Refuses a link that was used, withdrawn or is too old.
    """
    row = (
        Invitation.objects.select_for_update()
        .filter(secret_sha256=sha256(secret.encode()).hexdigest(), used_at__isnull=True, withdrawn_at__isnull=True)
        .first()
    )
    if row is None or row.expires_at <= at:
        raise AccessRefused("This invitation cannot be used any more. Ask for a new one.")
    users = get_user_model()._default_manager
    known = users.filter(username=row.email).first()
    if known is not None and known.pk != user_id:
        raise AccessRefused(
            "%(email)s has a login already. Sign in with it, and open the link again.", {"email": row.email}
        )
    if known is None:
        refuse_simple(password, row.email)
        known = users.create_user(row.email, email=row.email, password=password)
    Membership.objects.filter(user=known, customer_id=row.customer_id, ended_at__isnull=True).update(ended_at=at)
    Membership.objects.create(
        company_id=row.company_id, customer_id=row.customer_id, user=known, role=row.role, since=at
    )
    row.used_at = at
    row.save(update_fields=["used_at"])
    _record(row, "access.granted", today=today, at=at, by=f"user:{known.pk}")
    return int(known.pk)


@transaction.atomic
def end_membership(membership_id: int, *, customer_id: int, by: str, today: date, at: datetime) -> None:
    """End somebody's right to act for a customer. Their next request finds nothing; refuses the last holder."""
    rows = Membership.objects.select_for_update().filter(customer_id=customer_id, ended_at__isnull=True)
    row = rows.filter(pk=membership_id).first()
    if row is None:
        raise AccessRefused("They do not act for this customer any more.")
    if row.role == Role.HOLDER and rows.filter(role=Role.HOLDER).count() == 1 and not by.startswith("staff:"):
        raise AccessRefused("Somebody must hold the account. Invite another holder first.")
    row.ended_at = at
    row.save(update_fields=["ended_at"])
    record(
        company_id=row.company_id,
        key=f"access.ended:{row.pk}",
        what="access.ended",
        subject=f"customer:{row.customer_id}",
        on_day=today,
        at=at,
        because=(),
        facts={"user": row.user_id, "role": row.role},
        customer_id=row.customer_id,
        by=by,
    )


def make_member(
    customer_id: int, company_id: int, *, name: str, password: str, role: Role, at: datetime
) -> MembershipFacts:
    """Let somebody act at once, without an invitation: for the demo's first customer login."""
    users = get_user_model()._default_manager
    user = users.filter(username=name).first() or users.create_user(name, email=name, password=password)
    Membership.objects.get_or_create(
        company_id=company_id,
        customer_id=customer_id,
        user=user,
        ended_at=None,
        defaults={"role": role.value, "since": at},
    )
    return next(one for one in memberships_of(user.pk) if one.customer_id == customer_id)


def _record(row: Invitation, what: str, *, today: date, at: datetime, by: str) -> None:
    record(
        company_id=row.company_id,
        key=f"{what}:{row.pk}",
        what=what,
        subject=f"customer:{row.customer_id}",
        on_day=today,
        at=at,
        because=(),
        facts={"role": row.role},
        customer_id=row.customer_id,
        by=by,
    )
