"""A forgotten password, and another address to sign in with. Who reads the former address can undo the change for a week."""

from datetime import date, datetime, timedelta
from hashlib import sha256

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from servanda.business.access import wording
from servanda.business.access.actions.mailing import write_asked_mail, write_mail
from servanda.business.access.actions.passwords import refuse_simple
from servanda.business.access.actions.refusals import AccessRefused
from servanda.business.access.actions.sittings import end_sittings
from servanda.business.access.facts import MailDraft, MembershipFacts
from servanda.business.access.models import Link
from servanda.business.access.queries import memberships_of
from servanda.business.customers.queries import customer
from servanda.business.evidence.actions import record

PASSWORD_HOURS = 2
EMAIL_HOURS = 24
UNDO_DAYS = 7
HELD_HOURS = 72


@transaction.atomic
def ask_for_new_password(email: str, *, link: str, asked_from: str, at: datetime) -> None:
    """Write to an address how to choose a new password. Nothing tells whether anybody signs in with it.

    Members of staff are not helped this way, and neither is an address for which nobody acts.
    """
    user = get_user_model()._default_manager.filter(username=email.strip().casefold(), is_active=True).first()
    acts_for = memberships_of(user.pk) if user is not None and not user.is_staff else ()
    if user is None or not acts_for:
        return
    first = acts_for[0]
    language = customer(first.customer_id).language
    draft = MailDraft(
        company_id=first.company_id,
        kind="password",
        recipient=user.get_username(),
        language=language,
        subject=wording.password_subject(first.company_name, language),
        paragraphs=wording.password_paragraphs(first.company_name, link, PASSWORD_HOURS, language),
        queued_at=at,
        asked_from=asked_from,
    )
    if write_asked_mail(draft):
        until = at + timedelta(hours=PASSWORD_HOURS)
        _make(user.pk, first.company_id, "password", user.get_username(), link, at=at, until=until)


@transaction.atomic
def choose_new_password(secret: str, password: str, *, today: date, at: datetime) -> int:
    """Take up such a link with a new password, end every other session, and tell the address. Returns the user."""
    row = _usable(secret, "password", at=at)
    refuse_simple(password, row.user.get_username())
    row.user.set_password(password)
    row.user.save(update_fields=["password"])
    row.used_at = at
    row.save(update_fields=["used_at"])
    end_sittings(row.user_id, at=at)
    _tell_of_password(row.user_id, today=today, at=at)
    return int(row.user_id)


@transaction.atomic
def change_password(user_id: int, *, old: str, new: str, kept_key_sha256: str, today: date, at: datetime) -> None:
    """Change the password of who knows the present one; every session but this one ends."""
    user = get_user_model()._default_manager.select_for_update().get(pk=user_id)
    _refuse_wrong(user, old)
    refuse_simple(new, user.get_username())
    user.set_password(new)
    user.save(update_fields=["password"])
    end_sittings(user_id, at=at, but=kept_key_sha256)
    _tell_of_password(user_id, today=today, at=at)


@transaction.atomic
def ask_for_other_email(user_id: int, *, password: str, email: str, link: str, asked_from: str, at: datetime) -> None:
    """Write to a new address with a link that proves it is read. Whether somebody signs in with it already is not told."""
    user = get_user_model()._default_manager.get(pk=user_id)
    _refuse_wrong(user, password)
    email = email.strip().casefold()
    try:
        validate_email(email)
    except ValidationError as error:
        raise AccessRefused(
            "'%(email)s' is no e-mail address. Write it as name@example.dk.", {"email": email}
        ) from error
    if user.is_staff:
        raise AccessRefused("The name of a member of staff is changed in the office. Ask there.")
    first = _first(user_id)
    language = customer(first.customer_id).language
    draft = MailDraft(
        company_id=first.company_id,
        kind="e-mail",
        recipient=email,
        language=language,
        subject=wording.email_subject(first.company_name, language),
        paragraphs=wording.email_paragraphs(first.company_name, link, EMAIL_HOURS, language),
        queued_at=at,
        asked_from=asked_from,
    )
    if get_user_model()._default_manager.filter(username=email).exists():
        return
    if write_asked_mail(draft):
        _make(user_id, first.company_id, "e-mail", email, link, at=at, until=at + timedelta(hours=EMAIL_HOURS))


