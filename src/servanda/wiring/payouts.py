"""What do payouts mean to the bank? The orders of the business become transfers, and the bank's answers come back as values."""

from servanda.business.payouts.facts import OrderFile, StatusReport, TransferStatus
from servanda.drivers.payments import FileAnswer, Transfer, TransferFile


def transfers_of(order: OrderFile) -> TransferFile:
    """Return the order as the bank's writer takes it."""
    return TransferFile(
        message_id=order.message_id,
        made_at=order.made_at,
        execution_on=order.execution_on,
        debtor=order.debtor,
        debtor_account=order.debtor_account,
        transfers=tuple(
            Transfer(one.end_to_end_id, one.amount, one.account, one.holder, one.text) for one in order.transfers
        ),
    )


def report_of(answer: FileAnswer, *, file: str) -> StatusReport:
    """Return the bank's answer as payouts take it."""
    return StatusReport(
        file_name=file,
        sha256=answer.sha256,
        message_id=answer.message_id,
        is_all_rejected=answer.is_all_rejected,
        reason=answer.reason,
        transfers=tuple(TransferStatus(one.end_to_end_id, one.is_rejected, one.reason) for one in answer.transfers),
    )
