"""Who asked for leave to send much mail, and who has it."""

from servanda.business.hosting.facts import BulkMailFacts
from servanda.business.hosting.models import BulkMail, Part, Setup


def leave_for_bulk(service_id: int) -> BulkMailFacts | None:
    """Return the leave for bulk mail that a service has now."""
    row = BulkMail.objects.filter(service_id=service_id, state="granted").first()
    return bulk_facts(row) if row is not None else None


def bulk_of_service(service_id: int) -> BulkMailFacts | None:
    """Return the newest wish for bulk mail of a service, whatever became of it."""
    row = BulkMail.objects.filter(service_id=service_id).order_by("-id").first()
    return bulk_facts(row) if row is not None else None


def bulk_wishes(company_id: int) -> tuple[BulkMailFacts, ...]:
    """Return the wishes for bulk mail that wait for a person, the oldest first."""
    rows = BulkMail.objects.filter(service__company_id=company_id, state="asked").order_by("id")
    return tuple(bulk_facts(row) for row in rows)


def mail_service_of(service_id: int) -> int | None:
    """Return which service of the same customer keeps the mail domain of this one: mostly itself; None: nobody does."""
    setup = Setup.objects.select_related("service").filter(service_id=service_id).first()
    if setup is None or not setup.domain:
        return None
    kept = Part.objects.filter(key=f"mail-domain/{setup.domain}", state="kept")
    return kept.filter(service__customer_id=setup.service.customer_id).values_list("service_id", flat=True).first()


def bulk_facts(row: BulkMail) -> BulkMailFacts:
    return BulkMailFacts(
        bulk_id=row.pk,
        service_id=row.service_id,
        messages_a_week=row.messages_a_week,
        asked_on=row.asked_on,
        state=row.state,
        way=row.way,
        until=row.until,
        decided_by=row.decided_by,
        reason=row.reason,
    )
