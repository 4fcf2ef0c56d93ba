"""When is a certificate to be renewed, and how long does one wait after an error? Pure."""

from datetime import datetime, timedelta

# Minutes after the first, second … failure in a row. Let's Encrypt allows five failed proofs a name and hour.
WAITS = (1, 5, 15, 60, 180, 720)
# What an authority may ask us to wait at most before we try once more.
LONGEST_WAIT = timedelta(days=7)


def renewal_due_at(since: datetime, until: datetime, *, advised: datetime | None = None) -> datetime:
    """Return the moment from which a certificate is renewed: two thirds of its life, or sooner if its authority advises so."""
    ours = since + (until - since) * 2 / 3
    return ours if advised is None else min(ours, advised)


def wait_until(failures: int, *, now: datetime, asked: datetime | None = None) -> datetime:
    """Return when to try again after so many failures in a row, and not before the authority asked for."""
    ours = now + timedelta(minutes=WAITS[min(max(failures, 1), len(WAITS)) - 1])
    return ours if asked is None else max(ours, min(asked, now + LONGEST_WAIT))
