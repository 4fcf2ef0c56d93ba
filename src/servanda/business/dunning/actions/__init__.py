"""Working off what is due, a person's decisions, pauses, and payments with all that they end."""

from servanda.business.dunning.actions.deciding import decide_proposal
from servanda.business.dunning.actions.following import (
    follow_new_invoices,
    look_again,
    look_again_at_customers,
    work_off,
    work_off_claim,
)
from servanda.business.dunning.actions.handing_over import hand_over_to_collector
from servanda.business.dunning.actions.leaving import leave_line
from servanda.business.dunning.actions.pausing import end_pause, pause_claim
from servanda.business.dunning.actions.paying import (
    credit_note_for,
    explain_payment,
    receive_notice,
    receive_statement,
    split_payment,
    undo_payment,
    use_credits,
    write_off_small,
)
from servanda.business.dunning.actions.purging import purge_due
from servanda.business.dunning.actions.refunding import (
    give_back_unused,
    give_back_unused_of,
    refund_for_outage,
    withdraw_from_line,
)

__all__ = [
    "credit_note_for",
    "decide_proposal",
    "end_pause",
    "explain_payment",
    "follow_new_invoices",
    "give_back_unused",
    "give_back_unused_of",
    "hand_over_to_collector",
    "leave_line",
    "look_again",
    "look_again_at_customers",
    "pause_claim",
    "purge_due",
    "receive_notice",
    "receive_statement",
    "refund_for_outage",
    "split_payment",
    "undo_payment",
    "use_credits",
    "withdraw_from_line",
    "work_off",
    "work_off_claim",
    "write_off_small",
]
