"""Each invariant is true of companies that lived lawfully, and finds its own fault and no other's."""

import hashlib
import json
import re
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

import msgspec
import pytest
from django.db import connection
from django.db.utils import InternalError

from servanda.business.audit.queries import INVARIANTS, NoSuchInvariant, reference_page, run_audit
from servanda.business.audit.queries.hashes import content_hashes
from servanda.business.audit.queries.running import unwritable
from servanda.business.audit.queries.scope import Scope, scope_of
from servanda.business.companies.models import Company
from tests.business.audit.faults import FAULTS, Fault
from tests.business.audit.forging import forge_books
from tests.business.audit.node_faults import NODE_FAULTS

WANTED = {*range(1, 28), 29, *range(38, 42), *range(45, 50), 54, 71, 74, *range(77, 86), *range(90, 99)}
GUARDS = sorted(set(chain.from_iterable(invariant.guards for invariant in INVARIANTS)))
BATCHES = 16  # few enough guards in each that all are shown
REFERENCE = Path(__file__).parents[3] / "docs" / "reference" / "audit.md"


def run_sql(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("set local session_replication_role = replica")
        cursor.execute(sql.replace("%", "%%"), [])
        cursor.execute("set local session_replication_role = origin")


def seal() -> None:
    """Put the hash of their present content on all invoices."""
    changed = [(sha256, invoice) for invoice, sha256, stored in content_hashes(everything()) if sha256 != stored]
    assert changed, "the fault changes no invoice"
    for sha256, invoice in changed:
        run_sql(f"update invoice set content_sha256 = '{sha256}' where id = {invoice}")


def everything() -> Scope:
    return scope_of(None, now=datetime(2026, 4, 1, 7, tzinfo=UTC))


def broken() -> dict[int, tuple[dict[str, object], ...]]:
    return {finding.number: finding.rows for finding in run_audit().violated}


@pytest.mark.usefixtures("companies")
def test_companies_that_lived_by_the_rules_break_no_invariant() -> None:
    report = run_audit()
    assert [finding.number for finding in report.ran] == sorted(WANTED)
    assert broken() == {}
    assert report.is_clean


@pytest.mark.parametrize("fault", [*FAULTS, *NODE_FAULTS], ids=lambda fault: f"{fault.number}: {fault.sentence}")
@pytest.mark.usefixtures("companies")
def test_a_fault_is_found_by_its_own_invariant_and_no_other(fault: Fault) -> None:
    run_sql(fault.sql)
    if fault.seals:
        seal()
    if not fault.is_bare:
        forge_books(has_closings=fault.number != 77)
    found = broken()
    assert set(found) == {fault.number}, found
    json.dumps(found)


@pytest.mark.parametrize("guards", [GUARDS[first::BATCHES] for first in range(BATCHES)], ids=range(BATCHES))
@pytest.mark.usefixtures("companies")
def test_each_guard_that_is_missing_is_found_and_nothing_else(guards: list[str]) -> None:
    """Several are taken away at once; each must be told of by name, by every invariant that needs it and by no other."""
    for guard in guards:
        take_away(guard)
    expected = {(invariant.number, guard) for invariant in INVARIANTS for guard in guards if guard in invariant.guards}
    found = broken()
    assert {row.get("problem") for rows in found.values() for row in rows} == {"missing or switched off"}
    assert {(number, row["guard"]) for number, rows in found.items() for row in rows} == expected


def take_away(guard: str) -> None:
    kind, name, *rest = guard.split(" ")
    if kind == "unique":
        table, column = re.fullmatch(r"(\w+)\((\w+)\)", name).groups()  # type: ignore[union-attr]
        select = """select c.conname from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid
                     and a.attnum = c.conkey[1] where c.conrelid = %s::regclass and c.contype = 'u' and a.attname = %s"""
        with connection.cursor() as cursor:
            cursor.execute(select, [table, column])
            name = cursor.fetchone()[0]
        run_sql(f"alter table {table} drop constraint {name}")
    elif kind == "trigger":
        run_sql(f"alter table {rest[-1]} disable trigger {name}")
    else:
        run_sql(f"alter table {rest[-1]} drop constraint if exists {name}; drop index if exists {name}")


@pytest.mark.usefixtures("companies")
def test_an_invoice_from_before_vat_stood_on_each_line_keeps_its_hash() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """select i.id, i.number, i.reference, i.customer_id, i.issued_on, i.due_on, i.net_minor, i.vat_minor, i.currency
                 from invoice i where i.kind = 'invoice' order by i.id limit 1"""
        )
        invoice_id, *head = cursor.fetchone()
        cursor.execute(
            """select product_code, description, quantity, unit_minor, net_minor, since, until
                 from invoice_line where invoice_id = %s order by position""",
            [invoice_id],
        )
        content = (*head, cursor.fetchall())
    sha256 = hashlib.sha256(msgspec.json.encode(content)).hexdigest()  # as it was made until then
    run_sql(
        f"update invoice set content_format = 1, buyer = '{{}}', content_sha256 = '{sha256}' where id = {invoice_id}"
    )
    assert broken() == {}
    run_sql(f"update invoice set reference = reference || '1' where id = {invoice_id}")
    assert 16 in broken()


def test_every_invariant_has_a_fault_that_it_finds() -> None:
    assert (
        {fault.number for fault in (*FAULTS, *NODE_FAULTS)} == {invariant.number for invariant in INVARIANTS} == WANTED
    )


@pytest.mark.usefixtures("companies")
def test_all_violations_are_counted_and_twenty_are_shown() -> None:
    run_sql("update evidence_warrant set because = '[]'")
    (finding,) = run_audit(only=(38,)).ran
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from evidence_warrant")
        assert finding.violations == cursor.fetchone()[0] > 20
    assert len(finding.rows) == 20


@pytest.mark.usefixtures("companies")
def test_an_audit_of_one_company_does_not_look_at_the_others() -> None:
    run_sql("update billing_number_series set next_number = 1 where company_id = (select max(id) from company)")
    first, last = Company.objects.order_by("id").values_list("id", flat=True)
    assert run_audit(company_id=first).is_clean
    assert [finding.number for finding in run_audit(company_id=last).violated] == [15]


@pytest.mark.usefixtures("companies")
def test_a_finding_explains_itself_in_the_language_that_is_asked_for() -> None:
    danish, english = (run_audit(only=(13,), language=language).ran[0].explanation for language in ("da", "en"))
    assert danish.startswith("Den samme periode")
    assert english.startswith("The same period")


@pytest.mark.usefixtures("companies")
def test_an_unknown_number_is_refused() -> None:
    with pytest.raises(NoSuchInvariant, match=r"no invariant 9000\. Choose among 1, 2"):
        run_audit(only=(1, 9000))


@pytest.mark.usefixtures("companies")
def test_an_audit_cannot_write() -> None:
    with pytest.raises(InternalError, match="read-only transaction"), unwritable():
        Company.objects.update(name="changed")


def test_the_reference_page_is_made_from_the_invariants() -> None:
    assert REFERENCE.read_text(encoding="utf-8") == reference_page(), (
        "run: servanda audit --reference > docs/reference/audit.md"
    )
