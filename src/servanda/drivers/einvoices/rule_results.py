"""What did a sheet of rules say? Read from SVRL (EN 16931, Peppol) and from the list that the OIOUBL sheets write."""

import re
from collections.abc import Iterator

from lxml import etree

from servanda.drivers.einvoices.ports import Finding, Severity

_SVRL = "{http://purl.oclc.org/dsdl/svrl}"
_NUMBERED = re.compile(r"\A\[([A-Z]-[A-Z]+[0-9]+)\]\s*")
_NAMESPACE = re.compile(r"\*:([A-Za-z]+)\[namespace-uri\(\)='[^']*'\]")


class UnknownResult(ValueError):
    """The sheet answered in a form that is neither of the two: a bug, or another kind of sheet."""


def findings_in(text: str, *, rule_set: str) -> tuple[Finding, ...]:
    """Return the findings in a sheet's answer, in its order."""
    root = etree.fromstring(text.encode(), etree.XMLParser(resolve_entities=False, no_network=True))
    name = etree.QName(root).localname
    if name == "schematron-output":
        return tuple(_in_svrl(root, rule_set))
    if name == "Schematron":
        return tuple(_in_oioubl(root, rule_set))
    raise UnknownResult(f"A sheet of {rule_set} answered with <{name}>.")


def _in_svrl(root: etree._Element, rule_set: str) -> Iterator[Finding]:
    for element in root.iter(f"{_SVRL}failed-assert", f"{_SVRL}successful-report"):
        flag = element.get("flag") or element.get("role") or "fatal"
        severity: Severity = "warning" if flag.lower() in {"warning", "information", "info"} else "fatal"
        said = _plain(element.findtext(f"{_SVRL}text") or "")
        rule_id = element.get("id") or ""
        yield Finding(
            rule_set=rule_set,
            rule_id=rule_id,
            severity=severity,
            message=said.removeprefix(f"[{rule_id}]").lstrip("- "),
            location=_NAMESPACE.sub(r"\1", element.get("location") or ""),
        )


def _in_oioubl(root: etree._Element, rule_set: str) -> Iterator[Finding]:
    for element in root.iter("Error", "Warning"):
        said = _plain(element.findtext("Description") or "")
        numbered = _NUMBERED.match(said)
        yield Finding(
            rule_set=rule_set,
            rule_id=numbered.group(1) if numbered else "",
            severity="warning" if element.tag == "Warning" else "fatal",
            message=said[numbered.end() :] if numbered else said,
            location=_plain(element.findtext("Xpath") or element.get("context") or ""),
        )


def _plain(text: str) -> str:
    return " ".join(text.split())
