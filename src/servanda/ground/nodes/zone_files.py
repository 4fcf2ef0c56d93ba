"""Zone files (RFC 1035 § 5, in BIND's writing): read with an account of every line that was left out, and written.

A file is read line by line, so that one bad line costs one record. Nothing outside the text is read: $INCLUDE is refused.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import dns.exception
import dns.name
import dns.rdataclass
import dns.rdatatype
import dns.ttl
import msgspec

from servanda.ground.nodes.kinds.dns import Record
from servanda.ground.nodes.zone_checks import ZoneProblem, is_within
from servanda.ground.nodes.zone_sets import UnreadableContent, rdata_of

RECORDS_MAX = 5000
DEFAULT_TTL = 3600
TTL_RANGE = (30, 604_800)
_SIGNATURES = frozenset({"RRSIG", "NSEC", "NSEC3", "NSEC3PARAM", "DNSKEY", "CDS", "CDNSKEY", "ZONEMD"})
_SERVED = frozenset(
    {"A", "AAAA", "CAA", "CNAME", "DS", "HTTPS", "MX", "NS", "PTR", "SRV", "SSHFP", "SVCB", "TLSA", "TXT"}
)


@dataclass(frozen=True, slots=True)
class ZoneImport:
    """What was read from a file, and everything that was left out, with its line."""

    records: tuple[Record, ...]
    left_out: tuple[ZoneProblem, ...]


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    words: tuple[str, ...]
    has_owner: bool

    @property
    def text(self) -> str:
        return " ".join(self.words)[:200]


class _LeftOut(Exception):
    def __init__(self, code: str, *, name: str = "", type_: str = "", detail: str = "") -> None:
        self.values = (code, name, type_, detail)


@dataclass(slots=True)
class _Reading:
    """Where the reading stands: what the lines before say about the next one."""

    domain: str
    keep_name_servers: bool
    origin: dns.name.Name
    owner: dns.name.Name | None = None
    ttl: int = DEFAULT_TTL
    line: int = 0
    records: dict[Record, None] = field(default_factory=dict)
    notes: list[ZoneProblem] = field(default_factory=list)


def read_zone_file(text: str, domain: str, *, keep_name_servers: bool = False) -> ZoneImport:
    """Read a zone file of a domain. The zone's own NS records are left out, because ours will serve it, unless kept."""
    reading = _Reading(domain, keep_name_servers, dns.name.from_text(domain))
    left_out = reading.notes
    for line in _lines(text):
        reading.line = line.number if isinstance(line, _Line) else line.line
        if isinstance(line, ZoneProblem):
            left_out.append(line)
        elif len(reading.records) >= RECORDS_MAX:
            left_out.append(ZoneProblem("too-many", detail=str(RECORDS_MAX), line=line.number))
            break
        else:
            try:
                _read(reading, line)
            except _LeftOut as error:
                left_out.append(ZoneProblem(*error.values, line=line.number))
    return ZoneImport(tuple(reading.records), tuple(left_out))


def write_zone_file(
    domain: str, records: Sequence[Record], *, serial: int = 1, contact: str = "hostmaster", name_server: str = ""
) -> str:
    """Return a zone as a file that BIND and this reader take. Contents are in their canonical form."""
    first = name_server or next(
        (rdata_of(one).to_text() for one in records if (one.name, one.type) == (domain, "NS")), "."
    )
    lines = [f"$ORIGIN {domain}.", f"$TTL {DEFAULT_TTL}"]
    lines.append(f"@ {DEFAULT_TTL} IN SOA {first.rstrip('.')}. {contact}.{domain}. {serial} 10800 3600 604800 3600")
    lines += [f"{one.name}. {one.ttl} IN {one.type} {rdata_of(one).to_text()}" for one in records]
    return "\n".join(lines) + "\n"


def _read(reading: _Reading, line: _Line) -> None:
    if line.has_owner and line.words[0].startswith("$"):
        _follow(reading, line)
        return
    words = list(line.words)
    if line.has_owner:
        reading.owner = _name(words.pop(0), reading.origin, line)
    if reading.owner is None:
        raise _LeftOut("no-owner", detail=line.text)
    ttl, type_ = _head(words, reading, line)
    _keep(reading, _bare(reading.owner), ttl, type_, words)


