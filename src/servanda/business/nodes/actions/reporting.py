"""Taking in what a node reports about documents and resources. What the report means for services is told by its kinds."""

from datetime import date, datetime

from django.db import transaction

from servanda.business.evidence.actions import record
from servanda.business.nodes.facts import NodeFacts
from servanda.business.nodes.models import Node, NodeFinding, NodeRefusal, NodeReport
from servanda.ground.nodes.wanted import Report, encode
from servanda.ground.refusal import Refused


class ReportRefused(Refused):
    """A report is of another node or incarnation, or is older than one that was heard."""


class AlreadyHeard(ReportRefused):
    """The report came in before: nothing is done again."""


@transaction.atomic
def keep_report(node: NodeFacts, report: Report, *, now: datetime, on_day: date) -> None:
    """Keep a report, how far the node has come, and how it found its resources.

    Refuses one of another node or incarnation. One that came before, or is older than what was heard, is already done.
    """
    if (report.node, report.incarnation) != (node.name, node.incarnation):
        raise ReportRefused(
            "%(told)s is not %(known)s. Enrol anew.",
            {"told": f"{report.node} {report.incarnation}", "known": f"{node.name} {node.incarnation}"},
        )
    row = Node.objects.select_for_update().get(pk=node.node_id)
    if report.number <= row.report_number:
        raise AlreadyHeard(
            "Report %(number)s of %(node)s came in before; the last was %(last)s.",
            {"number": report.number, "node": node.name, "last": row.report_number},
        )
    NodeReport.objects.create(
        node=row,
        incarnation=report.incarnation,
        number=report.number,
        at=report.at,
        received_at=now,
        raw=encode(report).decode(),
    )
    row.report_number, row.last_report_at = report.number, now
    row.accepted_seq, row.accepted_hash = report.accepted, report.accepted_hash
    row.reached_seq = max(row.reached_seq, report.accepted)
    row.facts = {**row.facts, **report.facts}
    row.save(update_fields=["report_number", "last_report_at", "accepted_seq", "accepted_hash", "reached_seq", "facts"])
    _keep_findings(row, report)
    _keep_refusals(row, report, now=now, on_day=on_day)


def _keep_findings(node: Node, report: Report) -> None:
    NodeFinding.objects.bulk_create(
        [
            NodeFinding(
                node=node,
                key=finding.key,
                fingerprint=finding.fingerprint,
                state=finding.state,
                differences=[
                    {"code": one.code, "wanted": one.wanted, "found": one.found} for one in finding.differences
                ],
                facts=dict(finding.facts),
                found_at=report.at,
            )
            for finding in {one.key: one for one in report.findings}.values()
        ],
        update_conflicts=True,
        unique_fields=["node", "key"],
        update_fields=["fingerprint", "state", "differences", "facts", "found_at"],
    )


def _keep_refusals(node: Node, report: Report, *, now: datetime, on_day: date) -> None:
    for one in report.refusals:
        _, is_new = NodeRefusal.objects.get_or_create(
            node=node,
            incarnation=report.incarnation,
            seq=one.seq,
            key=one.key[:300],
            reason=one.reason[:100],
            defaults={"detail": one.detail[:500], "at": now},
        )
        if is_new:
            record(
                company_id=node.company_id,
                key=f"node.refused:{node.pk}:{node.incarnation}:{one.seq}:{one.key[:300]}:{one.reason[:100]}",
                what="node.refused",
                subject=f"node:{node.pk}",
                on_day=on_day,
                at=now,
                because=(),
                facts={"seq": one.seq, "key": one.key[:300], "reason": one.reason[:100], "detail": one.detail[:500]},
            )


@transaction.atomic
def settle_refusal(company_id: int, refusal_id: int, *, by: str, reason: str, now: datetime) -> None:
    """Say that a person has looked at a refusal; what was refused is signed again if it is still wanted."""
    if not reason.strip():
        raise ReportRefused("Say why. The reason is kept with the record.")
    row = NodeRefusal.objects.select_for_update().get(pk=refusal_id, node__company_id=company_id)
    if row.settled_at is None:
        row.settled_at, row.settled_by, row.settled_reason = now, by, reason
        row.save(update_fields=["settled_at", "settled_by", "settled_reason"])


def forget_reports(*, before: datetime) -> int:
    """Forget reports that were received long ago; what they said stands in findings, usage, copies and evidence."""
    count, _ = NodeReport.objects.filter(received_at__lt=before).delete()
    return count
