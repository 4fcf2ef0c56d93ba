"""Changes that one person asks for and a second one confirms: discontinuing a service, handing over the operation."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from servanda.business.catalogue.queries import prices_of
from servanda.business.contracts.actions import LineEnd, offered_terms, plan_discontinuation, weigh_for_all
from servanda.business.contracts.actions.transferring import NOTICE_DAYS
from servanda.business.contracts.decisions.transferring import TransferVerdict
from servanda.business.customers.facts import CustomerFacts
from servanda.business.customers.queries import customers
from servanda.business.library.facts import ChangeProposalFacts
from servanda.business.library.queries import NoSuchProposal, proposal
from servanda.faces.office.people import names_of
from servanda.faces.office.places import Visit
from servanda.faces.office.showing.naming import customer_link
from servanda.faces.office.showing.redlines import weighed_of
from servanda.faces.office.showing.sections import sections_of
from servanda.faces.office.shown import Link, Stamp
from servanda.faces.office.shown_changes import (
    DiscontinueShown,
    LineEndRow,
    ProposalRow,
    ProposalShown,
    TransferShown,
    VerdictShown,
)
from servanda.faces.office.words import language
from servanda.ground.calendar import day_text, parse_day
from servanda.ground.refusal import Problem, WrongDocument

LINES_MAX = 100


def discontinue_shown(visit: Visit, *, product: str) -> DiscontinueShown:
    """Return the services, and of the chosen one what its end would mean if everybody were told today."""
    known = {
        code: _named(one.name_da, one.name_en) for code, one in prices_of(visit.company.company_id).products.items()
    }
    chosen = product if product in known else ""
    planned = plan_discontinuation(visit.company, chosen, sent_on=visit.today) if chosen else ()
    shown = planned[:LINES_MAX]
    people = customers({plan.line.customer_id for plan in shown})
    return DiscontinueShown(
        sections=sections_of(visit, "discontinue"),
        products=tuple(known.items()),
        product=chosen,
        product_name=known.get(chosen, ""),
        lines=tuple(_line(visit, plan, people) for plan in shown),
        lines_more=len(planned) - len(shown),
        ends=_ends(planned),
        not_allowed=sum(plan.ends_on is None for plan in planned),
    )


def transfer_shown(visit: Visit, *, document: str | None) -> TransferShown:
    """Return what an operator's document means to each version in use; without one, only the form."""
    problems: tuple[Problem, ...] = ()
    verdicts: tuple[VerdictShown, ...] = ()
    if document:
        try:
            verdicts = _verdicts(visit, document)
        except WrongDocument as refusal:
            problems = refusal.problems
    return TransferShown(
        sections=sections_of(visit, "transfer"),
        first_day=visit.today + timedelta(days=NOTICE_DAYS),
        problems=problems,
        verdicts=verdicts,
        may_propose=bool(verdicts) and all(one.is_allowed for one in verdicts),
    )


def proposal_shown(visit: Visit, proposal_id: int, *, me: str) -> ProposalShown:
    """Return a proposed change with what it would do if it were confirmed today."""
    found = _proposal_here(visit, proposal_id)
    is_open = found.state == "open"
    is_end = found.act == "discontinuation"
    change = reverse("office:change", args=[visit.company.slug, found.change_id]) if found.change_id else ""
    return ProposalShown(
        proposal_id=found.proposal_id,
        text=proposal_text(visit, found),
        reason=found.reason,
        by=names_of([found.proposed_by]).get(found.proposed_by, found.proposed_by),
        at=found.proposed_at,
        state=_state(found),
        sections=sections_of(visit, "discontinue" if is_end else "transfer"),
        facts=_facts(visit, found),
        is_open=is_open,
        may_confirm=is_open and found.proposed_by != me,
        change=Link(_("The change"), change) if change else None,
        ends=_ends(plan_discontinuation(visit.company, found.subject, sent_on=visit.today))
        if is_open and is_end
        else (),
        verdicts=_verdicts(visit, found.details["document"]) if is_open and not is_end else (),
    )


def proposal_row(visit: Visit, found: ChangeProposalFacts, names: Mapping[str, str]) -> ProposalRow:
    return ProposalRow(
        address=reverse("office:proposal", args=[visit.company.slug, found.proposal_id]),
        text=proposal_text(visit, found),
        by=names.get(found.proposed_by, found.proposed_by),
        at=found.proposed_at,
    )


def proposal_text(visit: Visit, found: ChangeProposalFacts) -> str:
    """Return what is asked for, as a question."""
    if found.act == "discontinuation":
        return _("Is %(product)s to be discontinued?") % {"product": product_named(visit, found.subject)}
    return _("Is the operation to be handed over to %(operator)s?") % {"operator": found.subject}


def product_named(visit: Visit, code: str) -> str:
    """Return the name of what the company sells under the code; the code itself where it is sold no more."""
    one = prices_of(visit.company.company_id).products.get(code)
    return _named(one.name_da, one.name_en) if one is not None else code


def _proposal_here(visit: Visit, proposal_id: int) -> ChangeProposalFacts:
    try:
        found = proposal(proposal_id)
    except NoSuchProposal as refusal:
        raise Http404(str(refusal)) from refusal
    if found.company_id != visit.company.company_id:
        raise Http404(_("There is no such proposal."))
    return found


def _state(found: ChangeProposalFacts) -> Stamp:
    if found.state == "confirmed":
        return Stamp(_("Confirmed"), "calm")
    return (
        Stamp(_("Declined"), "outline") if found.state == "declined" else Stamp(_("Waits for a second person"), "warn")
    )


def _facts(visit: Visit, found: ChangeProposalFacts) -> tuple[tuple[str, str], ...]:
    if found.act == "discontinuation":
        return ((_("Service"), product_named(visit, found.subject)),)
    since = day_text(parse_day(found.details["since"]), language())
    return ((_("Operator"), found.subject), (_("Country"), found.details["country"]), (_("From"), since))


def _line(visit: Visit, plan: LineEnd, people: Mapping[int, CustomerFacts]) -> LineEndRow:
    whose = people.get(plan.line.customer_id)
    return LineEndRow(
        customer=customer_link(whose, visit.company.slug) if whose is not None else None,
        contract=plan.line.contract_number,
        name=plan.line.description or plan.line.product_code,
        ends_on=plan.ends_on,
        because=plan.rule.because if plan.rule is not None else (),
    )


def _ends(planned: Iterable[LineEnd]) -> tuple[tuple[date, int], ...]:
    """Return how many lines would end on which last day."""
    return tuple(sorted(Counter(plan.ends_on for plan in planned if plan.ends_on is not None).items()))


def _verdicts(visit: Visit, document: str) -> tuple[VerdictShown, ...]:
    return tuple(_verdict(one) for one in weigh_for_all(visit.company, offered_terms(document)))


def _verdict(one: TransferVerdict) -> VerdictShown:
    stamp = Stamp(_("May be handed over"), "calm")
    if one.worse:
        stamp = Stamp(_("Worse for the customers"), "stop")
    elif not one.is_allowed:
        stamp = Stamp(_("No clause allows it"), "stop")
    return VerdictShown(
        version=one.version,
        stamp=stamp,
        is_allowed=one.is_allowed,
        worse=weighed_of(one.worse),
        better=weighed_of(one.better),
        because=one.because,
    )


def _named(danish: str, english: str) -> str:
    return danish if language() == "da" else english
