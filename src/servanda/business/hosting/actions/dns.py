"""The records of a zone, as its owner orders them. What would break the zone is refused before a node sees it."""

from django.db import transaction

from servanda.business.hosting.actions.changing import Order, change
from servanda.business.hosting.decisions.changing import with_record, without_record
from servanda.ground.nodes.kinds.dns import Record, Zone


@transaction.atomic
def add_record(service_id: int, key: str, record: Record, *, order: Order) -> None:
    change(service_id, key, Zone, lambda zone: with_record(zone, record), order=order, what="zone.record_added")


@transaction.atomic
def remove_record(service_id: int, key: str, record: Record, *, order: Order) -> None:
    change(service_id, key, Zone, lambda zone: without_record(zone, record), order=order, what="zone.record_removed")


@transaction.atomic
def change_record(service_id: int, key: str, before: Record, after: Record, *, order: Order) -> None:
    """Put one record in another's place, so that the zone is never without it."""
    change(
        service_id,
        key,
        Zone,
        lambda zone: with_record(without_record(zone, before), after),
        order=order,
        what="zone.record_changed",
    )
