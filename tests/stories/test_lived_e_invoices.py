"""Everything that the demo companies bill, credit and remind of is judged by the official rules, in both formats.

The companies live as in the demo, with customers who pay early, late, partly and never, and staff who credit now and then. Whatever
format a customer gets, each document is written in both. A consumer, or a customer abroad, has no number to receive e-invoices by, and
stands here with a GLN that is nobody's: nothing else of the document is made up.
"""

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import pytest
from pytest_django import Settings

from servanda.agreements import PROVIDERS
from servanda.business.billing.actions.crediting import NothingToCredit, credit_invoice, credit_whole_invoice
from servanda.business.billing.facts import InvoiceFacts
from servanda.business.billing.queries import invoices, newest_invoices
from servanda.business.companies.actions import move_test_clock
from servanda.business.companies.facts import CompanyFacts
from servanda.business.companies.queries import company as company_of
from servanda.business.einvoices.queries import documents_of_invoices
from servanda.business.letters.queries import letters_of_invoices
from servanda.drivers.einvoices import Document, EReminder, Renderer
from servanda.drivers.einvoices.checks import objections_to
from servanda.drivers.einvoices.gate import OfficialGate
from servanda.drivers.einvoices.oioubl import OioublRenderer
from servanda.drivers.einvoices.peppol import PeppolRenderer
from servanda.faces.clock.e_documents import Source, e_invoice, problems_of, source_of
from servanda.faces.clock.einvoices import e_reminder_of
from servanda.faces.clock.rounds import live_through_day
from servanda.faces.demo.companies import open_company
from servanda.faces.demo.seed import BEGINS_ON, fill
from servanda.ground.calendar import moment_of
from servanda.ground.citation import Citation
from servanda.simulation import drivers
from tests.business.reports.lived import quarter
from tests.cast import EVA
from tests.drivers.einvoices.conftest import folders, gate  # noqa: F401 - fixtures, found by their names
from tests.worlds import Worlds

NOBODYS_GLN = "5798000099999"
RENDERERS: tuple[Renderer, ...] = (PeppolRenderer(), OioublRenderer())
BECAUSE = (Citation("Momsbekendtgørelsen", "§ 58", "1435/2023"),)
TWO_YEARS_ON = date(2028, 9, 1)


@dataclass
class Tally:
    """How many documents were judged, and what was wrong with which."""

    judged: Counter[str] = field(default_factory=Counter)
    charges: Counter[str] = field(default_factory=Counter)
    standing_in: int = 0
    wrong: list[str] = field(default_factory=list)
    seconds: float = 0.0


def lived(slug: str, *, until: date) -> CompanyFacts:
    """Let a demo company live, with a partial credit note each month and a whole one each quarter."""
    drivers.e_invoice_gate.cache_clear()
    drivers.e_invoice_transport.cache_clear()
    company = open_company(slug, clock_on=BEGINS_ON, at=moment_of(BEGINS_ON), today=BEGINS_ON)
    fill(company)
    day = BEGINS_ON
    live_through_day(company_of(company.company_id), now=moment_of(day))
    while day < until:
        day += timedelta(days=1)
        move_test_clock(company.company_id, to=day)
        here = company_of(company.company_id)
        if day.day == 20:
            credit_some(here, today=day)
        live_through_day(here, now=moment_of(day))
    return company_of(company.company_id)


def credit_some(company: CompanyFacts, *, today: date) -> None:
    """Credit a third and then a seventh of one invoice's lines, and each third month another one as a whole."""
    found = [one for one in newest_invoices(company.company_id, limit=30) if one.kind == "invoice" and one.total]
    for number, one in enumerate(found[:3]):
        (whole,) = invoices([one.invoice_id])
        try:
            if number == 2 and today.month % 3 == 0:
                credit_whole_invoice(
                    company, one.invoice_id, reason="aftalt", because=BECAUSE, by=EVA, today=today, at=moment_of(today)
                )
            elif number < 2:
                parts = {
                    line.position: line.net.split((1, 2 + 4 * number))[0] for line in whole.lines if line.net.minor > 10
                }
                credit_invoice(
                    company,
                    one.invoice_id,
                    net_by_position=parts,
                    reason="afslag",
                    because=BECAUSE,
                    by=EVA,
                    today=today,
                    at=moment_of(today),
                )
        except NothingToCredit:
            continue


