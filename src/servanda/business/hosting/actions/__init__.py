"""Opening services, holding and releasing them, the two acts of removal, and what follows when a line runs out."""

from servanda.business.hosting.actions.bulk_mail import end_bulk
from servanda.business.hosting.actions.leaving import remind_of_export, take_lines_forward
from servanda.business.hosting.actions.moving_in import forget_words
from servanda.business.hosting.actions.services import (
    NotInQuarantine,
    carry_out_ordered_purges,
    leave_purge_to_person,
    lift_expired_holds,
    lift_holds,
    open_services,
    order_purge,
    place_holds,
    purge_service,
    put_back_service,
    quarantine_services,
    renew_purge,
)
from servanda.business.hosting.actions.setting_up import (
    SetupRefused,
    confirm_domain,
    give_domain,
    lay_out,
    set_up,
    set_up_waiting,
)
from servanda.business.hosting.actions.sizing import follow_plans
from servanda.business.hosting.actions.telling import compare_all, tell_nodes

__all__ = [
    "NotInQuarantine",
    "SetupRefused",
    "carry_out_ordered_purges",
    "compare_all",
    "confirm_domain",
    "end_bulk",
    "follow_plans",
    "forget_words",
    "give_domain",
    "lay_out",
    "leave_purge_to_person",
    "lift_expired_holds",
    "lift_holds",
    "open_services",
    "order_purge",
    "place_holds",
    "purge_service",
    "put_back_service",
    "quarantine_services",
    "remind_of_export",
    "renew_purge",
    "set_up",
    "set_up_waiting",
    "take_lines_forward",
    "tell_nodes",
]
