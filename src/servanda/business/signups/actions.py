"""Becoming a customer, step by step. Until the order's button is pressed only a draft is kept; then all comes at once:
customer, login, contract, service and confirmation, in one transaction, or nothing.
"""

from dataclasses import asdict, replace
from datetime import date, datetime, timedelta

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from servanda.business.access.actions.becoming import first_holder
from servanda.business.access.actions.mailing import write_asked_mail, write_mail
from servanda.business.access.actions.passwords import refuse_simple
from servanda.business.access.facts import MailDraft
from servanda.business.companies.facts import CompanyFacts
from servanda.business.contracts.facts import Acceptance
from servanda.business.customers.actions import add_customer
from servanda.business.customers.facts import CustomerDetails
from servanda.business.customers.queries import next_number
from servanda.business.evidence.actions import record
from servanda.business.hosting.actions.ordering import Order, place_order
from servanda.business.signups import wording
from servanda.business.signups.decisions import is_covered, of_age_on, wrong_in
from servanda.business.signups.facts import Answers, GuardianFacts, SignupFacts, Wish
from servanda.business.signups.models import Guardian, Signup
from servanda.business.signups.queries import age_rule, guardian_facts, guardian_of, hash_of, signup_facts
from servanda.ground.law.persons import GUARDIANS_YES, OF_AGE
from servanda.ground.refusal import Refused
from servanda.terms.clauses import CustomerKind

SIGNUP_DAYS = 30
GUARDIAN_DAYS = 14


class SignupRefused(Refused):
    """Nobody becomes a customer this way."""


@transaction.atomic
def begin(
    company: CompanyFacts,
    email: str,
    *,
    secret: str,
    link: str,
    sign_in_link: str,
    token: str,
    asked_from: str,
    language: str,
    at: datetime,
) -> None:
    """Write to an address how to go on. An address that signs in already hears that instead; the page tells neither."""
    email = email.strip().casefold()
    try:
        validate_email(email)
    except ValidationError as error:
        raise SignupRefused(
            "'%(email)s' is no e-mail address. Write it as name@example.dk.", {"email": email}
        ) from error
    is_known = get_user_model()._default_manager.filter(username=email).exists()
    draft = MailDraft(
        company_id=company.company_id,
        kind="sign-up",
        recipient=email,
        language=language,
        subject=(wording.known_subject if is_known else wording.start_subject)(company.name, language),
        paragraphs=wording.known_paragraphs(company.name, sign_in_link, language)
        if is_known
        else wording.start_paragraphs(company.name, link, SIGNUP_DAYS, language),
        queued_at=at,
        asked_from=asked_from,
    )
    if not write_asked_mail(draft) or is_known:
        return
    Signup.objects.create(
        company_id=company.company_id,
        email=email,
        language=language,
        secret_sha256=hash_of(secret),
        token=token,
        begun_at=at,
        expires_at=at + timedelta(days=SIGNUP_DAYS),
    )


@transaction.atomic
def keep_answers(secret: str, answers: Answers, *, password: str, today: date, at: datetime) -> SignupFacts:
    """Keep what somebody says of themselves; refuses what is wrong, and a simple password. An empty one keeps the former."""
    row = _open(secret, at=at)
    if wrong_in(answers, today=today):
        raise SignupRefused("Something is missing. It stands at its field.")
    if password or not row.password:
        refuse_simple(password, row.email, names=(answers.name,))
        row.password = make_password(password)
    born_on = answers.born_on.isoformat() if answers.born_on is not None else None
    row.answers = asdict(answers) | {"born_on": born_on if answers.kind == "consumer" else None}
    row.save(update_fields=["answers", "password"])
    return signup_facts(row)


@transaction.atomic
def keep_wish(secret: str, wish: Wish, *, at: datetime) -> SignupFacts:
    """Keep what they want to order."""
    row = _open(secret, at=at)
    row.wish = asdict(wish)
    row.save(update_fields=["wish"])
    return signup_facts(row)


