"""What waits for a person about the terms: a second yes to a draft, a change to confirm, figures of the law to look up."""

from collections.abc import Iterator

from django.urls import reverse

from servanda.business.library.facts import ChangeProposalFacts, WaitingDraft
from servanda.faces.office.people import names_of
from servanda.faces.office.places import Visit
from servanda.faces.office.showing.drafts import PERSONS
from servanda.faces.office.showing.proposals import proposal_text
from servanda.faces.office.showing.sections import with_query
from servanda.faces.office.shown import Card, DraftCard, LawCard, LawFigure, Link, ProposalCard
from servanda.faces.office.words import language
from servanda.ground.calendar import legal_day
from servanda.ground.law.confirming import FigureToConfirm


def agreement_cards(
    drafts: tuple[WaitingDraft, ...],
    changes: tuple[ChangeProposalFacts, ...],
    figures: tuple[FigureToConfirm, ...],
    visit: Visit,
) -> Iterator[Card]:
    """Yield a card for each draft and each change that waits for a second person, and one for all figures of the law."""
    names = names_of((*(by for one in drafts for by in one.approved_by), *(one.proposed_by for one in changes)))
    for draft in drafts:
        said_yes = tuple(names.get(by, by) for by in draft.approved_by)
        yield DraftCard(
            on=legal_day(draft.since),
            draft=Link(draft.version, _draft_address(visit, draft.draft_id)),
            by=", ".join(said_yes),
            is_ready=len(said_yes) >= PERSONS,
        )
    for change in changes:
        address = reverse("office:proposal", args=[visit.company.slug, change.proposal_id])
        yield ProposalCard(
            on=legal_day(change.proposed_at),
            proposal=Link(proposal_text(visit, change), address),
            by=names.get(change.proposed_by, change.proposed_by),
            reason=change.reason,
        )
    if figures:
        yield LawCard(
            on=max(figure.since for figure in figures),
            figures=tuple(map(_figure, figures)),
        )


def _figure(figure: FigureToConfirm) -> LawFigure:
    return LawFigure(
        key=figure.key,
        text=figure.sentence.in_language("en" if language() == "en" else "da"),
        source=str(figure.source),
        may_be_confirmed=figure.value is not None,
    )


def _draft_address(visit: Visit, draft_id: int) -> str:
    return with_query(reverse("office:draft", args=[visit.company.slug, draft_id]), view="publish")
