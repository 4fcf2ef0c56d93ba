"""The records of a zone, as its owner orders them. What would break the zone is refused before a node sees it."""

from django.db import transaction

from servanda.business.hosting.actions.changing import Order, change
from servanda.business.hosting.decisions.changing import after_file, with_record, without_record
from servanda.business.hosting.decisions.zones import zone_after_file
from servanda.business.hosting.queries.zones import node_facts_of
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


@transaction.atomic
def replace_records(service_id: int, key: str, text: str, *, seen: str, order: Order) -> None:
    """Put a zone file in place of a zone's records, if it still makes the change that was looked at (`ZoneChange.seen`)."""
    change(
        service_id,
        key,
        Zone,
        lambda zone: after_file(zone_after_file(zone, text, node_facts_of(zone)), seen=seen),
        order=order,
        what="zone.replaced",
        facts=lambda zone: {"records": len(zone.records)},
    )
