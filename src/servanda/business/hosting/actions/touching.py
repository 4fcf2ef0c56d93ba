"""Noting that the nodes must be told of a service: in the transaction of the change, so that none is forgotten."""

from collections.abc import Iterable

from django.db import connection

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
