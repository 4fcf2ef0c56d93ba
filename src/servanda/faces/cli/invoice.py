"""`servanda invoice …`: is a file a right e-invoice, and which official rules does this installation have?

Code 0: valid by everything that belongs to it. 1: something is wrong, or nobody could check all of it. 2: wrong usage.
No database is needed for `validate` and `rules`.
"""

import argparse
import json
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, Literal, Protocol, cast

from servanda.faces.cli.database import use_settings
from servanda.faces.cli.e_documents import add_documents
from servanda.ground.law.sentences import Sentence
from servanda.ground.refusal import Refused

Language = Literal["da", "en"]
SHOWN_MAX = 100


class Finding(Protocol):
    """What an official schema or rule has against a file."""

    @property
    def rule_set(self) -> str: ...
    @property
    def rule_id(self) -> str: ...
    @property
    def severity(self) -> str: ...
    @property
    def message(self) -> str: ...
    @property
    def location(self) -> str: ...
    @property
    def line(self) -> int: ...


class Verdict(Protocol):
    """What became of a file at the official gate."""

    @property
    def kind(self) -> str | None: ...
    @property
    def format(self) -> str | None: ...
    @property
    def checked(self) -> Sequence[str]: ...
    @property
    def not_checked(self) -> Sequence[str]: ...
    @property
    def findings(self) -> Sequence[Finding]: ...
    @property
    def refusal(self) -> Sentence | None: ...
    @property
    def remedy(self) -> Sentence | None: ...
    @property
    def has_errors(self) -> bool: ...
    @property
    def is_valid(self) -> bool: ...


class RuleSet(Protocol):
    """Official rules that were published together."""

    @property
    def name(self) -> str: ...
    @property
    def is_shipped(self) -> bool: ...
    @property
    def publisher(self) -> str: ...
    @property
    def licence(self) -> str: ...
    @property
    def package(self) -> str: ...


class InstalledRules(Protocol):
    """What an installation of rules did."""

    @property
    def new(self) -> Sequence[RuleSet]: ...
    @property
    def before(self) -> Sequence[RuleSet]: ...


class Drivers(Protocol):
    """The module that the setting DRIVERS names, as far as it is used here."""

    def e_invoice_verdict(self, content: bytes) -> Verdict: ...
    def e_invoice_remedy(self, finding: Any) -> Sentence: ...
    def e_invoice_rule_sets(self) -> Sequence[tuple[RuleSet, bool]]: ...
    def install_e_invoice_rules(self, source: Path) -> InstalledRules: ...


