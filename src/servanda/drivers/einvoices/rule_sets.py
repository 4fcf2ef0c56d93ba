"""Which official rules judge which document, which files they are, and where are those?

A file of rules is named by its content: a changed byte is another rule set. Rules whose licence clearly lets everybody pass
them on come with the program; the others are fetched by whoever runs it and looked for in the folders of the settings
(docs/why/rule-sets.md).
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from servanda.drivers.einvoices.ports import DocumentKind, Format

SHIPPED = Path(__file__).parent / "rules"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file of compiled rules (XSLT), by name and content."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Rules that were published together. `slug` names the folder they are installed in."""

    slug: str
    name: str
    sheets: tuple[Sheet, ...]
    is_shipped: bool
    publisher: str
    licence: str
    package: str


EN_16931 = RuleSet(
    slug="en16931-1.3.16",
    name="EN 16931 1.3.16",
    sheets=(Sheet("EN16931-UBL-validation.xslt", "39f9d282867f1a49e7708d9e29a53da89643e1ee56f10cec1ebcf1277595fcbd"),),
    is_shipped=True,
    publisher="CEN, European Commission",
    licence="EUPL-1.2",
    package="eInvoicing-EN16931 1.3.16",
)
PEPPOL = RuleSet(
    slug="peppol-bis3-dk-1.15.0",
    name="Peppol BIS Billing 3.0.19 with the Danish rules",
    sheets=(
        Sheet("PEPPOL-EN16931-UBL.xslt", "81bba321b132686479e634b5c8ea06be35603f97967de136a42ec6284c35699e"),
        Sheet("DK-EN16931-UBL.xslt", "9062f987f6c15d3fc4106f0ccc4fcf10d58e4f33cc851875fd07bd3472262682"),
    ),
    is_shipped=False,
    publisher="Erhvervsstyrelsen, OpenPeppol",
    licence="EUPL-1.1 or later, with material of OpenPeppol that may not be passed on",
    package="PEPPOL_DK_CIUS 1.15.0 (30 May 2025)",
)
OIOUBL = RuleSet(
    slug="oioubl-2.1-1.17.2",
    name="OIOUBL 2.1 (1.17.2)",
    sheets=(
        Sheet("OIOUBL_Invoice_Schematron.xsl", "ed7866e88439add5b1ee3702b053e839c89ad03df316c3ffb090bb217be31ba7"),
        Sheet("OIOUBL_CreditNote_Schematron.xsl", "ad800bf1ec4104052ecdb1cd023dfe16f22513ad5909e65dbf83570ccc671e0e"),
        Sheet("OIOUBL_Reminder_Schematron.xsl", "eb3afc51a2f4cf5dc6579cef8100c2f4170fb9b060eb5bf5beea6c7ffd9615d1"),
        Sheet(
            "OIOUBL_ApplicationResponse_Schematron.xsl",
            "a07548cf8d4befcbe5a35a733235b3311810ffda6dd4c9e65d402776b14096d8",
        ),
        Sheet("OIOUBL_Statement_Schematron.xsl", "43b5387928ca5b327c4fc8a160499b5bae0ad980d68cb005bd9a0dc0b27aae53"),
    ),
    is_shipped=False,
    publisher="Erhvervsstyrelsen (NemHandel)",
    licence='"Common Creative Licence", no version named',
    package="OIOUBL Schematron 1.17.2 (1 May 2026)",
)
RULE_SETS = (EN_16931, PEPPOL, OIOUBL)

_OIOUBL_SHEETS: dict[DocumentKind, Sheet] = {
    "invoice": OIOUBL.sheets[0],
    "credit note": OIOUBL.sheets[1],
    "reminder": OIOUBL.sheets[2],
    "application response": OIOUBL.sheets[3],
    "statement": OIOUBL.sheets[4],
}


@dataclass(frozen=True, slots=True)
class Run:
    """The sheets of one rule set that a document is put through."""

    rule_set: RuleSet
    sheets: tuple[Sheet, ...]


def runs_for(kind: DocumentKind, document_format: Format | None) -> tuple[Run, ...]:
    """Return what judges a document of this kind and format, beside its schema."""
    if document_format == "oioubl 2.1":
        return (Run(OIOUBL, (_OIOUBL_SHEETS[kind],)),)
    if kind not in {"invoice", "credit note"}:
        return ()
    en = Run(EN_16931, EN_16931.sheets)
    return (en, Run(PEPPOL, PEPPOL.sheets)) if document_format == "peppol bis 3" else (en,)


def found_sheet(sheet: Sheet, folders: Sequence[Path]) -> Path | None:
    """Return where the file is, if a folder has it with exactly this content; the program's own folder comes first."""
    for folder in (SHIPPED, *folders):
        if not folder.is_dir():
            continue
        for path in sorted(folder.rglob(sheet.name)):
            if path.is_file() and _sha256_of(path, path.stat().st_size, path.stat().st_mtime_ns) == sheet.sha256:
                return path
    return None


def is_installed(rule_set: RuleSet, folders: Sequence[Path]) -> bool:
    """Tell whether every file of the set is there."""
    return all(found_sheet(sheet, folders) is not None for sheet in rule_set.sheets)


@lru_cache(maxsize=256)
def _sha256_of(path: Path, size: int, changed_ns: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
