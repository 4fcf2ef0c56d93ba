"""What is wrong with the records of a zone, told to the person who writes them, before they go to a node.

Everything that is found is told at once. A problem refuses the records; a warning does not.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Literal

import dns.name
import dns.rdata

from servanda.ground.nodes.kinds.dns import Record
from servanda.ground.nodes.zone_sets import UnreadableContent, canonical, rdata_of
from servanda.ground.nodes.zone_wording import sentence

# RFC 7208 § 4.6.4: more than ten terms that ask the DNS make a receiver give up.
SPF_LOOKUPS_MAX = 10
TARGETS = {"CNAME": "target", "MX": "exchange", "NS": "target", "SRV": "target", "PTR": "target"}


@dataclass(frozen=True, slots=True)
class ZoneProblem:
    """One thing that is wrong: what, at which record, and in an imported file on which line."""

    code: str
    name: str = ""
    type: str = ""
    detail: str = ""
    line: int = 0
    is_warning: bool = False

    def text(self, language: Literal["da", "en"]) -> str:
        """Return what happened, why, and what to do next, as a sentence for people."""
        return sentence(self.code, language, name=self.name, type=self.type, detail=self.detail)


def check_zone(domain: str, records: Sequence[Record]) -> tuple[ZoneProblem, ...]:
    """Return all problems and warnings of a zone's records, in the order of the records."""
    single = tuple(one for record in records for one in check_record(domain, record))
    return (*single, *_sets(domain, records), *_targets(domain, records), *_policies(records), *_apex(domain, records))


def check_record(domain: str, record: Record) -> tuple[ZoneProblem, ...]:
    """Return what is wrong with one record by itself."""
    return tuple(_single(domain, record))


def refuses(problems: Iterable[ZoneProblem]) -> bool:
    return any(not one.is_warning for one in problems)


def _problem(code: str, record: Record, detail: str = "", *, is_warning: bool = False) -> ZoneProblem:
    return ZoneProblem(code, record.name, record.type, detail, is_warning=is_warning)


def is_within(name: str, domain: str) -> bool:
    return name == domain or name.endswith(f".{domain}")


def _single(domain: str, record: Record) -> Iterator[ZoneProblem]:
    if not is_within(record.name, domain):
        yield _problem("outside-zone", record, domain)
    if record.type == "TXT" and " " in record.content and not record.content.lstrip().startswith('"'):
        yield _problem("text-without-quotes", record, record.content)
        return
    try:
        rdata = rdata_of(record)
    except UnreadableContent as error:
        yield _problem("unreadable", record, str(error))
        return
    if record.name == domain and record.type in ("CNAME", "DS"):
        yield _problem("not-at-the-top", record)
    yield from _target(record, rdata)


def _target(record: Record, rdata: dns.rdata.Rdata) -> Iterator[ZoneProblem]:
    target = _target_of(record, rdata)
    if target is None or target == dns.name.root:
        return
    shown = target.to_text(omit_final_dot=True)
    if _is_address(shown):
        yield _problem("target-is-an-address", record, shown)
    elif len(target) == 2:
        yield _problem("target-has-one-label", record, shown)


def _target_of(record: Record, rdata: dns.rdata.Rdata) -> dns.name.Name | None:
    found = getattr(rdata, TARGETS[record.type]) if record.type in TARGETS else None
    return found if isinstance(found, dns.name.Name) else None


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _readable(records: Iterable[Record]) -> Iterator[tuple[Record, dns.rdata.Rdata]]:
    for record in records:
        try:
            yield record, rdata_of(record)
        except UnreadableContent:
            continue


