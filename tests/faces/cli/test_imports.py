"""`servanda import`: what would a file add, is it right, and is all of it written or nothing?"""

import json
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from servanda.agreements.reading import catalogue_of, company_of
from servanda.business.catalogue.actions import load_catalogue
from servanda.business.companies.actions import add_company
from servanda.business.contracts.models import Line
from servanda.business.contracts.queries import contracts_of_customer, lines_of_customer
from servanda.business.customers.queries import customer_numbered, ids_by_number
from servanda.faces.cli.main import main
from servanda.ground.calendar import moment_of, parse_day
from servanda.wiring.tables import CONTRACT_COLUMNS, CUSTOMER_COLUMNS, customer_rows

TODAY = parse_day("2026-12-01")
Run = Callable[..., tuple[int, dict[str, Any]]]
CUSTOMERS = """number;kind;name;email;cvr;ean;address;postal_code;city;created_on
1042;business;Nordlys Eksempel ApS;faktura@nordlys.example;99999999;;Prøvevej 1;8000;Prøveby;2024-03-01
1043;consumer;Alma Prøve;alma@eksempel.example;;;Prøvevej 2;8000;Prøveby;
"""
CONTRACTS = """contract;customer;terms_version;accepted_on;product;plan;description;began_on;term_months;term_ends_on;billed_until
K-1;1042;2023-09;2025-06-15;subscription;{yearly};mail;2025-07-01;12;2027-06-30;2027-06-30
K-1;1042;2023-09;2025-06-15;subscription;{yearly};backup;2025-07-01;24;;2026-06-30
K-2;1043;2023-09;2026-11-01;subscription;{yearly};mail;2026-11-01;12;;
"""


@pytest.fixture
def company_id(db: None, settings: Any) -> int:
    settings.DATABASE_READY = f"{__name__}.ready"
    card = company_of("vicevaert")
    company = add_company(
        slug=card.slug,
        name=card.name,
        legal_name=card.legal_name,
        cvr=card.cvr,
        address_lines=card.address_lines,
        email=card.email,
        phone=card.phone,
        web=card.web,
        bank_registration=card.bank_registration,
        bank_account=card.bank_account,
        iban=card.iban,
        fik_creditor=card.fik_creditor,
        colour=card.colour,
        language=card.language,
        fiscal_year_starts_month=card.fiscal_year_starts_month,
        clock_on=TODAY,
    )
    load_catalogue(company.company_id, catalogue_of("vicevaert"), today=TODAY, at=moment_of(TODAY))
    return company.company_id


def ready() -> nullcontext[None]:
    """The tests have a database already."""
    return nullcontext()


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], company_id: int) -> Run:
    """Imports the text of a file into the company and gives the exit code and the report."""

    def run(kind: str, content: str, *flags: str) -> tuple[int, dict[str, Any]]:
        file = tmp_path / f"{kind}.csv"
        file.write_text(content, encoding="utf-8")
        code = main(["import", kind, str(file), "--company", "vicevaert", "--json", *flags])
        return code, json.loads(capsys.readouterr().out)

    return run


def plan_of(months: int) -> str:
    products = {product.code: product for product in catalogue_of("vicevaert").product}
    return next(plan.code for plan in products["subscription"].plan if plan.interval_months == months)


def contracts(text: str = CONTRACTS) -> str:
    return text.replace("{yearly}", plan_of(12))


def places(report: dict[str, Any]) -> list[tuple[int, str]]:
    return [(problem["line"], problem["field"]) for problem in report["problems"]]


def test_a_dry_run_tells_what_would_come_and_writes_nothing(run: Run, company_id: int) -> None:
    code, report = run("customers", CUSTOMERS)
    assert (code, report["applied"], report["problems"]) == (0, False, [])
    assert [row["customer"] for row in report["created"]] == ["1042", "1043"]
    assert [(warning["line"], warning["field"]) for warning in report["warnings"]] == [(2, "cvr")]
    assert not ids_by_number(company_id)


