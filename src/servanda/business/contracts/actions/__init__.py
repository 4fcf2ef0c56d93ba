"""Concluding, renewing and ending contracts. Each action is one transaction, and the second run finds it done."""

from servanda.business.contracts.actions.agreeing_changes import (
    confirm_proposal,
    offered_terms,
    operator_of,
    propose_discontinuation,
    propose_transfer,
)
from servanda.business.contracts.actions.changing import activate_change, note_announcement, record_change
from servanda.business.contracts.actions.changing_lines import change_line, rescind_after_outage
from servanda.business.contracts.actions.concluding import conclude_contract, import_contracts
from servanda.business.contracts.actions.discontinuing import (
    LineEnd,
    discontinue,
    follow_discontinuations,
    plan_discontinuation,
)
from servanda.business.contracts.actions.disputing import move_dispute, note_negotiation, open_dispute
from servanda.business.contracts.actions.ending import (
    decide_notice,
    end_by_provider,
    end_line,
    receive_exit,
    receive_notice,
    stop_line,
    withdraw_notice,
)
from servanda.business.contracts.actions.pricing import (
    AnnouncedPrice,
    announce_price,
    follow_prices,
    leave_because_of_price,
)
from servanda.business.contracts.actions.refusals import ContractRefused
from servanda.business.contracts.actions.renewing import renew_line, take_next_step
from servanda.business.contracts.actions.special import (
    agree_deviation,
    agree_rule_deviation,
    end_deviation,
    take_up_deviations,
)
from servanda.business.contracts.actions.succeeding import (
    accept_version,
    follow_successions,
    leave_because_of_change,
    publish_change,
    tell_customers,
)
from servanda.business.contracts.actions.transferring import Operator, approve_transfer, weigh_for_all
from servanda.business.contracts.actions.withdrawing import withdraw

__all__ = [
    "AnnouncedPrice",
    "ContractRefused",
    "LineEnd",
    "Operator",
    "accept_version",
    "activate_change",
    "agree_deviation",
    "agree_rule_deviation",
    "announce_price",
    "approve_transfer",
    "change_line",
    "conclude_contract",
    "confirm_proposal",
    "decide_notice",
    "discontinue",
    "end_by_provider",
    "end_deviation",
    "end_line",
    "follow_discontinuations",
    "follow_prices",
    "follow_successions",
    "import_contracts",
    "leave_because_of_change",
    "leave_because_of_price",
    "move_dispute",
    "note_announcement",
    "note_negotiation",
    "offered_terms",
    "open_dispute",
    "operator_of",
    "plan_discontinuation",
    "propose_discontinuation",
    "propose_transfer",
    "publish_change",
    "receive_exit",
    "receive_notice",
    "record_change",
    "renew_line",
    "rescind_after_outage",
    "stop_line",
    "take_next_step",
    "take_up_deviations",
    "tell_customers",
    "weigh_for_all",
    "withdraw",
    "withdraw_notice",
]
