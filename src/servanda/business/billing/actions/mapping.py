"""Keeping how a bank's CSV file is to be read, under a name; who changed it is kept as evidence."""

from datetime import date, datetime

from django.db import transaction

from servanda.business.billing.models import BankMapping
from servanda.business.companies.facts import CompanyFacts
from servanda.business.evidence.actions import record
from servanda.ground.bank_layout import BankLayout, WrongLayout, check_layout, layout_to_json
from servanda.ground.message import Message

NAME_LETTERS_MAX = 60


@transaction.atomic
def keep_mapping(company: CompanyFacts, name: str, layout: BankLayout, *, by: str, today: date, at: datetime) -> None:
    """Keep a layout under a name; the same name again replaces it. What was read by it stays as it was read."""
    clean = " ".join(name.split())
    if not clean or len(clean) > NAME_LETTERS_MAX:
        raise WrongLayout(
            {"name": Message("Give the layout a name of 1 to %(most)s letters.", {"most": NAME_LETTERS_MAX})}
        )
    check_layout(layout)
    stored = layout_to_json(layout)
    BankMapping.objects.update_or_create(
        company_id=company.company_id, name=clean, defaults={"layout": stored, "by": by, "changed_at": at}
    )
    record(
        company_id=company.company_id,
        key=f"bank-mapping.kept:{company.company_id}:{clean}:{at.isoformat()}",
        what="bank-mapping.kept",
        subject=f"company:{company.company_id}",
        on_day=today,
        at=at,
        because=(),
        facts={"name": clean, "layout": stored},
        by=by,
    )
