"""Noting that the nodes must be told of a service: in the transaction of the change, so that none is forgotten.

Who tells them is woken when the change stands. A wake-up that is lost costs the time until the next round, no more; it is
not part of the transaction, because two of them would then wait for each other.
"""

from collections.abc import Iterable

from django.conf import settings
from django.db import connection, transaction
from django.utils.module_loading import import_string

_TOUCH = """
insert into hosting_touched (service_id) select service_id from hosting_setup where service_id = any(%s)
on conflict (service_id) do nothing
"""


def touch(service_ids: Iterable[int]) -> None:
    """Note that something of the services has changed. Services that lie on no node are left out."""
    touched = sorted(set(service_ids))
    if touched:
        with connection.cursor() as cursor:
            cursor.execute(_TOUCH, [touched])
            is_new = cursor.rowcount > 0
        if is_new:
            transaction.on_commit(import_string(settings.WAKE_TELLING), robust=True)
