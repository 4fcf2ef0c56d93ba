"""`servanda terms show` and `terms redline`: an agreement to read, and what is new in its words, as Markdown, HTML or PDF."""

import argparse
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from servanda.agreements.named import catalogue_named, library_named
from servanda.faces.cli.database import use_settings
from servanda.ground.calendar import COPENHAGEN, parse_day
from servanda.ground.refusal import Refused, WrongDocument
from servanda.terms.book import Book, book_of
from servanda.terms.book_pages import html_page_of, markdown_of
from servanda.terms.catalogue import Catalogue
from servanda.terms.clauses import CustomerKind
from servanda.terms.document import Agreement, Language
from servanda.terms.law_notes import law_notes
from servanda.terms.meaning import Reader, meanings_of
from servanda.terms.parsing import parse_bytes
from servanda.terms.redline import redline_as_book, redline_of

FORMATS = ("md", "html", "pdf")
_NAMED = re.compile(r"(?P<version>.+)\.(?P<language>da|en)\.md\Z")


@dataclass(frozen=True, slots=True)
class Text:
    """A version in the language to read, and the Danish document that carries its rules."""

    agreement: Agreement
    danish: Agreement


def add_to(nested: Any) -> None:
    """Add `terms show` and `terms redline`."""
    _add_show(nested)
    _add_redline(nested)


def _add_show(nested: Any) -> None:
    parser = nested.add_parser("show", help="show the terms as a book, with their figures filled in")
    parser.add_argument("provider", metavar="PROVIDER", help="a provider, or a folder with documents")
    parser.add_argument("--version", help="by default the newest")
    parser.add_argument(
        "--customer",
        metavar="K",
        choices=[str(kind) for kind in CustomerKind],
        help="tell what each clause means for such a customer",
    )
    parser.add_argument(
        "--product", metavar="P", action="append", help="a product that the customer has; may be repeated"
    )
    parser.add_argument("--on", metavar="DATE", help="the day of the law, as 2026-11-30; today by default")
    _add_output(parser)
    parser.set_defaults(run=_show)


def _add_redline(nested: Any) -> None:
    parser = nested.add_parser("redline", help="show what is new in the words of two versions")
    parser.add_argument("provider", metavar="PROVIDER", help="a provider, or a folder with documents")
    parser.add_argument("old", metavar="OLD", help="a version, or the path of a document")
    parser.add_argument("new", metavar="NEW", help="a version, or the path of a document")
    parser.add_argument("--all", action="store_true", help="show the clauses that are the same, too")
    _add_output(parser)
    parser.set_defaults(run=_redline)


def _add_output(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--lang", choices=("da", "en"), default="da")
    parser.add_argument("--format", choices=FORMATS, default="md")
    parser.add_argument("--out", metavar="FILE", type=Path, help="write to the file; a PDF is not for the screen")


def _show(parsed: argparse.Namespace) -> int:
    if parsed.product and not parsed.customer:
        raise Refused("What a product means depends on who has it. Add --customer business, or another kind.")
    library = library_named(parsed.provider)
    version = parsed.version or library.versions[-1]
    text = Text(library.version(version, parsed.lang), library.version(version))
    on = parse_day(parsed.on) if parsed.on else _today()
    customer = CustomerKind(parsed.customer) if parsed.customer else None
    catalogue = catalogue_named(parsed.provider)
    notes = law_notes(text.danish, on=on, language=parsed.lang, catalogue=catalogue, customer=customer)
    meanings: Mapping[str, tuple[str, ...]] = {}
    if customer is not None:
        reader = _reader(customer, on=on, language=parsed.lang, products=parsed.product, catalogue=catalogue)
        meanings = meanings_of(text.danish, reader).sentences
    return _write(book_of(text.agreement, text.danish, notes=notes, meanings=meanings), parsed)


def _redline(parsed: argparse.Namespace) -> int:
    old, new = (_text(parsed.provider, named, parsed.lang) for named in (parsed.old, parsed.new))
    redline = redline_of(old.agreement, new.agreement, old_rules=old.danish, new_rules=new.danish)
    return _write(redline_as_book(redline, changed_only=not parsed.all), parsed)


def _reader(
    customer: CustomerKind, *, on: date, language: Language, products: list[str] | None, catalogue: Catalogue
) -> Reader:
    unknown = [code for code in products or () if code not in catalogue.codes]
    if unknown:
        known = ", ".join(sorted(catalogue.codes))
        raise Refused(f"{catalogue.provider} sells no {unknown[0]!r}. It sells: {known}.")
    names = {one.code: one.name_da if language == "da" else one.name_en for one in catalogue.product}
    return Reader(
        customer=customer,
        on=on,
        language=language,
        products=tuple(products) if products else None,
        product_names=names,
    )


def _text(provider: str, named: str, language: Language) -> Text:
    if named.endswith(".md"):
        return Text(document_at(_in_language(named, language)), document_at(_in_language(named, "da")))
    library = library_named(provider)
    return Text(library.version(named, language), library.version(named))


def _in_language(named: str, language: Language) -> Path:
    """Return the path of the same version in the language: it stands beside the named document."""
    path = Path(named)
    found = _NAMED.match(path.name)
    if found is not None:
        return path.with_name(f"{found['version']}.{language}.md")
    if language != "da":
        raise Refused(f"{path} does not say its language. Name the documents VERSION.da.md and VERSION.en.md.")
    return path


def document_at(path: Path) -> Agreement:
    """Return the document of a file; refuses one that is not there, and one with problems."""
    if not path.is_file():
        raise Refused(f"{path} does not exist. Name a version or a document.")
    read = parse_bytes(path.read_bytes(), file=str(path))
    if read.agreement is None:
        raise WrongDocument(read.problems)
    return read.agreement


def _write(book: Book, parsed: argparse.Namespace) -> int:
    if parsed.format == "pdf":
        _write_bytes(book, parsed.out)
        return 0
    text = html_page_of(book) if parsed.format == "html" else markdown_of(book)
    if parsed.out is not None:
        parsed.out.write_text(text, encoding="utf-8")
    else:
        print(text, end="")
    return 0


def _write_bytes(book: Book, out: Path | None) -> None:
    if out is None and sys.stdout.isatty():
        raise Refused("A PDF is not for the screen. Name a file with --out, or send the output to one with >.")
    file = _printed(book)
    if out is not None:
        out.write_bytes(file)
    else:
        sys.stdout.buffer.write(file)


def _printed(book: Book) -> bytes:
    from django.conf import settings

    use_settings()
    file: bytes = import_module(settings.DRIVERS).document_maker().render_book(book)
    return file


def _today() -> date:
    return datetime.now(COPENHAGEN).date()