def add_to(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its own subcommands."""
    invoice = subparsers.add_parser("invoice", help="check, show and send e-invoices", description=__doc__)
    nested = invoice.add_subparsers(metavar="ACTION", required=True)
    validate = nested.add_parser("validate", help="judge a file by the official schema and rules")
    validate.add_argument("file", type=Path, metavar="FILE", help="an e-document as XML, or a PDF that carries one")
    validate.add_argument("--json", action="store_true", help="print the verdict as JSON")
    validate.add_argument("--lang", choices=("da", "en"), default="en", help="the language of what the program says")
    validate.set_defaults(run=_validate)
    add_documents(nested)
    rules = nested.add_parser("rules", help="list the official rule sets, or install them")
    rules.set_defaults(run=_list_rules, json=False)
    actions = rules.add_subparsers(metavar="ACTION")
    listed = actions.add_parser("list", help="list the official rule sets and whether they are installed")
    listed.add_argument("--json", action="store_true", help="print the list as JSON")
    listed.set_defaults(run=_list_rules)
    install = actions.add_parser("install", help="install rule sets that may not come with the program")
    install.add_argument("source", type=Path, metavar="FOLDER_OR_ZIP", help="a package as its publisher offers it")
    install.set_defaults(run=_install_rules)


def _validate(parsed: argparse.Namespace) -> int:
    if not parsed.file.is_file():
        raise Refused(f"{parsed.file} is not a file. Name the e-invoice to check.")
    drivers, language = _drivers(), parsed.lang
    verdict = drivers.e_invoice_verdict(parsed.file.read_bytes())
    if parsed.json:
        print(json.dumps(_as_json(parsed.file.name, verdict, drivers, language), ensure_ascii=False, indent=2))
    else:
        print("\n".join(_as_text(parsed.file.name, verdict, drivers, language)))
    return 0 if verdict.is_valid else 1


def _list_rules(parsed: argparse.Namespace) -> int:
    sets = _drivers().e_invoice_rule_sets()
    if parsed.json:
        print(json.dumps([_rules_as_json(rules, is_there) for rules, is_there in sets], ensure_ascii=False, indent=2))
        return 0
    for rules, is_there in sets:
        state = "comes with the program" if rules.is_shipped else "installed" if is_there else "NOT installed"
        print(f"{rules.name}: {state}\n    {rules.publisher}; licence: {rules.licence}")
        if not is_there:
            print(f"    Fetch the package {rules.package}, then: servanda invoice rules install FOLDER_OR_ZIP")
    return 0


def _install_rules(parsed: argparse.Namespace) -> int:
    if not parsed.source.exists():
        raise Refused(f"{parsed.source} is not there. Name a folder or a zip file with official rules.")
    done = _drivers().install_e_invoice_rules(parsed.source)
    for rules in done.new:
        print(f"Installed: {rules.name}")
    for rules in done.before:
        print(f"Was installed already: {rules.name}")
    return 0


def _drivers() -> Drivers:
    use_settings()
    from django.conf import settings

    return cast(Drivers, import_module(settings.DRIVERS))


_NAMES = {
    "invoice": Sentence("faktura", "invoice"),
    "credit note": Sentence("kreditnota", "credit note"),
    "reminder": Sentence("rykker", "reminder"),
    "application response": Sentence("svar (ApplicationResponse)", "application response"),
    "statement": Sentence("kontoudtog", "statement"),
}
_WHICH_RULES = Sentence(
    "Hvilke regler der er installeret: servanda invoice rules.", "Which rules are installed: servanda invoice rules."
)
_FORMATS = {"peppol bis 3": "Peppol BIS Billing 3", "oioubl 2.1": "OIOUBL 2.1"}


def _as_text(name: str, verdict: Verdict, drivers: Drivers, language: Language) -> list[str]:
    if verdict.refusal is not None:
        remedy = verdict.remedy.in_language(language) if verdict.remedy is not None else ""
        return [f"{name}: {verdict.refusal.in_language(language)} {remedy}".rstrip()]
    kind = _NAMES[verdict.kind].in_language(language) if verdict.kind else ""
    lines = [f"{name}: {kind}, {_FORMATS.get(verdict.format or '', 'UBL 2')}"]
    for one in verdict.findings[:SHOWN_MAX]:
        lines += _finding_text(one, drivers.e_invoice_remedy(one), language)
    if len(verdict.findings) > SHOWN_MAX:
        lines.append(f"… +{len(verdict.findings) - SHOWN_MAX}")
    checked, unchecked = ", ".join(verdict.checked), ", ".join(verdict.not_checked)
    lines.append(Sentence(f"Kontrolleret: {checked}.", f"Checked: {checked}.").in_language(language))
    if unchecked:
        lines.append(Sentence(f"IKKE kontrolleret: {unchecked}.", f"NOT checked: {unchecked}.").in_language(language))
        lines.append(_WHICH_RULES.in_language(language))
    return [*lines, _conclusion(verdict).in_language(language)]


def _finding_text(one: Finding, remedy: Sentence, language: Language) -> list[str]:
    severity = Sentence("fejl", "error") if one.severity == "fatal" else Sentence("advarsel", "warning")
    line = Sentence(f"linje {one.line}", f"line {one.line}").in_language(language) if one.line else ""
    place = ", ".join(part for part in (line, one.location) if part)
    return [
        f"  {severity.in_language(language)} {one.rule_id} ({one.rule_set})",
        *([f"    {place}"] if place else []),
        f"    {one.message}",
        f"    {remedy.in_language(language)}",
    ]


def _conclusion(verdict: Verdict) -> Sentence:
    if verdict.is_valid:
        return Sentence("Gyldig.", "Valid.")
    if verdict.has_errors:
        errors = sum(one.severity == "fatal" for one in verdict.findings)
        return Sentence(f"Ikke gyldig: {errors} fejl.", f"Not valid: {errors} error{'' if errors == 1 else 's'}.")
    return Sentence(
        "Ingen fejl fundet, men ikke alt er kontrolleret, så om den er gyldig, vides ikke.",
        "No errors found, but not all was checked, so whether it is valid is not known.",
    )


def _as_json(name: str, verdict: Verdict, drivers: Drivers, language: Language) -> dict[str, object]:
    return {
        "file": name,
        "kind": verdict.kind,
        "format": verdict.format,
        "is_valid": verdict.is_valid,
        "checked": list(verdict.checked),
        "not_checked": list(verdict.not_checked),
        "refusal": verdict.refusal.in_language(language) if verdict.refusal is not None else None,
        "remedy": verdict.remedy.in_language(language) if verdict.remedy is not None else None,
        "findings": [
            {
                "rule_set": one.rule_set,
                "rule_id": one.rule_id,
                "severity": one.severity,
                "message": one.message,
                "location": one.location,
                "line": one.line,
                "remedy": drivers.e_invoice_remedy(one).in_language(language),
            }
            for one in verdict.findings
        ],
    }


def _rules_as_json(rules: RuleSet, is_there: bool) -> dict[str, object]:
    return {
        "name": rules.name,
        "is_installed": is_there,
        "is_shipped": rules.is_shipped,
        "publisher": rules.publisher,
        "licence": rules.licence,
        "package": rules.package,
    }
