"""What a member of staff may do, and the second proofs of who somebody is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal


class StaffRole(StrEnum):
    """The work that somebody does here. Who has several may do what any of them may; all of them may read."""

    OWNER = "owner"
    BOOKKEEPER = "bookkeeper"
    TECHNICIAN = "technician"
    SUPPORT = "support"
    AUDITOR = "auditor"


class Power(StrEnum):
    """What an act of staff is about. Each act has exactly one (`faces.parts.powers.ACTS`)."""

    STOP = "stop"  # pull the brake, or let it go
    CUSTOMERS = "customers"  # their data, pauses, notices, letters, invitations
    MONEY = "money"  # bank, invoices, payouts, books, VAT
    SERVICES = "services"  # what runs on the servers
    DECIDE = "decide"  # yes or no to an act against a customer
    TERMS = "terms"  # what is agreed with everybody
    INSTALLATION = "installation"  # copies of it, its time, its checks
    PEOPLE = "people"  # who works here


_EVERYDAY = frozenset({Power.STOP, Power.CUSTOMERS})
POWERS: Mapping[StaffRole, frozenset[Power]] = {
    StaffRole.OWNER: frozenset(Power),
    StaffRole.BOOKKEEPER: _EVERYDAY | {Power.MONEY, Power.DECIDE},
    StaffRole.TECHNICIAN: _EVERYDAY | {Power.SERVICES, Power.INSTALLATION},
    StaffRole.SUPPORT: _EVERYDAY,
    StaffRole.AUDITOR: frozenset(),
}


def powers_of_roles(roles: frozenset[StaffRole]) -> frozenset[Power]:
    """Return what somebody with these roles may do; nobody may do anything without a role."""
    return frozenset(power for role in roles for power in POWERS[role])


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffMember:
    """Somebody who works here now. `second_factors` counts what they prove themselves by beside the password."""

    user_id: int
    name: str
    roles: tuple[StaffRole, ...]
    since: datetime
    last_seen: datetime | None
    second_factors: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """A second proof of who somebody is.

    `material` is the sealed secret of a one-time code, or the public credential of a passkey. `counter` is the newest time
    step that was used, or the passkey's own counter: what is not above it was seen before.
    """

    factor_id: int
    user_id: int
    kind: Literal["code", "passkey"]
    name: str
    material: bytes
    counter: int
    added_at: datetime
    used_at: datetime | None
