"""Agreements, orders that fall due, and what the providers tell."""

from servanda.business.collecting.actions.hearing import Heard, hear
from servanda.business.collecting.actions.mandates import end_mandate, note_mandate, set_creditor
from servanda.business.collecting.actions.ordering import (
    give_up_silent,
    make_delivery,
    note_handed_over,
    order_due_collections,
    see_collection,
)

__all__ = [
    "Heard",
    "end_mandate",
    "give_up_silent",
    "hear",
    "make_delivery",
    "note_handed_over",
    "note_mandate",
    "order_due_collections",
    "see_collection",
    "set_creditor",
]