def test_applied_the_customers_are_there_and_a_second_time_they_are_refused(run: Run, company_id: int) -> None:
    assert run("customers", CUSTOMERS, "--apply")[0] == 0
    stored = customer_numbered(company_id, "1042")
    assert (stored.details.cvr, stored.created_on) == ("99999999", parse_day("2024-03-01"))
    assert customer_numbered(company_id, "1043").created_on == TODAY
    code, report = run("customers", CUSTOMERS, "--apply")
    assert (code, report["applied"], places(report)) == (1, False, [(2, "number"), (3, "number")])


def test_one_wrong_row_keeps_the_whole_file_out(run: Run, company_id: int) -> None:
    wrong = CUSTOMERS + "1044;business;Birk;no-address;12;;;;;2026-02-30\n1045;firm;Carla;c@eksempel.example;;;;;;\n"
    code, report = run("customers", wrong, "--apply")
    assert code == 1
    assert places(report) == [(4, "email"), (4, "cvr"), (4, "created_on"), (5, "kind")]
    assert all(problem["remedy"] for problem in report["problems"])
    assert not ids_by_number(company_id)


def test_rules_that_need_the_whole_row_are_reported_together(run: Run, company_id: int) -> None:
    wrong = CUSTOMERS + "1042;consumer;Twice;t@eksempel.example;13748136;;;;;\n"
    code, report = run("customers", wrong)
    assert (code, places(report)) == (1, [(4, "kind"), (4, "number")])


def test_contracts_are_concluded_with_the_terms_that_were_accepted(run: Run, company_id: int) -> None:
    run("customers", CUSTOMERS, "--apply")
    code, report = run("contracts", contracts())
    assert (code, report["problems"]) == (0, [])
    assert [(row["contract"], row["lines"]) for row in report["created"]] == [("K-1", 2), ("K-2", 1)]
    buyer = customer_numbered(company_id, "1042").customer_id
    assert contracts_of_customer(buyer) == ()
    assert run("contracts", contracts(), "--apply")[0] == 0
    (agreed,) = contracts_of_customer(buyer)
    assert (agreed.acceptance.version, agreed.acceptance.how, agreed.began_on) == (
        "2023-09",
        "import",
        parse_day("2025-07-01"),
    )
    assert len(agreed.acceptance.sha256) == 64
    lines = lines_of_customer(buyer)
    assert [(line.interval_months, line.term_until) for line in lines] == [
        (12, parse_day("2027-07-01")),
        (12, parse_day("2027-07-01")),
    ]
    billed = Line.objects.filter(customer_id=buyer).order_by("id").values_list("billed_from", flat=True)
    assert list(billed) == [parse_day("2027-07-01"), parse_day("2026-07-01")]
    code, report = run("contracts", contracts(), "--apply")
    assert (code, places(report)) == (1, [(2, "contract"), (3, "contract"), (4, "contract")])


@pytest.mark.clause("vicevaert-029")
@pytest.mark.parametrize(
    ("change", "field"),
    [
        (("K-2;1043", "K-2;9"), "customer"),
        (("K-2;1043;2023-09", "K-2;1043;2020-01"), "terms_version"),
        (("K-2;1043;2023-09;2026-11-01;subscription", "K-2;1043;2023-09;2026-11-01;webhotel"), "product"),
        (("mail;2026-11-01;12;", "mail;2026-11-01;18;"), "term_months"),
        (("mail;2026-11-01;12;", "mail;2026-11-01;;"), "term_months"),
        (("mail;2026-11-01;12;", "mail;2026-11-01;12;2027-11-15"), "term_ends_on"),
        (("mail;2026-11-01;12;", "mail;2026-11-01;12;2026-10-31"), "term_ends_on"),
        (("mail;2025-07-01;12;2027-06-30", "mail;2025-07-01;12;2026-06-30"), "term_ends_on"),
        (("2026-11-01;subscription", "2026-12-02;subscription"), "accepted_on"),
        (("24;;2026-06-30", "24;;"), "billed_until"),
        (("24;;2026-06-30", "24;;2026-05-31"), "billed_until"),
        (("24;;2026-06-30", "24;;2024-06-30"), "billed_until"),
        (("1042;2023-09;2025-06-15;subscription;{yearly};backup", "1043;2023-09;2025-06-15;subscription;{yearly};backup"), "customer"),
        (("{yearly};mail;2026-11-01", "no-such-plan;mail;2026-11-01"), "plan"),
    ],
)  # fmt: skip
def test_a_contract_that_breaks_a_rule_names_line_and_field_and_nothing_is_written(
    run: Run, company_id: int, change: tuple[str, str], field: str
) -> None:
    run("customers", CUSTOMERS, "--apply")
    assert change[0] in CONTRACTS
    code, report = run("contracts", contracts(CONTRACTS.replace(*change, 1)), "--apply")
    assert code == 1
    assert field in [problem["field"] for problem in report["problems"]]
    assert all(problem["message"] for problem in report["problems"])
    assert contracts_of_customer(customer_numbered(company_id, "1042").customer_id) == ()


