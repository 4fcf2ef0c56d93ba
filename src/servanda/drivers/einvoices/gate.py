"""The last gate before a document leaves: the official schema and rules, and an honest word on what was not checked."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

from lxml import etree

from servanda.drivers.einvoices.engine import EngineFailed, RuleEngine
from servanda.drivers.einvoices.ports import Finding, Verdict
from servanda.drivers.einvoices.recognising import Recognised, recognised
from servanda.drivers.einvoices.rule_results import findings_in
from servanda.drivers.einvoices.rule_sets import Run, Sheet, found_sheet, runs_for
from servanda.drivers.einvoices.safe_xml import NotSafeXml, open_xml
from servanda.drivers.einvoices.schemas import NAME as SCHEMA
from servanda.drivers.einvoices.schemas import schema_findings

_STEP = re.compile(r"/(?:[A-Za-z]+:)?([A-Za-z]+)(?:\[([0-9]+)\])")
FOREIGN = "the rules of the document's own network, which this program does not have"


class OfficialGate:
    """Judges files with the rule sets in the folders; the engine is started with the first file that needs it."""

    def __init__(self, folders: Sequence[Path] = (), *, engine: RuleEngine | None = None) -> None:
        self._folders = tuple(folders)
        self._engine = engine or RuleEngine()
        self._paths: dict[Sheet, Path] = {}

    def __enter__(self) -> "OfficialGate":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the engine's process."""
        self._engine.close()

    def judge(self, content: bytes) -> Verdict:
        """Return what the official rules say of the file."""
        try:
            document = recognised(open_xml(content))
        except NotSafeXml as refusal:
            return Verdict(kind=None, format=None, checked=(), refusal=refusal.said, remedy=refusal.remedy)
        return self._judged(document)

    def _judged(self, document: Recognised) -> Verdict:
        findings = list(schema_findings(document.root, document.kind))
        checked, not_checked = [SCHEMA], [FOREIGN] if document.is_foreign else []
        xml = etree.tostring(document.root, encoding="unicode")
        for run in runs_for(document.kind, document.format):
            said = self._said(run, xml)
            if isinstance(said, str):
                not_checked.append(said)
            else:
                checked.append(run.rule_set.name)
                findings += [replace(one, line=_line_of(document.root, one.location)) for one in said]
        return Verdict(
            kind=document.kind,
            format=document.format,
            checked=tuple(checked),
            not_checked=tuple(not_checked),
            findings=tuple(findings),
        )

    def _said(self, run: Run, xml: str) -> tuple[Finding, ...] | str:
        paths = [path for sheet in run.sheets if (path := self._path_of(sheet)) is not None]
        if len(paths) < len(run.sheets):
            return run.rule_set.name  # not installed
        try:
            results = self._engine.run(xml, paths)
        except EngineFailed as failure:
            return f"{run.rule_set.name} ({failure})"
        return tuple(one for text in results.texts for one in findings_in(text, rule_set=run.rule_set.name))

    def _path_of(self, sheet: Sheet) -> Path | None:
        if sheet not in self._paths:
            path = found_sheet(sheet, self._folders)
            if path is None:
                return None  # not kept: it may be installed while we run
            self._paths[sheet] = path
        return self._paths[sheet]


def _line_of(root: etree._Element, location: str) -> int:
    """Return the line of the element that a rule names by its path, as far down as the path can be followed."""
    element = root
    for name, number in _STEP.findall(location)[1:]:
        alike = [one for one in element if etree.QName(one).localname == name]
        if len(alike) < int(number):
            break
        element = alike[int(number) - 1]
    return cast(int | None, element.sourceline) or 0
