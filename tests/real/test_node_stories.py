"""An unpaid invoice of each provider that has hosting, lived day by day beside a real node.

At the end of each day the node serves exactly what the hosting says is served. Where the terms close a site it opens again
by the payment; where they are silent (simsoft-041, servicepoint-001) it is served all along and a person is asked.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import httpx
import pytest
from pytest_django.plugin import DjangoDbBlocker

from servanda.business.access.actions import make_member
from servanda.business.access.facts import Role
from servanda.business.billing.queries import invoices_of_customer
from servanda.business.companies.actions import note_bank_news
from servanda.business.companies.facts import CompanyFacts
from servanda.business.companies.queries import company as company_of
from servanda.business.customers.queries import customer_numbered
from servanda.business.dunning.actions import decide_proposal
from servanda.business.dunning.queries import claims_parked, open_proposals
from servanda.business.evidence.queries import events_of_customer
from servanda.business.hosting.queries import services_of_customer
from servanda.ground.calendar import moment_of
from servanda.terms.clauses import CustomerKind
from servanda.wiring.roles import WEB
from tests.conftest import Server, a_database
from tests.faces.node.worlds import wait_until
from tests.faces.office import office_world
from tests.real.houses import House, a_house, customer, order, refuse_without_daemons, working_as

BEGAN_ON = date(2026, 9, 1)
PASSWORD = "Kaffe-og-17-kopper"
LOGIN = "birk@kunde.example"
HOST = "birk-eksempel.dk"

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Story:
    slug: str
    plan: str
    days: int
    is_held: bool  # at the end, before the payment


STORIES = (
    Story("simsoft", "webhotel-small", 30, is_held=False),
    Story("servicepoint", "cloudnet-yearly", 30, is_held=False),
    Story("safe-it", "hosting-yearly", 56, is_held=True),
    Story("compusoft", "hosting-web", 14, is_held=True),
)


@pytest.fixture(scope="module", params=STORIES, ids=lambda story: story.slug)
def lived(
    request: pytest.FixtureRequest,
    database_server: Server,
    template_database: str,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[House, Story]]:
    refuse_without_daemons()
    story: Story = request.param
    home = tmp_path_factory.mktemp("house")
    with (
        a_database(database_server, template_database, django_db_blocker) as database,
        a_house(database, home, lambda: _birk(story.slug)) as house,
    ):
        yield house, story


def _birk(slug: str) -> CompanyFacts:
    here = office_world.a_company(slug, clock_on=BEGAN_ON)
    birk = office_world.a_customer(here, "1001", "Birks Bageri", CustomerKind.BUSINESS)
    make_member(birk, here.company_id, name=LOGIN, password=PASSWORD, role=Role.HOLDER, at=moment_of(BEGAN_ON))
    return here


def test_the_node_serves_what_the_terms_let_it_serve(lived: tuple[House, Story]) -> None:
    house, story = lived
    order(customer(house, story.slug, "1001", LOGIN, PASSWORD), HOST, plan=story.plan)
    birk = customer_numbered(1, "1001").customer_id
    seen = []
    for number in range(1, story.days + 1):
        day = BEGAN_ON + timedelta(days=number)
        note_bank_news(1, until=day)
        house.move_time(company_of(1), to=day)
        approve(day)
        house.settle()
        (service,) = services_of_customer(birk)
        seen.append((day.isoformat(), service.is_served))
        assert is_served(house) == service.is_served, f"{day}: {house.troubles()}"
    print(f"\n{story.slug}: first day held {next((day for day, served in seen if not served), 'none')}")
    assert seen[-1][1] != story.is_held, f"{claims_parked(1)} {open_proposals(1)} {happened(birk)}"
    if story.is_held:
        pay_all(birk)
        wait_until(lambda: is_served(house), seconds=30, told=house.troubles)
        assert services_of_customer(birk)[0].is_served


def happened(birk: int) -> list[tuple[str, str]]:
    return [(event.on_day.isoformat(), event.what) for event in events_of_customer(birk)]


def approve(day: date) -> None:
    """Let staff say yes to what the terms leave to a person; to what they are silent on nobody says anything."""
    for one in open_proposals(1):
        if one.act == "hold.placed":
            with working_as(WEB):
                decide_proposal(
                    company_of(1),
                    one.proposal_id,
                    is_approved=True,
                    by="staff:eva",
                    reason="the terms allow it",
                    today=day,
                    at=moment_of(day),
                )


def pay_all(birk: int) -> None:
    for invoice in invoices_of_customer(birk):
        if invoice.kind == "invoice" and invoice.open_total.minor > 0:
            with working_as(WEB):
                office_world.a_payment(company_of(1), invoice.open_total, reference=invoice.reference)


def is_served(house: House) -> bool:
    answer = httpx.get(
        f"http://127.0.0.1:{house.layout.ports.http}/", headers={"Host": HOST}, trust_env=False, timeout=10
    )
    assert answer.status_code != 421, "it is laid out on the node"
    return answer.status_code != 503