def documents_of(company: CompanyFacts, tally: Tally) -> Iterator[tuple[str, Document]]:
    """Yield everything that the company issued or reminded of, as a program reads it."""
    for issued in newest_invoices(company.company_id, limit=100_000):
        source = reachable(source_of(issued.invoice_id), tally)
        yield f"{issued.kind} {issued.number}", e_invoice(source, company)
        yield from reminders_of(source, company, tally)


def reachable(source: Source, tally: Tally) -> Source:
    details = source.to.details
    if details.ean or (details.cvr and details.country == "DK"):
        is_public = source.to.kind.value == "public"
        references = (
            source.references
            if not is_public or not source.references.is_empty
            else replace(source.references, person_reference="NIELS17")
        )
        return replace(source, references=references)
    tally.standing_in += 1
    return replace(source, to=replace(source.to, details=replace(details, ean=NOBODYS_GLN)))


def reminders_of(source: Source, company: CompanyFacts, tally: Tally) -> Iterator[tuple[str, Document]]:
    invoice: InvoiceFacts = source.invoice
    for letter in letters_of_invoices([invoice.invoice_id]):
        if letter.kind == "reminder" and ":again:" not in letter.key:
            assert letter.paper is not None
            number = f"{invoice.number}-R{letter.paper['step']}"
            reminder = e_reminder_of(letter, invoice, company, source.to, source.references, number=number)
            tally.charges.update(charge.kind for charge in reminder.charges)
            yield f"reminder {number}", reminder


def judge(company: CompanyFacts, official: OfficialGate) -> Tally:
    """Write and judge all of it, and compare with the bytes that really went out."""
    tally, began = Tally(), time.monotonic()
    out = {
        (one.kind, one.number, str(one.format)): one.xml_sha256
        for one in documents_of_invoices(one.invoice_id for one in newest_invoices(company.company_id, limit=100_000))
        if one.sent_on is not None
    }
    for name, document in documents_of(company, tally):
        for renderer in RENDERERS:
            if isinstance(document, EReminder) and not renderer.may_write(document):
                continue
            fatal = [
                one.message_en
                for one in problems_of(objections_to(document, format=renderer.format), document)
                if not one.is_warning
            ]
            verdict = official.judge(renderer.render(document))
            tally.judged[f"{name.split(' ')[0]} {renderer.format}"] += 1
            if fatal or not verdict.is_valid:
                said = [f"{one.rule_id} {one.message}" for one in verdict.findings if one.severity == "fatal"]
                tally.wrong.append(f"{company.slug} {name} {renderer.format}: {fatal} {said or verdict.not_checked}")
    assert out or company.slug == "simsoft", "some of it went out as e-documents"
    tally.seconds = time.monotonic() - began
    return tally


def tell(company: CompanyFacts, tally: Tally, lived_seconds: float) -> None:
    judged = sum(tally.judged.values())
    print(
        f"\n{company.slug}: {judged} documents judged in {tally.seconds:.0f} s ({judged / tally.seconds:.0f}/s), "
        f"lived in {lived_seconds:.0f} s; {dict(tally.judged)}; charges {dict(tally.charges)}; "
        f"{tally.standing_in} invoices with a stand-in GLN; {len(tally.wrong)} wrong"
    )


@pytest.mark.clause("compusoft-034")
def test_a_quarter_of_documents_is_right_by_all_official_rules(
    gate: OfficialGate,  # noqa: F811
    worlds: Worlds,
) -> None:
    kinds: set[str] = set()
    with quarter(worlds) as lived_quarters:
        for one in lived_quarters.values():
            tally = judge(one.world.company, gate)
            tell(one.world.company, tally, lived_seconds=0)
            assert tally.wrong == []
            kinds |= {name.split(" ")[0] for name in tally.judged}
    assert kinds == {"invoice", "credit", "reminder"}


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("slug", PROVIDERS)
def test_two_years_of_documents_are_right_by_all_official_rules(
    slug: str,
    gate: OfficialGate,  # noqa: F811
    settings: Settings,
) -> None:
    settings.DAILY_LIFE = "servanda.faces.demo.life.live"
    began = time.monotonic()
    company = lived(slug, until=TWO_YEARS_ON)
    lived_seconds = time.monotonic() - began
    tally = judge(company, gate)
    tell(company, tally, lived_seconds)
    assert tally.wrong == []
    assert sum(tally.judged.values()) > 200