@transaction.atomic
def ask_guardian(
    company: CompanyFacts,
    secret: str,
    *,
    name: str,
    email: str,
    guardian_secret: str,
    link: str,
    version: str,
    asked_from: str,
    today: date,
    at: datetime,
) -> GuardianFacts:
    """Ask a guardian about the order as it stands; whoever was asked before about another one is asked no more."""
    row = _open(secret, at=at)
    facts = signup_facts(row)
    minor_until = minor_until_of(company, facts.answers, version=version, today=today)
    if minor_until is None:
        raise SignupRefused("Who is of age orders without a guardian. Go on to the order.")
    email = email.strip().casefold()
    try:
        validate_email(email)
    except ValidationError as error:
        raise SignupRefused(
            "'%(email)s' is no e-mail address. Write it as name@example.dk.", {"email": email}
        ) from error
    if not name.strip() or email == row.email:
        raise SignupRefused("Write the guardian's own name and their own e-mail address.")
    draft = MailDraft(
        company_id=company.company_id,
        kind="guardian",
        recipient=email,
        language=row.language,
        subject=wording.guardian_subject(facts.answers.name, company.name, row.language),
        paragraphs=wording.guardian_paragraphs(
            facts.answers.name, name.strip(), company.name, link, GUARDIAN_DAYS, row.language
        ),
        queued_at=at,
        asked_from=asked_from,
    )
    if not write_asked_mail(draft):
        raise SignupRefused("There went too many mails to this address within the hour. Wait an hour and try again.")
    Guardian.objects.filter(signup=row, answered_at__isnull=True).update(expires_at=at)
    asked = Guardian.objects.create(
        company_id=company.company_id,
        signup=row,
        minor_until=minor_until,
        name=name.strip(),
        email=email,
        plan_code=facts.wish.plan_code,
        domain=facts.wish.name,
        secret_sha256=hash_of(guardian_secret),
        asked_at=at,
        expires_at=at + timedelta(days=GUARDIAN_DAYS),
    )
    return guardian_facts(asked)


@transaction.atomic
def answer_as_guardian(
    secret: str, *, is_yes: bool, signed_name: str, words: str, today: date, at: datetime
) -> GuardianFacts:
    """Keep a guardian's answer with the name they signed by and the words that they said yes to."""
    rows = Guardian.objects.select_for_update(of=("self",)).select_related("signup")
    row = rows.filter(secret_sha256=hash_of(secret), answered_at__isnull=True, expires_at__gt=at).first()
    if row is None:
        raise SignupRefused("This link was used, or is too old. Ask for a new one.")
    if is_yes and not signed_name.strip():
        raise SignupRefused("Sign with your full name. It is kept with your answer.")
    row.answered_at, row.is_yes, row.signed_name, row.words = at, is_yes, signed_name.strip(), words
    row.save(update_fields=["answered_at", "is_yes", "signed_name", "words"])
    _record(row, "guardian.answered", {"is_yes": is_yes}, by="guardian", today=today, at=at)
    return guardian_facts(row)


@transaction.atomic
def decide_on_guardian(
    company: CompanyFacts, guardian_id: int, *, is_approved: bool, reason: str, by: str, today: date, at: datetime
) -> None:
    """Take or refuse a guardian's yes, by a member of staff who has looked at it; the minor is told."""
    rows = Guardian.objects.select_for_update(of=("self",)).select_related("signup")
    row = rows.filter(pk=guardian_id, company_id=company.company_id).first()
    if row is None or not guardian_facts(row).waits_for_staff:
        raise SignupRefused("No guardian's yes waits here. Look at the list again.")
    if not reason.strip():
        raise SignupRefused("Say what you looked at. The reason is kept with the record.")
    row.is_approved, row.reason, row.decided_by, row.decided_at = is_approved, reason.strip(), by, at
    row.save(update_fields=["is_approved", "reason", "decided_by", "decided_at"])
    facts = {"is_approved": is_approved, "reason": reason.strip()}
    _record(row, "guardian.decided", facts, by=by, today=today, at=at)
    language = row.signup.language
    draft = MailDraft(
        company_id=company.company_id,
        kind="guardian decided",
        recipient=row.signup.email,
        language=language,
        subject=wording.decided_subject(company.name, is_approved=is_approved, language=language),
        paragraphs=wording.decided_paragraphs(
            company.name, is_approved=is_approved, email=company.email, language=language
        ),
        queued_at=at,
    )
    write_mail(draft)


