"""Who may act for which customer, and which invitations can still be used."""

from datetime import datetime
from hashlib import sha256

from django.contrib.auth import get_user_model
from django.db.models import QuerySet

from servanda.business.access.facts import (
    ChoiceFacts,
    InvitationFacts,
    LinkFacts,
    MembershipFacts,
    Role,
    SittingFacts,
    Topic,
)
from servanda.business.access.models import Choice, Invitation, Link, Membership, Sitting


def memberships_of(user_id: int) -> tuple[MembershipFacts, ...]:
    """Return for whom somebody acts now."""
    return _facts(_open().filter(user_id=user_id))


def membership(user_id: int, *, company: str, customer: str) -> MembershipFacts | None:
    """Return by what right somebody acts for the customer of this number, if they do."""
    found = _facts(_open().filter(user_id=user_id, company__slug=company, customer__number=customer))
    return found[0] if found else None


def members_of(customer_id: int) -> tuple[MembershipFacts, ...]:
    """Return who acts for a customer now."""
    return _facts(_open().filter(customer_id=customer_id))


def open_invitations(customer_id: int, *, at: datetime) -> tuple[InvitationFacts, ...]:
    """Return the invitations of a customer that can still be used."""
    rows = _usable(at).filter(customer_id=customer_id).order_by("id")
    return tuple(invitation_facts(row) for row in rows)


def invitation_by(secret: str, *, at: datetime) -> InvitationFacts | None:
    """Return the invitation that a link stands for, unless it was used, withdrawn or is too old."""
    row = _usable(at).filter(secret_sha256=sha256(secret.encode()).hexdigest()).first()
    return invitation_facts(row) if row is not None else None


def link_by(secret: str, *, purpose: str, at: datetime) -> LinkFacts | None:
    """Return what a link stands for, unless it was used or is too old."""
    rows = Link.objects.select_related("user", "company").filter(used_at__isnull=True, expires_at__gt=at)
    row = rows.filter(secret_sha256=sha256(secret.encode()).hexdigest(), purpose=purpose).first()
    if row is None:
        return None
    return LinkFacts(
        link_id=row.pk,
        user_id=row.user_id,
        name=row.user.get_username(),
        company_id=row.company_id,
        company_name=row.company.name,
        purpose=row.purpose,
        email=row.email,
        made_at=row.made_at,
    )


def email_changed_at(user_id: int) -> datetime | None:
    """Return when somebody last began to sign in with another address, if that can still be undone."""
    rows = Link.objects.filter(user_id=user_id, purpose="undo e-mail", used_at__isnull=True)
    return rows.order_by("-made_at").values_list("made_at", flat=True).first()


def sittings_of(user_id: int, *, limit: int = 50) -> tuple[SittingFacts, ...]:
    """Return from where somebody is signed in or was, the latest seen first."""
    rows = Sitting.objects.filter(user_id=user_id).order_by("-seen_at", "-id")[:limit]
    return tuple(
        SittingFacts(
            sitting_id=row.pk,
            key_sha256=row.key_sha256,
            began_at=row.began_at,
            seen_at=row.seen_at,
            network=row.network,
            browser=row.browser,
            ended_at=row.ended_at,
        )
        for row in rows
    )


def choices_of(customer_id: int) -> tuple[ChoiceFacts, ...]:
    """Return what each member of a customer said last of each topic."""
    rows = Choice.objects.filter(customer_id=customer_id).select_related("user")
    newest = rows.order_by("user_id", "topic", "-id").distinct("user_id", "topic")
    return tuple(
        ChoiceFacts(
            topic=Topic(row.topic),
            is_yes=row.is_yes,
            words=row.words,
            how=row.how,
            at=row.at,
            user_id=row.user_id,
            name=row.user.get_username(),
        )
        for row in newest
    )


def invitation_facts(row: Invitation) -> InvitationFacts:
    return InvitationFacts(
        invitation_id=row.pk,
        company_id=row.company_id,
        company_slug=row.company.slug,
        company_name=row.company.name,
        customer_id=row.customer_id,
        customer_number=row.customer.number,
        customer_name=row.customer.name,
        email=row.email,
        role=Role(row.role),
        expires_at=row.expires_at,
        knows_address=get_user_model()._default_manager.filter(username=row.email).exists(),
    )


def _usable(at: datetime) -> QuerySet[Invitation]:
    rows = Invitation.objects.filter(used_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=at)
    return rows.select_related("company", "customer")


def _open() -> QuerySet[Membership]:
    return Membership.objects.filter(ended_at__isnull=True).select_related("company", "customer", "user")


def _facts(rows: QuerySet[Membership]) -> tuple[MembershipFacts, ...]:
    return tuple(
        MembershipFacts(
            membership_id=row.pk,
            user_id=row.user_id,
            name=row.user.get_username(),
            company_id=row.company_id,
            company_slug=row.company.slug,
            company_name=row.company.name,
            customer_id=row.customer_id,
            customer_number=row.customer.number,
            customer_name=row.customer.name,
            role=Role(row.role),
            since=row.since,
            last_seen=row.user.last_login,
        )
        for row in rows.order_by("customer__name", "id")
    )
