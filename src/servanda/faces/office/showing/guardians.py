"""A guardian's yes that staff look at before a minor can order."""

from collections.abc import Iterator

from servanda.business.signups.facts import GuardianFacts
from servanda.faces.office.shown import GuardianCard
from servanda.ground.calendar import legal_day
from servanda.ground.law.persons import GUARDIANS_YES, OF_AGE


def guardian_cards(guardians: tuple[GuardianFacts, ...]) -> Iterator[GuardianCard]:
    """Yield a card for each guardian who said yes."""
    for one in guardians:
        assert one.answered_at is not None, "a_guardians_answer_has_its_moment"
        yield GuardianCard(
            on=legal_day(one.answered_at),
            guardian_id=one.guardian_id,
            minor_name=one.minor_name,
            wish=f"{one.plan_code}: {one.domain}",
            signed_name=one.signed_name,
            email=one.email,
            because=(OF_AGE, GUARDIANS_YES),
        )