@transaction.atomic
def take_other_email(secret: str, *, undo_link: str, today: date, at: datetime) -> int:
    """Let somebody sign in with the address they have proven. The former one is told, with a link that undoes it."""
    row = _usable(secret, "e-mail", at=at)
    user, former = row.user, row.user.get_username()
    if get_user_model()._default_manager.filter(username=row.email).exists():
        raise AccessRefused("This link cannot be used any more. Ask for a new one.")
    user.username = user.email = row.email
    user.save(update_fields=["username", "email"])
    row.used_at = at
    row.save(update_fields=["used_at"])
    until = at + timedelta(days=UNDO_DAYS)
    _make(user.pk, row.company_id, "undo e-mail", former, undo_link, at=at, until=until)
    first = _first(user.pk)
    language = customer(first.customer_id).language
    draft = MailDraft(
        company_id=first.company_id,
        kind="e-mail changed",
        recipient=former,
        language=language,
        subject=wording.email_changed_subject(first.company_name, language),
        paragraphs=wording.email_changed_paragraphs(first.company_name, undo_link, UNDO_DAYS, language),
        queued_at=at,
    )
    write_mail(draft)
    _record(user.pk, "access.email_changed", today=today, at=at)
    return int(user.pk)


@transaction.atomic
def undo_other_email(secret: str, password: str, *, today: date, at: datetime) -> int:
    """Give somebody their former address back, with a new password; all sessions end, and links to any address fall away."""
    row = _usable(secret, "undo e-mail", at=at)
    refuse_simple(password, row.email)
    user = row.user
    user.username = user.email = row.email
    user.set_password(password)
    user.save(update_fields=["username", "email", "password"])
    Link.objects.filter(user=user, used_at__isnull=True).update(used_at=at)
    end_sittings(user.pk, at=at)
    _record(user.pk, "access.email_restored", today=today, at=at)
    return int(user.pk)


def _usable(secret: str, purpose: str, *, at: datetime) -> Link:
    rows = Link.objects.select_for_update(of=("self",)).select_related("user")
    row = rows.filter(
        secret_sha256=sha256(secret.encode()).hexdigest(), purpose=purpose, used_at__isnull=True, expires_at__gt=at
    ).first()
    if row is None:
        raise AccessRefused("This link cannot be used any more. Ask for a new one.")
    return row


def _make(user_id: int, company_id: int, purpose: str, email: str, link: str, *, at: datetime, until: datetime) -> None:
    """Keep the hash of a new link; those of the same purpose before it fall away."""
    if purpose != "undo e-mail":
        Link.objects.filter(user_id=user_id, purpose=purpose, used_at__isnull=True).update(used_at=at)
    Link.objects.create(
        user_id=user_id,
        company_id=company_id,
        purpose=purpose,
        email=email,
        secret_sha256=sha256(link.rstrip("/").rpartition("/")[2].encode()).hexdigest(),
        made_at=at,
        expires_at=until,
    )


def _refuse_wrong(user: AbstractBaseUser, password: str) -> None:
    if not user.check_password(password):
        raise AccessRefused("The present password is not right. Type it again.")


def _first(user_id: int) -> MembershipFacts:
    acts_for = memberships_of(user_id)
    if not acts_for:
        raise AccessRefused("You act for nobody here any more. Ask the holder for an invitation.")
    return acts_for[0]


def _tell_of_password(user_id: int, *, today: date, at: datetime) -> None:
    first = _first(user_id)
    language = customer(first.customer_id).language
    draft = MailDraft(
        company_id=first.company_id,
        kind="password changed",
        recipient=first.name,
        language=language,
        subject=wording.password_changed_subject(first.company_name, language),
        paragraphs=wording.password_changed_paragraphs(first.company_name, language),
        queued_at=at,
    )
    write_mail(draft)
    _record(user_id, "access.password_changed", today=today, at=at)


def _record(user_id: int, what: str, *, today: date, at: datetime) -> None:
    """Keep for each customer for whom they act that their way in changed; no address stands in it."""
    for member in memberships_of(user_id):
        record(
            company_id=member.company_id,
            key=f"{what}:{member.membership_id}:{at.isoformat()}",
            what=what,
            subject=f"customer:{member.customer_id}",
            on_day=today,
            at=at,
            because=(),
            facts={"user": user_id},
            customer_id=member.customer_id,
            by=f"user:{user_id}",
        )
