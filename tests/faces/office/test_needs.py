"""What waits is counted in one question, and every count is the length of the list that a person is shown."""

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from servanda.business.companies.facts import CompanyFacts
from servanda.faces.office.needs import Needs, needs_by_company
from servanda.faces.office.places import needs_of, visit
from servanda.faces.office.showing.deciding import Asked, asked_in


class Everything(Needs):
    """Needs that hide nothing, so that every list is read."""

    def has(self, kind: str) -> bool:
        return True


def test_all_that_waits_is_counted_in_one_question(here: CompanyFacts) -> None:
    assert here.clock_on is not None
    with CaptureQueriesContext(connection) as asked:
        needs = needs_by_company({here.company_id: here.clock_on})
    assert len(asked) == 1
    assert needs[here.company_id].payments == 1
    assert needs[here.company_id].decisions >= 1


def test_every_count_is_the_length_of_its_list(here: CompanyFacts) -> None:
    place = visit(here.slug)
    counts = needs_of(place).counts
    lists = asked_in(place, Everything({}))
    found = {kind: len(getattr(lists, kind)) for kind in Asked.__slots__}
    assert {kind: count for kind, count in found.items() if count} == {
        kind: counts[kind] for kind in found if kind in counts
    }
    assert asked_in(place, needs_of(place)) == lists


def test_a_count_is_true_again_as_soon_as_something_is_done(eva: Client, here: CompanyFacts) -> None:
    before = needs_of(visit(here.slug)).counts
    with connection.cursor() as cursor:
        cursor.execute("update bank_entry set state = 'matched' where company_id = %s", [here.company_id])
    assert needs_of(visit(here.slug)).counts.get("entries", 0) == before["entries"] - 1
