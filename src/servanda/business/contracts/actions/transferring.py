"""Handing the technical operation to somebody else: approved by two persons, and told to every customer beforehand."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from servanda.business.companies.facts import CompanyFacts
from servanda.business.contracts import wording
from servanda.business.contracts.actions.refusals import ContractRefused
from servanda.business.contracts.decisions.transferring import TransferVerdict, weigh_transfer
from servanda.business.contracts.models import Change
from servanda.business.contracts.queries import bound_by, versions_in_use
from servanda.business.customers.facts import CustomerFacts
from servanda.business.customers.queries import customers
from servanda.business.evidence.actions import record
from servanda.business.evidence.facts import because_to_json
from servanda.business.letters.actions import write_letters
from servanda.business.letters.facts import LetterDraft
from servanda.business.library.queries import version_of
from servanda.ground.citation import Citation
from servanda.terms.document import Agreement

# A customer who is told of a new processor must have time to object before the work begins.
NOTICE_DAYS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """Who is to run the machines, where, and since which day."""

    name: str
    country: str
    since: date


def weigh_for_all(company: CompanyFacts, offered: Agreement) -> tuple[TransferVerdict, ...]:
    """Return the verdict on an operator's terms for each version that binds a customer."""
    versions = sorted(versions_in_use(company.company_id))
    return tuple(weigh_transfer(version_of(company.slug, version), offered) for version in versions)


@transaction.atomic
def approve_transfer(
    company: CompanyFacts,
    operator: Operator,
    offered: Agreement,
    *,
    reason: str,
    by: tuple[str, str],
    today: date,
    at: datetime,
) -> int:
    """Approve the handing over and tell every customer; returns the id of the change.

    Refuses one person alone, a day that leaves customers no time to object, terms that do not allow it, and an operator
    whose terms are worse in any point: each is named with its clause.
    """
    first, second = (name.strip() for name in by)
    if not first or not second or first == second:
        raise ContractRefused("A transfer is approved by two different persons. Let a second one approve.")
    verdicts = refuse_transfer(company, operator, offered, reason=reason, today=today)
    because = tuple(dict.fromkeys(citation for verdict in verdicts for citation in verdict.because))
    row = Change.objects.create(
        company_id=company.company_id,
        about="technology",
        change="transfer",
        products=[],
        before="",
        after=f"{operator.name}, {operator.country}",
        effect_on=operator.since,
        reason=reason,
        approved_by=f"{first} + {second}",
        because=because_to_json(because),
        recorded_on=today,
    )
    record(
        company_id=company.company_id,
        key=f"change.recorded:{row.pk}",
        what="change.recorded",
        subject=f"change:{row.pk}",
        on_day=today,
        at=at,
        because=because,
        facts={"about": "technology", "change": "transfer", "to": row.after, "offer_sha256": offered.sha256},
        by=second,
    )
    people = customers({bound.customer_id for bound, _ in bound_by(company.company_id, but="", on=today)})
    write_letters(
        _letter(company, row.pk, people[customer_id], operator, reason=reason, because=because, today=today, at=at)
        for customer_id in sorted(people)
    )
    return row.pk


def refuse_transfer(
    company: CompanyFacts, operator: Operator, offered: Agreement, *, reason: str, today: date
) -> tuple[TransferVerdict, ...]:
    """Refuse a transfer that cannot be approved, whoever does; returns the verdicts on one that can."""
    if not reason.strip() or not operator.name.strip():
        raise ContractRefused("Name the operator and say why. The customers are told both.")
    if operator.since < today + timedelta(days=NOTICE_DAYS):
        raise ContractRefused(
            "The operation can be handed over from %(first)s: customers have %(days)s days to object."
            " Choose that day or a later one.",
            {"first": today + timedelta(days=NOTICE_DAYS), "days": NOTICE_DAYS},
        )
    verdicts = weigh_for_all(company, offered)
    _refuse_worse(verdicts)
    return verdicts


def _refuse_worse(verdicts: tuple[TransferVerdict, ...]) -> None:
    for verdict in verdicts:
        if verdict.worse:
            named = "; ".join(
                f"{one.clause} {one.kind}{'.' if one.field else ''}{one.field}: {one.before or '–'} →"
                f" {one.after or '–'}"
                for one in verdict.worse[:10]
            )
            raise ContractRefused(
                "The operator's terms are worse than version %(version)s in %(count)s points: %(named)s. Agree"
                " on better ones first.",
                {"version": verdict.version, "count": len(verdict.worse), "named": named},
            )
        if not verdict.is_allowed:
            raise ContractRefused(
                "Version %(version)s has no clause that lets the operation be handed to others. Change the"
                " terms first.",
                {"version": verdict.version},
            )


def _letter(
    company: CompanyFacts,
    change_id: int,
    to: CustomerFacts,
    operator: Operator,
    *,
    reason: str,
    because: tuple[Citation, ...],
    today: date,
    at: datetime,
) -> LetterDraft:
    language = "en" if to.language == "en" else "da"
    subject = wording.transfer_subject(company.name, language=language)
    paragraphs = wording.transfer_paragraphs(
        operator.name,
        operator.country,
        company=company.name,
        email=company.email,
        reason=reason,
        since=operator.since,
        language=language,
    )
    return LetterDraft(
        company_id=company.company_id,
        customer_id=to.customer_id,
        key=f"transfer:{change_id}:{to.customer_id}",
        kind="notice",
        language=language,
        recipient=to.email,
        subject=subject,
        text="\n\n".join(paragraphs) + "\n",
        on_day=today,
        queued_at=at,
        paper={"title": subject, "paragraphs": list(paragraphs), "because": because_to_json(because)},
    )
