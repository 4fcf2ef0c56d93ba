"""`servanda terms check`: what is wrong in the documents, where the law does not let a clause stand, and which figures of
the law wait for a person. Problems end with code 1; the rest are notices.
"""

import argparse
import json
import sys
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from servanda.agreements import PROVIDERS
from servanda.agreements.reading import Shelf, package_folder, read_shelf
from servanda.ground.calendar import COPENHAGEN, parse_day
from servanda.ground.law.confirming import FigureToConfirm, figures_to_confirm
from servanda.ground.law.sentences import Language
from servanda.ground.refusal import Problem
from servanda.terms.catalogue import Catalogue
from servanda.terms.checking import check_document
from servanda.terms.clauses import CustomerKind
from servanda.terms.conflicts import Conflict, conflicts_in
from servanda.terms.document import Agreement
from servanda.terms.parsing import parse_bytes

_WORDS: dict[Language, dict[str, str]] = {
    "da": {
        "conflicts": "Strid med loven pr. {on}",
        "figures": "Lovens tal, der skal bekræftes",
        "against": "over for",
        "everybody": "alle kunder",
        CustomerKind.BUSINESS: "erhvervskunder",
        CustomerKind.CONSUMER: "forbrugere",
        CustomerKind.PUBLIC: "offentlige kunder",
        CustomerKind.ASSOCIATION: "foreninger",
    },
    "en": {
        "conflicts": "Conflicts with the law on {on}",
        "figures": "Figures of the law to confirm",
        "against": "against",
        "everybody": "all customers",
        CustomerKind.BUSINESS: "businesses",
        CustomerKind.CONSUMER: "consumers",
        CustomerKind.PUBLIC: "public bodies",
        CustomerKind.ASSOCIATION: "associations",
    },
}


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found in one document or folder. Documents with problems show the conflicts of what could be read."""

    problems: tuple[Problem, ...]
    conflicts: tuple[Conflict, ...]


def add_to(nested: Any) -> None:
    """Add `terms check`."""
    parser = nested.add_parser(
        "check", help="report every problem in agreement documents, and every conflict with the law"
    )
    parser.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="a document or a provider's folder")
    parser.add_argument("--on", metavar="DATE", help="the day whose law is asked; today when left out")
    parser.add_argument("--lang", choices=("da", "en"), default="en", help="the language of conflicts and figures")
    parser.add_argument("--json", action="store_true", help="print what was found as JSON")
    parser.set_defaults(run=_check)


def _check(parsed: argparse.Namespace) -> int:
    missing = [path for path in parsed.paths if not path.exists()]
    for path in missing:
        print(f"{path} does not exist. Name a document or a provider's folder.", file=sys.stderr)
    if missing:
        return 2
    on = parse_day(parsed.on) if parsed.on else datetime.now(COPENHAGEN).date()
    checked = [each for path in parsed.paths for each in _checked_at(path, on=on)] or [
        _checked_shelf(read_shelf(package_folder(provider), shown_as=provider, provider=provider), on=on)
        for provider in PROVIDERS
    ]
    found = Checked(
        tuple(problem for each in checked for problem in each.problems),
        tuple(conflict for each in checked for conflict in each.conflicts),
    )
    figures = figures_to_confirm(on)
    print(_as_json(found, figures, parsed.lang) if parsed.json else _as_text(found, figures, parsed.lang, on=on))
    return 1 if found.problems else 0


def _checked_at(path: Path, *, on: date) -> tuple[Checked, ...]:
    if path.is_dir():
        inner = (folder for folder in sorted(path.rglob("*")) if folder.is_dir())
        folders = [folder for folder in (path, *inner) if any(folder.glob("*.md"))]
        return tuple(_checked_shelf(read_shelf(folder, shown_as=str(folder)), on=on) for folder in folders or [path])
    read = parse_bytes(path.read_bytes(), file=str(path))
    problems = read.problems or (check_document(read.agreement) if read.agreement else ())
    return (Checked(problems, _conflicts((read.draft,) if read.draft else (), on=on, catalogue=None)),)


def _checked_shelf(shelf: Shelf, *, on: date) -> Checked:
    return Checked(shelf.problems, _conflicts(shelf.library.agreements, on=on, catalogue=shelf.catalogue))


def _conflicts(agreements: tuple[Agreement, ...], *, on: date, catalogue: Catalogue | None) -> tuple[Conflict, ...]:
    return tuple(
        conflict for agreement in agreements for conflict in conflicts_in(agreement, on=on, catalogue=catalogue)
    )


def _as_text(found: Checked, figures: tuple[FigureToConfirm, ...], language: Language, *, on: date) -> str:
    words = _WORDS[language]
    lines = [
        *map(str, found.problems),
        f"{len(found.problems)} problem{'' if len(found.problems) == 1 else 's'} found.",
    ]
    if found.conflicts:
        heading = words["conflicts"].format(on=on.isoformat())
        lines += ["", f"{heading}: {len(found.conflicts)}", *(_line(each, language) for each in found.conflicts)]
    if figures:
        lines += ["", f"{words['figures']}:", *(figure.sentence.in_language(language) for figure in figures)]
    return "\n".join(lines)


def _line(conflict: Conflict, language: Language) -> str:
    words = _WORDS[language]
    is_all = len(conflict.against) == len(CustomerKind)
    whom = words["everybody"] if is_all else ", ".join(words[kind] for kind in conflict.against)
    said = f"{conflict.why.in_language(language)} {conflict.instead.in_language(language)}"
    place = f"{conflict.file}:{conflict.line}: {conflict.citation.clause} ({conflict.letter})"
    return f"{place} {words['against']} {whom}, {conflict.provision}: {said}"


def _as_json(found: Checked, figures: tuple[FigureToConfirm, ...], language: Language) -> str:
    plain = {
        "problems": [_plain_problem(problem) for problem in found.problems],
        "conflicts": [_plain_conflict(conflict, language) for conflict in found.conflicts],
        "figures_to_confirm": [_plain_figure(figure, language) for figure in figures],
    }
    return json.dumps(plain, ensure_ascii=False, indent=2)


def _plain_problem(problem: Problem) -> dict[str, Any]:
    return {
        "file": problem.file,
        "line": problem.line,
        "field": problem.field,
        "message": problem.message,
        "remedy": problem.remedy,
    }


def _plain_conflict(conflict: Conflict, language: Language) -> dict[str, Any]:
    return {
        "file": conflict.file,
        "line": conflict.line,
        "clause": conflict.citation.clause,
        "kind": conflict.kind,
        "letter": conflict.letter,
        "against": list(conflict.against),
        "provision": str(conflict.provision),
        "why": conflict.why.in_language(language),
        "instead": conflict.instead.in_language(language),
        "severity": conflict.severity,
        "is_overridden": conflict.is_overridden,
    }


def _plain_figure(figure: FigureToConfirm, language: Language) -> dict[str, Any]:
    return {
        "key": figure.key,
        "since": figure.since.isoformat(),
        "value": None if figure.value is None else str(figure.value),
        "provision": str(figure.source),
        "sentence": figure.sentence.in_language(language),
    }
