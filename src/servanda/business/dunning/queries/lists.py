"""What waits: proposals for a person, claims for their day, and claims that are held back by doubt."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from servanda.business.companies.queries import Tally, tally_of
from servanda.business.dunning.decisions.ladder import next_step
from servanda.business.dunning.decisions.orders import AcceptBySilence, Order, Wait
from servanda.business.dunning.facts import Arrears, Done, PauseFacts
from servanda.business.dunning.models import Claim, Pause, Proposal
from servanda.business.dunning.queries.arrears import arrears_of, pause_facts
from servanda.business.dunning.queries.terms import ladder_terms_of
from servanda.business.evidence.facts import because_from_json
from servanda.ground.citation import Citation


@dataclass(frozen=True, slots=True)
class ProposalFacts:
    """An act that a person decides: what, on which invoice, since when it is allowed, and the sentence to read."""

    proposal_id: int
    key: str
    company_id: int
    customer_id: int
    invoice_id: int
    act: str
    earliest_on: date
    because: tuple[Citation, ...]
    sentence_da: str
    sentence_en: str
    state: str
    proposed_at: datetime
    decided_by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Parked:
    """A claim on which nothing happens by itself for now, and why."""

    invoice_id: int
    customer_id: int
    waits_for: str
    look_again_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """What comes next on a claim: the order that is due then or what is waited for, the first day, and by which clause."""

    invoice_id: int
    customer_id: int
    on: date
    waits_for: str
    step: int | None
    because: tuple[Citation, ...]


def claims_coming(company_id: int, *, today: date, limit: int) -> tuple[Coming, ...]:
    """Return what comes next on the claims that something is due on first: the same decisions that the rounds ask.

    One query finds the claims by their hint, and the facts on them are gathered at once. That nobody asks a question in time is
    looked past, because nothing follows from it; claims held back by doubt are in `claims_parked`.
    """
    rows = Claim.objects.filter(company_id=company_id, look_again_on__isnull=False)
    rows = rows.exclude(waits_for__startswith="parked: ").order_by("look_again_on", "invoice_id")[:limit]
    found = {row.invoice_id: row for row in rows}
    coming = [
        _coming(arrears, _step_after_questions(arrears, today=today), today=today)
        for arrears in arrears_of(found, today=today)
    ]
    return tuple(
        sorted(
            (one for one in coming if one is not None),
            key=lambda one: (one.on, one.waits_for, one.step or 0, one.invoice_id),
        )
    )


def _step_after_questions(arrears: Arrears, *, today: date) -> Order | Wait:
    terms = ladder_terms_of(arrears)
    step = next_step(arrears, terms, today=today)
    if step.reason == "question" if isinstance(step, Wait) else step.what == AcceptBySilence.what:
        silent = arrears.with_done(Done(AcceptBySilence.what, today))
        return next_step(silent, terms, today=today)
    return step


def _coming(arrears: Arrears, step: Order | Wait, *, today: date) -> Coming | None:
    """Return what a decision says of the days to come; doubt and an open end are told elsewhere."""
    if isinstance(step, Wait) and (step.until is None or step.is_doubt):
        return None
    return Coming(
        invoice_id=arrears.invoice_id,
        customer_id=arrears.customer_id,
        on=(step.until or today) if isinstance(step, Wait) else max(step.allowed_on, today),
        waits_for=step.reason if isinstance(step, Wait) else step.what,
        step=step.step if isinstance(step, Wait) else getattr(step, "step", None),
        because=step.because,
    )


def proposal_tally(company_ids: Iterable[int]) -> Tally | None:
    """Return how to count the proposals that wait for a person."""
    return tally_of(Proposal.objects.filter(company_id__in=list(company_ids), state="open"))


def open_proposals(company_id: int, *, invoice_id: int | None = None) -> tuple[ProposalFacts, ...]:
    """Return what waits for a person's decision, of one invoice or of all, the longest waiting first."""
    rows = Proposal.objects.filter(company_id=company_id, state="open").order_by("earliest_on", "id")
    rows = rows.filter(invoice_id=invoice_id) if invoice_id is not None else rows
    return tuple(_facts(row) for row in rows)


def proposal(proposal_id: int) -> ProposalFacts | None:
    row = Proposal.objects.filter(pk=proposal_id).first()
    return _facts(row) if row is not None else None


def claims_parked(company_id: int, *, limit: int = 100) -> tuple[Parked, ...]:
    """Return the claims that doubt holds back: a pause, a letter without proof, the brake."""
    rows = Claim.objects.filter(company_id=company_id, waits_for__startswith="parked: ").order_by("invoice_id")[:limit]
    return tuple(
        Parked(row.invoice_id, row.customer_id, row.waits_for.removeprefix("parked: "), row.look_again_on)
        for row in rows
    )


def disputed_invoices(customer_id: int, *, today: date) -> frozenset[int]:
    """Return the customer's invoices whose dunning stands still for a dispute today."""
    claims = Claim.objects.filter(customer_id=customer_id).values("invoice_id")
    rows = Pause.objects.filter(invoice_id__in=claims, cause="dispute", ended_on__isnull=True, since__lte=today)
    return frozenset(rows.filter(Q(until__isnull=True) | Q(until__gt=today)).values_list("invoice_id", flat=True))


def disputed_invoices_of(customer_ids: Iterable[int], *, today: date) -> frozenset[int]:
    """Return the customers' invoices whose dunning stands still for a dispute today."""
    return _standing_still(customer_ids, ("dispute",), today=today)


def unasked_invoices_of(customer_ids: Iterable[int], *, today: date) -> frozenset[int]:
    """Return the customers' invoices on which nothing is taken without being asked: in dispute, or in a payment plan."""
    return _standing_still(customer_ids, ("dispute", "payment plan"), today=today)


def _standing_still(customer_ids: Iterable[int], causes: tuple[str, ...], *, today: date) -> frozenset[int]:
    claims = Claim.objects.filter(customer_id__in=list(customer_ids)).values("invoice_id")
    rows = Pause.objects.filter(invoice_id__in=claims, cause__in=causes, ended_on__isnull=True, since__lte=today)
    return frozenset(rows.filter(Q(until__isnull=True) | Q(until__gt=today)).values_list("invoice_id", flat=True))


def has_pause(customer_id: int, *, today: date) -> bool:
    """Tell whether any of the customer's claims stands still today, for whatever cause."""
    claims = Claim.objects.filter(customer_id=customer_id).values("invoice_id")
    rows = Pause.objects.filter(invoice_id__in=claims, ended_on__isnull=True, since__lte=today)
    return rows.filter(Q(until__isnull=True) | Q(until__gt=today)).exists()


def pauses_of_invoice(invoice_id: int) -> tuple[PauseFacts, ...]:
    """Return the pauses of an invoice, ended or not."""
    return tuple(pause_facts(row) for row in Pause.objects.filter(invoice_id=invoice_id).order_by("id"))


def _facts(row: Proposal) -> ProposalFacts:
    return ProposalFacts(
        proposal_id=row.pk,
        key=row.key,
        company_id=row.company_id,
        customer_id=row.customer_id,
        invoice_id=row.invoice_id,
        act=row.act,
        earliest_on=row.earliest_on,
        because=because_from_json(row.because),
        sentence_da=row.sentence_da,
        sentence_en=row.sentence_en,
        state=row.state,
        proposed_at=row.proposed_at,
        decided_by=row.decided_by,
        reason=row.reason,
    )
