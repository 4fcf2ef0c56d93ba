"""Does each e-document that went out say what the invoice says, and did its letter arrive when the document did?

The files are read again here, apart from the code that wrote them, and compared with the rows of the invoice or the letter.
"""

import hashlib
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from lxml import etree

from servanda.business.audit.facts import Enforced, Invariant, Row
from servanda.business.audit.queries.scope import Scope

_SENT = """
select e.id as document, e.key, e.kind, e.format, e.number, e.xml_sha256, e.checked_with, c.content,
       i.number as invoice_number, i.kind as invoice_kind, i.issued_on, i.due_on, i.currency, i.net_minor, i.vat_minor,
       i.total_minor, o.number as original_number, l.on_day, l.paper
  from einvoice e join audited a on a.company_id = e.company_id
  join invoice i on i.id = e.invoice_id join letter l on l.id = e.letter_id
  left join invoice o on o.id = i.original_id
  left join einvoice_content c on c.sha256 = e.xml_sha256
 where e.sent_on is not null
 order by e.id
"""
_SENT_TWICE = """
select e.company_id as company, e.kind, e.number, count(*) as documents
  from einvoice e join audited a on a.company_id = e.company_id
 where e.state in ('sent', 'accepted') group by 1, 2, 3 having count(*) > 1
"""
_SENT_UNCHECKED = """
select e.id as document, e.key, e.state
  from einvoice e join audited a on a.company_id = e.company_id
 where e.attempts > 0 and (e.checked_at is null or cardinality(e.checked_with) = 0 or e.xml_sha256 = ''
       or exists (select 1 from jsonb_array_elements(e.problems) p
                   where not (p ->> 'is_warning')::boolean and p ->> 'code' not in ('turned away', 'tried too often')))
"""
_SENT_UNRECORDED = """
select e.id as document, e.key from einvoice e join audited a on a.company_id = e.company_id
 where e.sent_on is not null and not starts_with(e.receipt, 'answered: ')
   and not exists (select 1 from evidence_record r where r.key = 'einvoice.sent:' || e.key)
"""
_ARRIVED_UNANSWERED = """
select l.id as letter, l.key, l.accepted_on
  from letter l join audited a on a.company_id = l.company_id
 where l.carrier = 'e-invoice' and l.state = 'accepted'
   and not exists (select 1 from einvoice e join evidence_record r on r.key = 'einvoice.accepted:' || e.key
                    where e.letter_id = l.id and r.on_day <= l.accepted_on)
"""
_ANSWERED_NOT_ARRIVED = """
select e.id as document, e.key, e.state, l.state as letter
  from einvoice e join audited a on a.company_id = e.company_id join letter l on l.id = e.letter_id
 where e.state = 'accepted' and (l.state <> 'accepted' or l.carrier <> 'e-invoice')
    or e.state in ('sent', 'parked') and l.carrier = 'e-invoice' and l.state = 'accepted'
"""
_WITHOUT_DOCUMENT = """
select l.id as letter, l.key, l.on_day
  from letter l join audited a on a.company_id = l.company_id
 where l.carrier = 'e-invoice' and l.state = 'waiting' and l.on_day < a.today
   and not exists (select 1 from einvoice e where e.letter_id = l.id and e.state <> 'replaced')
"""
_PUBLIC_BY_MAIL = """
select l.id as letter, l.key
  from letter l join audited a on a.company_id = l.company_id join customer c on c.id = l.customer_id
 where c.kind = 'public' and l.kind in ('invoice', 'credit note') and l.carrier = 'mail' and l.state in ('waiting', 'sending')
"""
_HUNDRED = Decimal(100)


def says_otherwise(scope: Scope) -> Iterator[Row]:
    """Yield what an e-document that went out says otherwise than the invoice, or the letter of the reminder."""
    for row in scope.rows(_SENT):
        for what, found, expected in _differences(row):
            yield {"document": row["document"], "key": row["key"], "what": what, "says": found, "expected": expected}


def _differences(row: Row) -> Iterator[tuple[str, str, str]]:
    content = row["content"]
    if content is None:
        yield "file", "gone", str(row["xml_sha256"])
        return
    raw = bytes(content)  # type: ignore[call-overload]
    if hashlib.sha256(raw).hexdigest() != row["xml_sha256"]:
        yield "sha256", hashlib.sha256(raw).hexdigest(), str(row["xml_sha256"])
        return
    root = etree.fromstring(raw, etree.XMLParser(resolve_entities=False, no_network=True))
    expected = _of_reminder(row) if row["kind"] == "reminder" else _of_invoice(row)
    for path, values in expected.items():
        found = _texts(root, path)
        if not values <= found or (len(values) == 1 and len(found) > 1 and not path.startswith("//")):
            yield path, ", ".join(sorted(found)), ", ".join(sorted(values))
    if row["kind"] != "reminder":
        yield from _sums(root, row)


