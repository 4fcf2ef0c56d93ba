"""Proposing, approving and ordering payouts, and following what the bank does with them."""

from servanda.business.payouts.actions.approving import approve_payout, decline_payout, withdraw_payout
from servanda.business.payouts.actions.filing import make_batch
from servanda.business.payouts.actions.following import follow_payouts
from servanda.business.payouts.actions.hearing import read_report
from servanda.business.payouts.actions.proposing import propose_payout
from servanda.business.payouts.actions.stopping import see_problem, set_stop

__all__ = [
    "approve_payout",
    "decline_payout",
    "follow_payouts",
    "make_batch",
    "propose_payout",
    "read_report",
    "see_problem",
    "set_stop",
    "withdraw_payout",
]
