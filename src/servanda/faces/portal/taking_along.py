"""All that a customer has here, in one archive: what is known of them, as JSON, CSV and the documents as they were sent."""

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import date, datetime

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header

from servanda.business.access.queries import choices_of, members_of
from servanda.business.billing.queries import invoices_of_customer, payments_of_customer
from servanda.business.contracts.queries import contracts_of_customer, lines_of_customer
from servanda.business.customers.queries import customer
from servanda.business.evidence.queries import events_of_customer
from servanda.business.hosting.queries import services_of_customer
from servanda.business.letters.queries import document, letters_of_customer
from servanda.business.library.queries import acceptances_of, rendered_terms
from servanda.faces.parts.access import access
from servanda.faces.portal.pages import CARRY_A_LINK
from servanda.faces.portal.visiting import Visit, visit
from servanda.ground.citation import Citation, texts_of
from servanda.ground.money import Money

LETTERS_MAX = 10_000


@access(policy="customer")
def export(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    """Give the archive to the holder."""
    here = visit(request, slug, number, needs=lambda role: role.may_order)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files_of(here):
            archive.writestr(name, content)
    answer = HttpResponse(made.getvalue(), content_type="application/zip")
    name = content_disposition_header(as_attachment=True, filename=f"{slug}-{number}-{here.today}.zip") or "attachment"
    answer.headers["Content-Disposition"] = name
    return answer


def files_of(here: Visit) -> Iterator[tuple[str, bytes]]:
    """Yield the files of the archive with their names."""
    whose = here.customer_id
    tables: dict[str, Sequence[object]] = {
        "customer": (customer(whose).details,),
        "people": members_of(whose),
        "choices": choices_of(whose),
        "contracts": contracts_of_customer(whose),
        "lines": lines_of_customer(whose),
        "services": services_of_customer(whose),
        "invoices": invoices_of_customer(whose),
        "payments": payments_of_customer(whose),
        "acceptances": acceptances_of(whose),
        "events": events_of_customer(whose),
    }
    for name, rows in tables.items():
        values = [asdict(row) for row in rows]  # type: ignore[call-overload]  # frozen dataclasses all
        yield f"{name}.json", json.dumps(values, ensure_ascii=False, indent=1, default=_written).encode()
    yield (
        "invoices.csv",
        _csv(
            ("number", "kind", "issued_on", "due_on", "net", "vat", "total", "open"),
            (
                (one.number, one.kind, one.issued_on, one.due_on, one.net, one.vat, one.total, one.open_total)
                for one in invoices_of_customer(whose)
            ),
        ),
    )
    for version, language in sorted(
        {(one.acceptance.version, one.acceptance.language) for one in contracts_of_customer(whose)}
    ):
        text = rendered_terms(here.company.slug, version, "en" if language == "en" else "da")
        yield f"terms/{version}.{language}.md", text.text.encode()
    for letter in letters_of_customer(whose, limit=LETTERS_MAX):
        content = document(letter.document_sha256) if letter.kind not in CARRY_A_LINK else None
        if content is not None:
            yield f"letters/{letter.on_day}-{letter.key.replace(':', '-')}.pdf", content


def _csv(names: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    made = io.StringIO()
    writer = csv.writer(made, delimiter=";")
    writer.writerow(names)
    writer.writerows([_written(cell) for cell in row] for row in rows)
    return made.getvalue().encode("utf-8-sig")


def _written(value: object) -> object:
    """Return a value as a file has it; citations by their text, amounts with their currency."""
    if isinstance(value, Money):
        return f"{value.minor / 100:.2f}"
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, frozenset | set):
        return sorted(value, key=str)
    if isinstance(value, Citation):
        return ", ".join(texts_of((value,)))
    return "" if value is None else str(value)
