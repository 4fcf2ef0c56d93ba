"""Who changes what a customer has to their credit does so alone: paying out, using up and taking back wait for each other."""

from django.db import connection

_CREDIT = 0x5E42_C4ED  # of the advisory locks on customers' credit


def lock_credit_of(customer_id: int) -> None:
    """Keep everybody else from a customer's credit until the transaction ends. Taken before any row is locked."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s, %s)", [_CREDIT, customer_id])