def _sets(domain: str, records: Sequence[Record]) -> Iterator[ZoneProblem]:
    """Tell what is wrong between records of one name: RFC 1034 § 3.6.2, RFC 2181 § 5.2."""
    by_name = defaultdict(list)
    for record in records:
        by_name[record.name].append(record)
    for ours in by_name.values():
        types = Counter(one.type for one in ours)
        first = {one.type: one for one in reversed(ours)}
        if types["CNAME"] > 1:
            yield _problem("two-cnames", first["CNAME"])
        elif types["CNAME"] and len(types) > 1:
            yield _problem("cname-not-alone", first["CNAME"], ", ".join(sorted(types.keys() - {"CNAME"})))
        if types["DS"] and not types["NS"]:
            yield _problem("ds-without-delegation", first["DS"])
        for kind in types:
            if len({one.ttl for one in ours if one.type == kind}) > 1:
                yield _problem("differing-ttl", first[kind])
    seen = set()
    for record, rdata in _readable(records):
        key = (record.name, record.type, rdata.to_text())
        if key in seen:
            yield _problem("twice", record, record.content)
        seen.add(key)


def _targets(domain: str, records: Sequence[Record]) -> Iterator[ZoneProblem]:
    """Tell which mail and name servers are aliases (RFC 2181 § 10.3) or are within the zone without an address."""
    aliases = {one.name for one in records if one.type == "CNAME"}
    addressed = {one.name for one in records if one.type in ("A", "AAAA")}
    for record, rdata in _readable(records):
        target = _target_of(record, rdata)
        if target is None or record.type not in ("MX", "NS", "SRV") or target == dns.name.root:
            continue
        shown = target.to_text(omit_final_dot=True).lower()
        if shown in aliases:
            yield _problem("target-is-an-alias", record, shown)
        elif is_within(shown, domain) and shown not in addressed and not _by_wildcard(shown, addressed):
            yield _problem("target-without-address", record, shown, is_warning=True)


def _by_wildcard(name: str, names: set[str]) -> bool:
    return f"*.{name.partition('.')[2]}" in names


def _policies(records: Sequence[Record]) -> Iterator[ZoneProblem]:
    """Tell where two policies for mail stand in each other's way (RFC 7208 § 3.2, RFC 7489 § 6.6.3)."""
    found = defaultdict(list)
    for record, rdata in _readable(records):
        if record.type == "TXT":
            text = text_of(rdata).lower()
            for start, code in (("v=spf1", "two-spf"), ("v=dmarc1", "two-dmarc")):
                if text == start or text.startswith((f"{start} ", f"{start};")):
                    found[record.name, code].append((record, text))
    for (_, code), ours in found.items():
        if len(ours) > 1:
            yield _problem(code, ours[1][0])
        elif code == "two-spf" and (count := _spf_lookups(ours[0][1])) > SPF_LOOKUPS_MAX:
            yield _problem("spf-asks-too-much", ours[0][0], str(count))


def _spf_lookups(text: str) -> int:
    terms = [term.lstrip("+-~?") for term in text.split()[1:]]
    return sum(
        term.startswith(("include:", "exists:", "redirect="))
        or term.partition(":")[0].partition("/")[0] in ("a", "mx", "ptr")
        for term in terms
    )


def _apex(domain: str, records: Sequence[Record]) -> Iterator[ZoneProblem]:
    servers = {one.content for one in records if (one.name, one.type) == (domain, "NS")}
    if len(servers) < 2:
        code = "one-name-server" if servers else "no-name-server"
        yield ZoneProblem(code, domain, "NS", is_warning=bool(servers))


def text_of(rdata: dns.rdata.Rdata) -> str:
    """Return the text of a TXT record, its strings joined as its readers join them."""
    strings: tuple[bytes, ...] = getattr(rdata, "strings", ())
    return b"".join(strings).decode(errors="replace")


def quoted(text: str) -> str:
    """Return a text as the content of a TXT record: in strings of at most 255 bytes, with what needs it escaped."""
    data = text.encode()
    parts = [data[start : start + 255] for start in range(0, len(data), 255)] or [b""]
    return " ".join(f'"{"".join(_escaped(byte) for byte in part)}"' for part in parts)


def _escaped(byte: int) -> str:
    if byte in b'"\\':
        return f"\\{chr(byte)}"
    return chr(byte) if 0x20 <= byte < 0x7F else f"\\{byte:03d}"


__all__ = ["ZoneProblem", "canonical", "check_record", "check_zone", "is_within", "quoted", "refuses", "text_of"]
