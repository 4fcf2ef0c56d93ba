"""Sign-ups by the secret of their link, and guardians who were asked."""

from collections.abc import Iterable
from datetime import date, datetime
from hashlib import sha256

from servanda.business.companies.queries import Tally, tally_of
from servanda.business.library.queries import version_of
from servanda.business.signups.facts import Answers, GuardianFacts, SignupFacts, Wish
from servanda.business.signups.models import Guardian, Signup
from servanda.terms.clauses import Age, CustomerKind
from servanda.terms.resolving import ask
from servanda.terms.ruled import Ruled, ruled


def signup_by(secret: str, *, at: datetime) -> SignupFacts | None:
    """Return the sign-up that a link stands for, unless it is too old; a finished one is still found."""
    row = Signup.objects.filter(secret_sha256=hash_of(secret), expires_at__gt=at).first()
    return signup_facts(row) if row is not None else None


def guardian_by(secret: str, *, at: datetime) -> GuardianFacts | None:
    """Return what a guardian's link is about, unless it was answered or is too old."""
    rows = Guardian.objects.select_related("signup").filter(expires_at__gt=at, answered_at__isnull=True)
    row = rows.filter(secret_sha256=hash_of(secret)).first()
    return guardian_facts(row) if row is not None else None


def guardian_of(signup_id: int) -> GuardianFacts | None:
    """Return the guardian who was asked last."""
    row = Guardian.objects.select_related("signup").filter(signup_id=signup_id).order_by("-id").first()
    return guardian_facts(row) if row is not None else None


def guardians_to_decide(company_id: int) -> tuple[GuardianFacts, ...]:
    """Return the guardians who said yes and whom nobody has looked at, the longest waiting first."""
    rows = Guardian.objects.select_related("signup").filter(
        company_id=company_id, is_yes=True, is_approved__isnull=True
    )
    return tuple(guardian_facts(row) for row in rows.order_by("answered_at", "id"))


def guardian_tally(company_ids: Iterable[int]) -> Tally | None:
    """Return how to count them by company."""
    return tally_of(Guardian.objects.filter(company_id__in=list(company_ids), is_yes=True, is_approved__isnull=True))


def age_rule(slug: str, version: str, *, on: date) -> Ruled[Age] | None:
    """Return what a version says of the age of its customers."""
    return ruled(ask(version_of(slug, version), Age, on=on, customer=CustomerKind.CONSUMER))


def hash_of(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


def signup_facts(row: Signup) -> SignupFacts:
    answers = dict(row.answers)
    born_on = answers.pop("born_on", None)
    return SignupFacts(
        signup_id=row.pk,
        company_id=row.company_id,
        email=row.email,
        language=row.language,
        token=row.token,
        begun_at=row.begun_at,
        answers=Answers(**answers, born_on=date.fromisoformat(born_on) if born_on else None),
        wish=Wish(**row.wish),
        has_password=bool(row.password),
        customer_id=row.customer_id,
    )


def guardian_facts(row: Guardian) -> GuardianFacts:
    return GuardianFacts(
        guardian_id=row.pk,
        company_id=row.company_id,
        signup_id=row.signup_id,
        minor_name=row.signup.answers.get("name", ""),
        minor_until=row.minor_until,
        name=row.name,
        email=row.email,
        plan_code=row.plan_code,
        domain=row.domain,
        asked_at=row.asked_at,
        answered_at=row.answered_at,
        is_yes=row.is_yes,
        signed_name=row.signed_name,
        decided_at=row.decided_at,
        is_approved=row.is_approved,
    )
