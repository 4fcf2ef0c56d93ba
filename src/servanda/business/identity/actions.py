"""Giving and ending roles of staff; adding, using and ending second proofs of who somebody is."""

from datetime import datetime
from hashlib import sha256
from typing import Literal

from django.contrib.auth import get_user_model
from django.db import transaction

from servanda.business.identity.facts import Factor, StaffRole
from servanda.business.identity.models import RecoveryCode, SecondFactor, StaffPost
from servanda.business.identity.queries import factor_facts, open_factors
from servanda.ground.refusal import Refused

FACTORS_MAX = 10
RECOVERY_CODES = 10


class IdentityRefused(Refused):
    """A role or a proof cannot be given, used or ended this way."""


@transaction.atomic
def add_staff(name: str, *, role: StaffRole, by: str, at: datetime) -> int:
    """Let somebody new work here, and return their user; they cannot sign in until they have chosen a password."""
    users = get_user_model()._default_manager
    if not 1 < len(name) <= 150 or not name.isprintable() or name.strip() != name:
        raise IdentityRefused("“%(name)s” is no name to sign in with. Write 2 to 150 letters.", {"name": name[:150]})
    if users.filter(username__iexact=name).exists():
        raise IdentityRefused("Somebody signs in as %(name)s already. Choose another name.", {"name": name})
    user = users.create_user(name, password=None, is_staff=True)
    give_role(user.pk, role, by=by, at=at)
    return int(user.pk)


@transaction.atomic
def give_role(user_id: int, role: StaffRole, *, by: str, at: datetime) -> None:
    """Give somebody a role; they work here from now on. What they have already stays as it is."""
    user = get_user_model()._default_manager.select_for_update().filter(pk=user_id).first()
    if user is None:
        raise IdentityRefused("There is nobody of this number. Reload the page.")
    if not user.is_staff or not user.is_active:
        user.is_staff = user.is_active = True
        user.save(update_fields=["is_staff", "is_active"])
    StaffPost.objects.get_or_create(
        user_id=user_id, role=role.value, ended_at=None, defaults={"since": at, "given_by": by}
    )


@transaction.atomic
def end_role(user_id: int, role: StaffRole, *, by: str, at: datetime) -> None:
    """End somebody's role; without any they cannot sign in as staff. Somebody must be owner, and nobody ends the last one."""
    rows = StaffPost.objects.select_for_update().filter(ended_at__isnull=True)
    row = rows.filter(user_id=user_id, role=role.value).first()
    if row is None:
        raise IdentityRefused("They do not have this role any more. Reload the page.")
    if role is StaffRole.OWNER and not rows.filter(role=role.value).exclude(pk=row.pk).exists():
        raise IdentityRefused("Somebody must be owner. Give the role to another one first.")
    row.ended_at, row.ended_by = at, by
    row.save(update_fields=["ended_at", "ended_by"])
    if not rows.filter(user_id=user_id).exists():
        get_user_model()._default_manager.filter(pk=user_id).update(is_staff=False)


@transaction.atomic
def add_factor(
    user_id: int, kind: Literal["code", "passkey"], *, name: str, material: bytes, counter: int, at: datetime
) -> Factor:
    """Keep a second proof. A new source of codes takes the place of the old one."""
    get_user_model()._default_manager.select_for_update().get(pk=user_id)
    rows = open_factors().filter(user_id=user_id)
    if kind == "code":
        rows.filter(kind="code").update(ended_at=at)
    if rows.count() >= FACTORS_MAX:
        raise IdentityRefused("%(most)s proofs are enough. End one first.", {"most": FACTORS_MAX})
    row = SecondFactor.objects.create(
        user_id=user_id, kind=kind, name=name.strip()[:60], material=material, counter=counter, added_at=at
    )
    return factor_facts(row)


def use_factor(factor_id: int, *, counter: int, at: datetime) -> bool:
    """Note that a proof was used, and say whether it may count: what was seen before does not, however quick the second try.

    A passkey that counts nothing says 0 each time, and that is no repetition.
    """
    rows = open_factors().filter(pk=factor_id)
    if counter or rows.exclude(counter=0).exists():
        rows = rows.filter(counter__lt=counter)
    return rows.update(counter=counter, used_at=at) == 1


@transaction.atomic
def end_factor(factor_id: int, *, user_id: int, at: datetime) -> None:
    """End a second proof of one's own. With the last one the recovery codes go too."""
    if not open_factors().filter(pk=factor_id, user_id=user_id).update(ended_at=at):
        raise IdentityRefused("This proof has ended already. Reload the page.")
    if not open_factors().filter(user_id=user_id).exists():
        RecoveryCode.objects.filter(user_id=user_id).delete()


@transaction.atomic
def end_factors(user_id: int, *, at: datetime, since: datetime | None = None) -> None:
    """End the second proofs that were added since a moment, codes on paper too; all of them where somebody has lost them."""
    factors, codes = open_factors().filter(user_id=user_id), RecoveryCode.objects.filter(user_id=user_id)
    if since is not None:
        factors, codes = factors.filter(added_at__gte=since), codes.filter(made_at__gte=since)
    factors.update(ended_at=at)
    codes.delete()


@transaction.atomic
def keep_recovery_codes(user_id: int, codes: tuple[str, ...], *, at: datetime) -> None:
    """Keep new recovery codes; those made before do not work any more."""
    RecoveryCode.objects.filter(user_id=user_id).delete()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(user_id=user_id, code_sha256=_hash(code), made_at=at) for code in codes
    )


def use_recovery_code(user_id: int, code: str, *, at: datetime) -> bool:
    """Use a recovery code, and say whether it was one that had not been used."""
    rows = RecoveryCode.objects.filter(user_id=user_id, code_sha256=_hash(code), used_at__isnull=True)
    return rows.update(used_at=at) == 1


def _hash(code: str) -> str:
    return sha256(code.replace("-", "").replace(" ", "").casefold().encode()).hexdigest()
