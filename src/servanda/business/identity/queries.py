"""Which roles somebody has, and by what they prove who they are."""

from collections import defaultdict

from django.db.models import Count, QuerySet

from servanda.business.identity.facts import Factor, Power, StaffMember, StaffRole, powers_of_roles
from servanda.business.identity.models import RecoveryCode, SecondFactor, StaffPost


def roles_of(user_id: int) -> frozenset[StaffRole]:
    """Return the roles that somebody has now."""
    return frozenset(StaffRole(role) for role in _posts().filter(user_id=user_id).values_list("role", flat=True))


def powers_of(user_id: int) -> frozenset[Power]:
    """Return what somebody may do now."""
    return powers_of_roles(roles_of(user_id))


def staff_members() -> tuple[StaffMember, ...]:
    """Return everybody who has a role and can sign in, by name."""
    rows = _posts().filter(user__is_active=True, user__is_staff=True).select_related("user")
    factors = dict(open_factors().values_list("user_id").annotate(Count("id")))
    by_user: dict[int, list[StaffPost]] = defaultdict(list)
    for row in rows.order_by("user__username", "id"):
        by_user[row.user_id].append(row)
    return tuple(
        StaffMember(
            user_id=user_id,
            name=posts[0].user.get_username(),
            roles=tuple(StaffRole(post.role) for post in posts),
            since=min(post.since for post in posts),
            last_seen=posts[0].user.last_login,
            second_factors=factors.get(user_id, 0),
        )
        for user_id, posts in by_user.items()
    )


def factors_of(user_id: int) -> tuple[Factor, ...]:
    """Return the second proofs that somebody has now, oldest first."""
    return tuple(factor_facts(row) for row in open_factors().filter(user_id=user_id).order_by("id"))


def recovery_codes_left(user_id: int) -> int:
    return RecoveryCode.objects.filter(user_id=user_id, used_at__isnull=True).count()


def open_factors() -> QuerySet[SecondFactor]:
    return SecondFactor.objects.filter(ended_at__isnull=True)


def factor_facts(row: SecondFactor) -> Factor:
    return Factor(
        factor_id=row.pk,
        user_id=row.user_id,
        kind="code" if row.kind == "code" else "passkey",
        name=row.name,
        material=bytes(row.material),
        counter=row.counter,
        added_at=row.added_at,
        used_at=row.used_at,
    )


def _posts() -> QuerySet[StaffPost]:
    return StaffPost.objects.filter(ended_at__isnull=True)
