"""Does a document have the shape that its UBL 2.1 schema prescribes?"""

import threading
from functools import cache
from itertools import islice
from typing import Any

from lxml import etree

from servanda.drivers.einvoices.ports import DocumentKind, Finding
from servanda.drivers.einvoices.rule_sets import SHIPPED

NAME = "UBL 2.1 schema"
_FINDINGS_MAX = 100
_FILES: dict[DocumentKind, str] = {
    "invoice": "UBL-Invoice-2.1.xsd",
    "credit note": "UBL-CreditNote-2.1.xsd",
    "reminder": "UBL-Reminder-2.1.xsd",
    "application response": "UBL-ApplicationResponse-2.1.xsd",
    "statement": "UBL-Statement-2.1.xsd",
}
_one_at_a_time = threading.Lock()  # a schema keeps its findings until it is asked again


def schema_findings(root: etree._Element, kind: DocumentKind) -> tuple[Finding, ...]:
    """Return what the schema has against the document; all of it is fatal."""
    with _one_at_a_time:
        schema = _schema(kind)
        if schema.validate(root):
            return ()
        errors: Any = schema.error_log  # the stubs do not know that it can be walked through
        return tuple(
            Finding(
                rule_set=NAME,
                rule_id=error.type_name,
                severity="fatal",
                message=error.message,
                location=error.path or "",
                line=error.line,
            )
            for error in islice(errors, _FINDINGS_MAX)
        )


@cache
def _schema(kind: DocumentKind) -> etree.XMLSchema:
    file = SHIPPED / "ubl-2.1" / "maindoc" / _FILES[kind]
    return etree.XMLSchema(etree.parse(str(file), etree.XMLParser(no_network=True)))
