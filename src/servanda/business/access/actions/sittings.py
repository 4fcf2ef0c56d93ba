"""Who is signed in from where. A sitting that was ended, or that stood still too long, opens nothing any more."""

from datetime import datetime, timedelta

from django.db import transaction

from servanda.business.access.models import Sitting

IDLE = timedelta(minutes=60)
KEPT = timedelta(days=90)
NOTED_EACH = timedelta(minutes=1)


@transaction.atomic
def see_sitting(user_id: int, key_sha256: str, *, network: str, browser: str, at: datetime) -> bool:
    """Note that somebody is here. False: this sitting was ended, or stood still for too long, and has to begin anew."""
    row = Sitting.objects.filter(key_sha256=key_sha256).first()
    if row is None:
        Sitting.objects.create(
            user_id=user_id, key_sha256=key_sha256, began_at=at, seen_at=at, network=network, browser=browser
        )
        return True
    if row.ended_at is not None or row.user_id != user_id:
        return False
    if at - row.seen_at > IDLE:
        Sitting.objects.filter(pk=row.pk).update(ended_at=row.seen_at + IDLE)
        return False
    if at - row.seen_at > NOTED_EACH:
        Sitting.objects.filter(pk=row.pk).update(seen_at=at)
    return True


def end_sitting(user_id: int, sitting_id: int, *, at: datetime) -> bool:
    """End one of somebody's own sittings. False: there is none that runs."""
    return Sitting.objects.filter(pk=sitting_id, user_id=user_id, ended_at__isnull=True).update(ended_at=at) == 1


def end_sittings(user_id: int, *, at: datetime, but: str = "") -> int:
    """End all of somebody's sittings, but the one of this key, and return how many those were."""
    rows = Sitting.objects.filter(user_id=user_id, ended_at__isnull=True).exclude(key_sha256=but)
    return rows.update(ended_at=at)


def forget_old_sittings(*, at: datetime) -> int:
    """Remove what was last seen long ago, and return how many those are."""
    return Sitting.objects.filter(seen_at__lt=at - KEPT).delete()[0]
