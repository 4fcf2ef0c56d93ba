"""A sign-up as far as it has come, and a guardian who was asked."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What somebody who wants to become a customer says of themselves. Empty text: not given."""

    kind: str = ""  # consumer or business
    name: str = ""
    contact_name: str = ""
    cvr: str = ""
    address: str = ""
    postal_code: str = ""
    city: str = ""
    born_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What they want to order first."""

    plan_code: str = ""
    name: str = ""
    starts_now: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SignupFacts:
    """A sign-up. Its link proves the address; nothing that costs comes of it before the order's button."""

    signup_id: int
    company_id: int
    email: str
    language: str
    token: str
    begun_at: datetime
    answers: Answers
    wish: Wish
    has_password: bool
    customer_id: int | None

    @property
    def has_answers(self) -> bool:
        return bool(self.answers.name and self.answers.kind and self.has_password)


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianFacts:
    """A guardian who was asked about one order of somebody who is not of age, what they said, and what staff made of it."""

    guardian_id: int
    company_id: int
    signup_id: int
    minor_name: str
    minor_until: date
    name: str
    email: str
    plan_code: str
    domain: str
    asked_at: datetime
    answered_at: datetime | None
    is_yes: bool | None
    signed_name: str
    decided_at: datetime | None
    is_approved: bool | None

    @property
    def record_key(self) -> str:
        """The record of the approval, which the order then names."""
        return f"guardian.decided:{self.guardian_id}"

    @property
    def waits_for_staff(self) -> bool:
        return self.is_yes is True and self.is_approved is None