@transaction.atomic
def become_customer(
    company: CompanyFacts,
    secret: str,
    order: Order,
    acceptance: Acceptance,
    *,
    today: date,
    at: datetime,
    now: datetime,
) -> tuple[int, int]:
    """Make the customer, their login and their first order at once, and return both ids. A second time it is found done."""
    row = _open(secret, at=now)
    facts = signup_facts(row)
    if row.customer_id is not None and row.user_id is not None:
        return row.customer_id, row.user_id
    if not facts.has_answers or (order.token, order.plan_code, order.name) != (
        row.token,
        facts.wish.plan_code,
        facts.wish.name,
    ):
        raise SignupRefused("This order was not shown to you. Look at it once more.")
    minor_until = minor_until_of(company, facts.answers, version=acceptance.version, today=today)
    guardian = guardian_of(row.pk) if minor_until is not None else None
    if minor_until is not None and not is_covered(guardian, facts.wish):
        raise SignupRefused("Your guardian's yes is missing, or staff have not looked at it yet. Nothing was ordered.")
    customer_id = _customer(company, facts, minor_until, today=today, at=at)
    user_id = first_holder(
        company.company_id, customer_id, email=row.email, password_hash=row.password, today=today, at=now
    )
    place_order(
        company,
        customer_id,
        replace(order, guardian=guardian.record_key if guardian is not None else ""),
        acceptance,
        accepted_by=facts.answers.name,
        today=today,
        at=at,
        by=f"user:{user_id}",
    )
    row.customer_id, row.user_id, row.finished_at, row.password = customer_id, user_id, now, ""
    row.answers = {"name": facts.answers.name}
    row.save(update_fields=["customer", "user_id", "finished_at", "password", "answers"])
    return customer_id, user_id


def forget_expired(*, at: datetime) -> int:
    """Remove the drafts that nobody finished in time, with the guardians who were asked and did not answer."""
    rows = Signup.objects.filter(expires_at__lte=at, finished_at__isnull=True)
    Guardian.objects.filter(signup__in=rows, answered_at__isnull=True).delete()
    kept = Guardian.objects.values_list("signup_id", flat=True)
    rows.filter(pk__in=kept).update(answers={}, wish={}, password="")
    return rows.exclude(pk__in=kept).delete()[0]


def minor_until_of(company: CompanyFacts, answers: Answers, *, version: str, today: date) -> date | None:
    """Return the day on which somebody comes of age, if they are not yet."""
    if answers.kind != "consumer" or answers.born_on is None:
        return None
    day = of_age_on(answers.born_on, age_rule(company.slug, version, on=today))
    return day if today < day else None


def _open(secret: str, *, at: datetime) -> Signup:
    row = Signup.objects.select_for_update().filter(secret_sha256=hash_of(secret), expires_at__gt=at).first()
    if row is None:
        raise SignupRefused("This link is too old, or was never ours. Begin anew with your e-mail address.")
    return row


def _customer(company: CompanyFacts, facts: SignupFacts, minor_until: date | None, *, today: date, at: datetime) -> int:
    answers = facts.answers
    details = CustomerDetails(
        number=next_number(company.company_id),
        kind=CustomerKind(answers.kind),
        name=answers.name,
        email=facts.email,
        contact_name=answers.contact_name,
        cvr=answers.cvr if answers.kind == "business" else "",
        address_lines=(answers.address,),
        postal_code=answers.postal_code,
        city=answers.city,
        language=facts.language,
        minor_until=minor_until,
    )
    customer_id, _ = add_customer(company.company_id, details, today=today, at=at, by="sign-up")
    return customer_id


def _record(row: Guardian, what: str, facts: dict[str, object], *, by: str, today: date, at: datetime) -> None:
    record(
        company_id=row.company_id,
        key=f"{what}:{row.pk}",
        what=what,
        subject=f"guardian:{row.pk}",
        on_day=today,
        at=at,
        because=(OF_AGE, GUARDIANS_YES),
        facts={"plan": row.plan_code, **facts},
        by=by,
    )
