"""Betalingsservice's records: 128 characters each, told apart by their first five, fields by their columns.

A delivery begins with BS002 and ends with BS992; a section with BS012 and BS092, and both ends count the records and add up the
amounts before them, so that a cut or doctored file is found. Days are DDMMYY, or DDMMYYYY in orders; amounts are øre after a
sign: 1 to collect, 2 to pay out, 0 for nothing.

The columns are those that several public programs for these files agree on; the provider's own manual is not public, so they
are to be checked against it before the first real delivery. Files are in ISO 8859-1.
"""

from dataclasses import dataclass, field
from datetime import date

from servanda.drivers.collections.values import WrongCollectionFile
from servanda.ground.money import Money
from servanda.ground.refusal import Problem

LENGTH = 128
ENCODING = "iso-8859-1"
BYTES_MAX = 32 * 1024 * 1024
_ASK = "Fetch the file from Betalingsservice again; if it is the same, ask them to correct it."
_CENTURY = 2000  # of years with two digits


@dataclass(frozen=True, slots=True)
class Record:
    """One record with its line. Columns are counted from 1, as the descriptions of the format do."""

    text: str
    line: int
    findings: "Findings"

    @property
    def kind(self) -> str:
        return self.text[:5]

    def at(self, first: int, length: int) -> str:
        """Return the characters from a column on."""
        return self.text[first - 1 : first - 1 + length]

    def number(self, first: int, length: int, name: str) -> int:
        """Return the number in a field; anything but digits is noted and counts as nothing."""
        text = self.at(first, length)
        if not (text.isascii() and text.isdigit()):
            self.wrong(first, name, f"is {text!r}; it must be {length} digits.")
            return 0
        return int(text)

    def day(self, first: int, name: str, *, is_needed: bool = True) -> date | None:
        """Return the day written as DDMMYY; 000000 is none."""
        text = self.at(first, 6)
        if text == "000000" and not is_needed:
            return None
        try:
            return date(_CENTURY + int(text[4:]), int(text[2:4]), int(text[:2]))
        except ValueError:
            self.wrong(first, name, f"is {text!r}; it must be a day that exists, as DDMMYY.")
            return None

    def signed(self, sign_at: int, first: int, name: str) -> Money:
        """Return an amount with its sign."""
        minor = self.number(first, 13, name)
        sign = self.at(sign_at, 1)
        if sign not in "012":
            self.wrong(sign_at, name, f"has the sign {sign!r}; it must be 0, 1 or 2.")
        return Money(-minor if sign == "2" else minor if sign == "1" else 0)

    def wrong(self, column: int, name: str, message: str) -> None:
        self.findings.add(self.line, f"column {column}, {name}", f"{name} {message}")


@dataclass(slots=True)
class Findings:
    """The problems of one file."""

    file: str
    found: list[Problem] = field(default_factory=list)

    def add(self, line: int, place: str, message: str) -> None:
        self.found.append(Problem(self.file, line, message, _ASK, field=place))

    def refuse_if_any(self) -> None:
        if self.found:
            raise WrongCollectionFile(tuple(self.found[:200]))


@dataclass(slots=True)
class Sums:
    """What the records before an end come to."""

    sections: int = 0
    payments: int = 0
    minor: int = 0
    texts: int = 0
    names: int = 0

    def count(self, record: Record, minor: int) -> None:
        self.payments += record.kind == "BS042"
        self.minor += minor
        self.texts += record.kind in {"BS052", "BS062"}
        self.names += record.kind == "BS022"


def records_of(content: bytes, findings: Findings) -> tuple[Record, ...]:
    """Return the file's records; a file that cannot be one is refused at once."""
    if len(content) > BYTES_MAX:
        findings.add(1, "file", f"The file has {len(content):,} bytes; the largest that is read has {BYTES_MAX:,}.")
        findings.refuse_if_any()
    lines = content.decode(ENCODING).split("\n")
    found = []
    for number, line in enumerate(lines, 1):
        text = line.rstrip("\r")
        if not text.strip("\x1a ") or text.startswith("PBCNET"):  # the net's own envelope
            continue
        if len(text) > LENGTH or not text.startswith("BS"):
            findings.add(number, "record", f"The line has {len(text)} characters and begins with {text[:5]!r}.")
            continue
        found.append(Record(text.ljust(LENGTH), number, findings))
    if not found or found[0].kind != "BS002":
        findings.add(1, "record", "The file does not begin with the start of a delivery (BS002).")
    elif found[-1].kind != "BS992":
        findings.add(
            found[-1].line, "record", "The file does not finish with the end of the delivery (BS992): it is cut off."
        )
    findings.refuse_if_any()
    return tuple(found)


def check_end(record: Record, sums: Sums, *, is_delivery: bool) -> None:
    """Compare what an end record says with what was read before it."""
    start = 21 if is_delivery else 32
    told = [("sections", start, 11, sums.sections)] if is_delivery else []
    at = start + 11 if is_delivery else start
    told += [
        ("payments", at, 11, sums.payments),
        ("amount", at + 11, 15, abs(sums.minor)),
        ("texts", at + 26, 11, sums.texts),
    ]
    for name, first, length, counted in told:
        said = record.number(first, length, name)
        if said != counted:
            record.wrong(first, name, f"is {said} by the end record, but {counted} were read.")


def end_record(start: str, sums: Sums, *, is_delivery: bool) -> str:
    """Return an end record with the sums."""
    counts = f"{sums.sections:011d}" if is_delivery else ""
    return f"{start}{counts}{sums.payments:011d}{abs(sums.minor):015d}{sums.texts:011d}{'':15}{sums.names:011d}"


def file_of(lines: list[str]) -> bytes:
    """Return the bytes of a file with these records."""
    for line in lines:
        assert len(line) <= LENGTH, f"a record of {len(line)} characters"
    return "".join(f"{line:<{LENGTH}}\r\n" for line in lines).encode(ENCODING, errors="replace")