def _follow(reading: _Reading, line: _Line) -> None:
    order, *values = line.words
    match order.upper():
        case "$ORIGIN" if len(values) == 1:
            reading.origin = _name(values[0], reading.origin, line)
        case "$TTL" if len(values) == 1:
            reading.ttl = _time(values[0], line)
        case "$INCLUDE":
            raise _LeftOut("include", detail=" ".join(values)[:200])
        case "$ORIGIN" | "$TTL":
            raise _LeftOut("bad-order", detail=line.text)
        case _:
            raise _LeftOut("unknown-order", detail=line.text)


def _head(words: list[str], reading: _Reading, line: _Line) -> tuple[int, str]:
    """Take time, class and type from the front of the words; the first two may change places or be missing."""
    ttl = reading.ttl
    while words:
        word = words.pop(0)
        if word[:1].isdigit():
            ttl = _time(word, line)
        elif word.upper() in ("IN", "CH", "HS", "ANY", "CS"):
            if word.upper() != "IN":
                raise _LeftOut("other-class", detail=word)
        else:
            return ttl, word.upper()
    raise _LeftOut("no-type", detail=line.text)


def _keep(reading: _Reading, name: str, ttl: int, type_: str, words: list[str]) -> None:
    if type_ == "SOA":
        raise _LeftOut("soa-is-ours", name=name, type_=type_)
    if type_ in _SIGNATURES:
        raise _LeftOut("signatures-are-ours", name=name, type_=type_)
    if type_ not in _SERVED:
        raise _LeftOut("unknown-type", name=name, type_=type_)
    if (name, type_) == (reading.domain, "NS") and not reading.keep_name_servers:
        raise _LeftOut("name-servers-are-ours", name=name, type_=type_, detail=" ".join(words))
    if not is_within(name, reading.domain):
        raise _LeftOut("outside-zone", name=name, type_=type_, detail=reading.domain)
    nearest = min(max(ttl, TTL_RANGE[0]), TTL_RANGE[1])
    reading.records[_record(reading, name, nearest, type_, " ".join(words))] = None
    if nearest != ttl:
        detail = f"{ttl} → {nearest}"
        reading.notes.append(ZoneProblem("ttl-changed", name, type_, detail, line=reading.line, is_warning=True))


def _record(reading: _Reading, name: str, ttl: int, type_: str, content: str) -> Record:
    try:
        drafted = msgspec.convert({"name": name, "type": type_, "ttl": ttl, "content": content}, Record)
        canonical = rdata_of(drafted, origin=reading.origin).to_text()
        return msgspec.convert({"name": name, "type": type_, "ttl": ttl, "content": canonical}, Record)
    except (msgspec.ValidationError, UnreadableContent) as error:
        raise _LeftOut("bad-record", name=name, type_=type_, detail=str(error)[:200]) from error


def _name(text: str, origin: dns.name.Name, line: _Line) -> dns.name.Name:
    try:
        return dns.name.from_text(text, origin)
    except (dns.exception.DNSException, UnicodeError) as error:
        raise _LeftOut("bad-record", name=text[:100], detail=str(error)) from error


def _bare(name: dns.name.Name) -> str:
    return name.to_text(omit_final_dot=True).lower()


def _time(text: str, line: _Line) -> int:
    try:
        return dns.ttl.from_text(text)
    except dns.ttl.BadTTL as error:
        raise _LeftOut("bad-order", detail=line.text) from error


def _lines(text: str) -> Iterator[_Line | ZoneProblem]:
    """Split a text into logical lines: brackets join lines, a semicolon begins a comment, quotation marks hold both off."""
    words: list[str] = []
    word, begun, depth, is_quoted, has_owner = "", 0, 0, False, False
    for number, raw in enumerate(text.splitlines(), start=1):
        if not words and not word and depth == 0:
            begun, has_owner = number, bool(raw) and not raw[0].isspace()
        position = 0
        while position < len(raw):
            sign = raw[position]
            if sign == "\\":
                word += raw[position : position + 2]
                position += 1
            elif sign == '"':
                word += sign
                is_quoted = not is_quoted
            elif is_quoted:
                word += sign
            elif sign == ";":
                break
            elif sign in "()" or sign.isspace():
                words, word = [*words, word] if word else words, ""
                depth += {"(": 1, ")": -1}.get(sign, 0)
            else:
                word += sign
            position += 1
        if is_quoted or depth > 0:
            words, word = ([*words, word] if word and not is_quoted else words), (word if is_quoted else "")
            continue
        words, word, depth = [*words, word] if word else words, "", 0
        if words:
            yield _Line(begun, tuple(words), has_owner)
        words = []
    if words or word or depth > 0 or is_quoted:
        yield ZoneProblem("open-bracket", line=begun)
