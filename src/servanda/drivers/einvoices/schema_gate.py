"""A gate that judges by the schema alone, which takes a millisecond: for stories about what follows from a judgement."""

from servanda.drivers.einvoices.ports import Verdict
from servanda.drivers.einvoices.recognising import recognised
from servanda.drivers.einvoices.safe_xml import NotSafeXml, open_xml
from servanda.drivers.einvoices.schemas import NAME, schema_findings


class SchemaGate:
    """Asks the schema and says so; can be told that the official rules are missing, and then calls nothing valid."""

    def __init__(self) -> None:
        self.is_installed = True

    def judge(self, content: bytes) -> Verdict:
        try:
            document = recognised(open_xml(content))
        except NotSafeXml as refusal:
            return Verdict(kind=None, format=None, checked=(), refusal=refusal.said, remedy=refusal.remedy)
        return Verdict(
            kind=document.kind,
            format=document.format,
            checked=(NAME,),
            not_checked=() if self.is_installed else ("OIOUBL 2.1 (1.17.2)",),
            findings=schema_findings(document.root, document.kind),
        )