def test_an_interval_that_the_plan_is_not_sold_by_needs_a_price_of_its_own(run: Run, company_id: int) -> None:
    run("customers", CUSTOMERS, "--apply")
    head = "contract;customer;terms_version;accepted_on;product;plan;began_on;term_months;interval_months;price\n"
    row = f"K-1;1042;2023-09;2026-11-01;subscription;{plan_of(12)};2026-11-01;12;"
    for rest, expected in (("24;", ["interval_months"]), ("24;900.00", []), ("3;900.00", ["interval_months"])):
        _, report = run("contracts", f"{head}{row}{rest}\n")
        assert [problem["field"] for problem in report["problems"]] == expected


def test_all_wrong_rows_are_reported_at_once(run: Run, company_id: int) -> None:
    code, report = run("contracts", contracts().replace("2023-09", "2020-01"))
    assert code == 1
    assert places(report) == [(line, field) for line in (2, 3, 4) for field in ("customer", "terms_version")]


@pytest.mark.parametrize(
    "arguments", [["no-such-file.csv", "--company", "vicevaert"], [__file__, "--company", "nobody"]]
)
def test_a_missing_file_and_an_unknown_company_are_wrong_usage(
    company_id: int, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    assert main(["import", "customers", *arguments]) == 2
    assert capsys.readouterr().err


def test_the_report_for_people_names_the_place_and_what_was_not_done(
    company_id: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "kunder.csv"
    file.write_text(CUSTOMERS.replace("alma@eksempel.example", "alma"), encoding="utf-8")
    assert main(["import", "customers", str(file), "--company", "vicevaert"]) == 1
    printed = capsys.readouterr().out
    assert "kunder.csv:3: email:" in printed
    assert "Nothing was imported." in printed
    file.write_text(CUSTOMERS, encoding="utf-8")
    assert main(["import", "customers", str(file), "--company", "vicevaert"]) == 0
    printed = capsys.readouterr().out
    assert "would be imported" in printed
    assert "Look at kunder.csv:2: cvr:" in printed


@pytest.mark.parametrize("columns", [CUSTOMER_COLUMNS, CONTRACT_COLUMNS], ids=["customers", "contracts"])
def test_the_documented_columns_are_those_that_are_read(columns: tuple[Any, ...]) -> None:
    documented = Path("docs/reference/imports.md").read_text(encoding="utf-8")
    for column in columns:
        required = "yes" if column.required else "no"
        assert f"| `{column.name}` | {required} | {column.meaning} | `{column.example}` |" in documented
        assert column.read(column.example) is not None


def test_every_column_of_customers_is_stored() -> None:
    content = ";".join(column.name for column in CUSTOMER_COLUMNS) + "\n"
    content += ";".join(column.example for column in CUSTOMER_COLUMNS) + "\n"
    (row,) = customer_rows(content.encode(), file="kunder.csv", today=TODAY)
    assert row.line == 2
    assert row.created_on == parse_day("2024-03-01")
    details = row.details
    assert (details.number, details.cvr, details.ean) == ("1042", "13748136", "5798000000001")
    assert details.address_lines == ("Prøvevej 1", "2. sal")
    assert details.last_purchase_on == parse_day("2026-06-01")
    assert details.vat_number_checked_on == parse_day("2026-11-30")
