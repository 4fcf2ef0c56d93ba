"""Concluding, renewing and ending contracts. Each action is one transaction, and the second run finds it done."""

from servanda.business.contracts.actions.changing import activate_change, note_announcement, record_change
from servanda.business.contracts.actions.concluding import conclude_contract, import_contracts
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
from servanda.business.contracts.actions.refusals import ContractRefused
from servanda.business.contracts.actions.renewing import renew_line, take_next_step
from servanda.business.contracts.actions.special import agree_deviation

__all__ = [
    "ContractRefused",
    "activate_change",
    "agree_deviation",
    "conclude_contract",
    "decide_notice",
    "end_by_provider",
    "end_line",
    "import_contracts",
    "move_dispute",
    "note_announcement",
    "note_negotiation",
    "open_dispute",
    "receive_exit",
    "receive_notice",
    "record_change",
    "renew_line",
    "stop_line",
    "take_next_step",
    "withdraw_notice",
]