def _of_invoice(row: Row) -> dict[str, set[str]]:
    """Return what must stand where: the number, the days and the totals of the invoice."""
    wanted = {
        "ID": {str(row["number"]), str(row["invoice_number"])},
        "IssueDate": {str(row["issued_on"])},
        "DocumentCurrencyCode": {str(row["currency"])},
        "LegalMonetaryTotal/PayableAmount": {_amount(row["total_minor"])},
        "LegalMonetaryTotal/LineExtensionAmount": {_amount(row["net_minor"])},
        "TaxTotal/TaxAmount": {_amount(row["vat_minor"])},
    }
    if row["due_on"] is not None and row["kind"] == "invoice":
        dues = "//DueDate" if row["format"] == "peppol" else "//PaymentDueDate"
        wanted[dues] = {str(row["due_on"])}
    if row["original_number"] is not None:
        wanted["BillingReference/InvoiceDocumentReference/ID"] = {str(row["original_number"])}
    return wanted


def _of_reminder(row: Row) -> dict[str, set[str]]:
    """Return what must stand where: the reminder's own number and day, the invoice it is about, and what its letter claims."""
    paper = row["paper"]
    assert isinstance(paper, dict)
    charged = sum(minor for _kind, minor in paper["charges_minor"])
    return {
        "ID": {str(row["number"])},
        "IssueDate": {str(row["on_day"])},
        "LegalMonetaryTotal/PayableAmount": {_amount(paper["principal_minor"] + charged)},
        "//BillingReference/InvoiceDocumentReference/ID": {str(row["invoice_number"])},
    }


def _sums(root: "etree._Element", row: Row) -> Iterator[tuple[str, str, str]]:
    """The lines of the file add up to its total, and its VAT groups to its VAT."""
    for what, path, minor in (
        ("sum of lines", "*/LineExtensionAmount", row["net_minor"]),
        ("sum of VAT groups", "TaxTotal/TaxSubtotal/TaxAmount", row["vat_minor"]),
    ):
        parts = [
            one for one in root.iterfind(_path(path)) if etree.QName(_parent(one)).localname != "LegalMonetaryTotal"
        ]
        found = sum((Decimal(one.text or "0") for one in parts), Decimal(0))
        if parts and found != Decimal(str(minor)) / _HUNDRED:
            yield what, str(found), _amount(minor)


def _parent(element: "etree._Element") -> "etree._Element":
    parent = element.getparent()
    assert parent is not None
    return parent


def _texts(root: "etree._Element", path: str) -> set[str]:
    return {_plain(one.text or "") for one in root.iterfind(_path(path))}


def _path(path: str) -> str:
    """Return a path of names as lxml wants it, whatever the names' spaces are."""
    start, inner = (".//", path[2:]) if path.startswith("//") else ("", path)
    return start + "/".join(f"{{*}}{name}" if name != "*" else name for name in inner.split("/"))


def _plain(text: str) -> str:
    """Return an amount with two decimals whatever it was written with; any other text as it is."""
    try:
        return f"{Decimal(text):.2f}" if "." in text else text.strip()
    except InvalidOperation:
        return text.strip()


def _amount(minor: object) -> str:
    return f"{Decimal(str(minor)) / _HUNDRED:.2f}"


EINVOICES: tuple[Invariant[Scope], ...] = (
    Invariant(
        number=84,
        name="Each e-document that was sent passed the official rules, says what the invoice says, and was sent once",
        explanation_da="E-dokumentet er sendt ukontrolleret eller to gange, eller det siger andet end fakturaen.",
        explanation_en="The e-document was sent unchecked or twice, or says something else than the invoice.",
        enforced=(Enforced.CONSTRAINT, Enforced.DECISION, Enforced.ACTION),
        guards=(
            "trigger einvoice_as_sent on einvoice",
            "trigger einvoice_content_append_only on einvoice_content",
            "constraint nothing_goes_out_unchecked on einvoice",
            "constraint what_was_checked_names_its_rules on einvoice",
            "constraint one_einvoice_carries_a_letter on einvoice",
            "unique einvoice(key)",
        ),
        queries=(_SENT_TWICE, _SENT_UNCHECKED, _SENT_UNRECORDED),
        checks=(says_otherwise,),
        not_yet="Judging the files again by the official rules is for `servanda invoice validate`: the audit starts no engine.",
    ),
    Invariant(
        number=85,
        name="A letter that an e-document carries has its document, and has arrived when that was accepted and not before",
        explanation_da="Brevet har intet e-dokument, eller det gælder som modtaget, uden at dokumentet er det.",
        explanation_en="The letter has no e-document, or counts as received though the document does not.",
        enforced=(Enforced.ACTION, Enforced.CONSTRAINT),
        guards=(
            "constraint an_answer_has_its_day on einvoice",
            "constraint what_was_sent_has_its_receipt on einvoice",
            "trigger einvoice_answer_kept on einvoice_answer",
        ),
        queries=(_ARRIVED_UNANSWERED, _ANSWERED_NOT_ARRIVED, _WITHOUT_DOCUMENT, _PUBLIC_BY_MAIL),
    ),
)
