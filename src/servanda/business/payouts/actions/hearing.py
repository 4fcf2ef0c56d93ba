"""What the bank answers to a file of orders: what it rejects is the customer's credit again, and a person is told.

An answer is believed as a whole: one that names a transfer that is not ours, or a file that we have not made, changes nothing.
That something was accepted is no news; that it was carried out, the statement shows.
"""

from datetime import date, datetime

from django.db import transaction

from servanda.business.companies.facts import CompanyFacts
from servanda.business.payouts.actions.approving import give_credit_back
from servanda.business.payouts.actions.recording import NotPaidOut, keep, tell_problem
from servanda.business.payouts.facts import PayoutProblem, StatusReport
from servanda.business.payouts.models import Batch, Payout, StatusReportRead


@transaction.atomic
def read_report(company: CompanyFacts, report: StatusReport, *, today: date, at: datetime) -> int:
    """Carry out a bank's answer, and return how many payouts it rejected; the same answer again changes nothing."""
    batch = Batch.objects.filter(company_id=company.company_id, message_id=report.message_id).defer("content").first()
    if batch is None:
        raise NotPaidOut(
            "%(file_name)s answers the file %(message_id)s, which %(name)s has not made. Choose the company whose file it answers.",
            {"file_name": report.file_name, "message_id": report.message_id, "name": company.name},
        )
    rows = {row.end_to_end_id: row for row in Payout.objects.select_for_update().filter(batch=batch).order_by("id")}
    unknown = [one.end_to_end_id for one in report.transfers if one.end_to_end_id not in rows]
    if unknown:
        raise NotPaidOut(
            "%(file_name)s names the transfer %(unknown)s, which does not stand in the file %(message_id)s. "
            "Nothing was read. Ask the bank.",
            {"file_name": report.file_name, "unknown": unknown[0], "message_id": report.message_id},
        )
    _, is_new = StatusReportRead.objects.get_or_create(
        company_id=company.company_id,
        sha256=report.sha256,
        defaults={"file_name": report.file_name, "read_at": at},
    )
    if not is_new:
        return 0
    return sum(_reject(company, rows[name], reason, today=today, at=at) for name, reason in _rejected(report, rows))


def _rejected(report: StatusReport, rows: dict[str, Payout]) -> list[tuple[str, str]]:
    """Return which payouts the bank rejects, and why; what is named speaks for itself, the rest by the file's own status."""
    named = {one.end_to_end_id: one for one in report.transfers}
    rejected = [(one.end_to_end_id, one.reason or report.reason) for one in report.transfers if one.is_rejected]
    if report.is_all_rejected:
        rejected += [(name, report.reason) for name in rows if name not in named]
    return rejected


def _reject(company: CompanyFacts, row: Payout, reason: str, *, today: date, at: datetime) -> bool:
    said = reason or "-"
    if row.state == "ordered":
        row.state = "rejected"
        row.save(update_fields=["state"])
        tell_problem(row, PayoutProblem.REJECTED, said)
        give_credit_back(company, row, today=today, at=at)
        keep(row, "payout.rejected", by="system", today=today, at=at, reason=said)
        return True
    if row.state == "seen":
        tell_problem(row, PayoutProblem.PAID_AND_REJECTED, said)
    return False
