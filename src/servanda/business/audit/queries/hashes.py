"""Does each invoice still say what it said when it was issued? The hash of its content is computed again from the rows.

Written apart from the code that issues, so that the two must agree on what the content of an invoice is.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import groupby

import msgspec

from servanda.business.audit.facts import Row
from servanda.business.audit.queries.scope import Scope

_CONTENTS = """
select i.id as invoice, i.kind, i.number, o.number as original_number, i.reference, i.customer_id, i.issued_on,
       i.due_on, i.net_minor, i.vat_minor, i.total_minor, i.currency, i.content_sha256,
       l.position, l.product_code, l.description, l.quantity, l.unit_minor, l.net_minor as line_net_minor,
       l.since, l.until, l.vat_country, l.vat_category, l.vat_percent, l.vat_basis, i.buyer::text as buyer,
       i.content_format, v.groups
  from invoice i join audited a on a.company_id = i.company_id
  left join invoice o on o.id = i.original_id
  left join invoice_line l on l.invoice_id = i.id
  left join (select invoice_id, jsonb_agg(jsonb_build_array(country, category, percent::text, net_minor, vat_minor)
                                          order by country, category, percent)::text as groups
               from invoice_vat group by invoice_id) v on v.invoice_id = i.id
 order by i.id, l.position
"""


def changed_contents(scope: Scope) -> Iterator[Row]:
    """Yield the invoices and credit notes whose content no longer has the hash that was stored."""
    for invoice_id, sha256, stored in content_hashes(scope):
        if sha256 != stored:
            yield {"invoice": invoice_id, "sha256": sha256, "stored_sha256": stored}


def content_hashes(scope: Scope) -> Iterator[tuple[object, str, object]]:
    """Yield each invoice with the hash of its content now, and the one that was stored."""
    for invoice_id, group in groupby(scope.rows(_CONTENTS), key=lambda row: row["invoice"]):
        rows = tuple(group)
        content = _invoice(rows) if rows[0]["kind"] == "invoice" else _credit_note(rows)
        yield (
            invoice_id,
            hashlib.sha256(msgspec.json.encode(content, order="deterministic")).hexdigest(),
            rows[0]["content_sha256"],
        )


def _invoice(rows: Sequence[Row]) -> tuple[object, ...]:
    names = ("number", "reference", "customer_id", "issued_on", "due_on", "net_minor", "vat_minor", "currency")
    line = ("product_code", "description", "quantity", "unit_minor", "line_net_minor", "since", "until")
    if rows[0]["content_format"] == 1:
        return (*_values(rows[0], names), [_values(row, line) for row in _lines(rows)])
    lines = [(*_values(row, line), *_vat(row)) for row in _lines(rows)]
    return (*_values(rows[0], names), lines, _groups(rows[0]), json.loads(str(rows[0]["buyer"])))


def _credit_note(rows: Sequence[Row]) -> tuple[object, ...]:
    lines = [_values(row, ("position", "line_net_minor")) for row in _lines(rows)]
    content = (*_values(rows[0], ("number", "original_number", "issued_on")), lines, rows[0]["total_minor"])
    return content if rows[0]["content_format"] == 1 else (*content, _groups(rows[0]))


def _vat(row: Row) -> tuple[object, ...]:
    percent = row["vat_percent"]
    assert isinstance(percent, Decimal)
    return (row["vat_country"], row["vat_category"], f"{percent.normalize():f}", row["vat_basis"])


def _groups(row: Row) -> list[tuple[object, ...]]:
    """Return the VAT groups as they are hashed; they are no part of the oldest documents' hashes."""
    stored = json.loads(str(row["groups"] or "[]"))
    return [
        (country, category, f"{Decimal(percent).normalize():f}", net, vat)
        for country, category, percent, net, vat in stored
    ]


def _values(row: Row, names: Sequence[str]) -> tuple[object, ...]:
    return tuple(row[name] for name in names)


def _lines(rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if row["position"] is not None]
