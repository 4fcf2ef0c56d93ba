"""Records as DNS sees them: sets of one name and type with one time to live, each content in its one canonical form.

Names within a content are full names, with or without the dot at the end, as the names of records are.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import dns.exception
import dns.name
import dns.rdata

from servanda.ground.nodes.kinds.dns import Record


class UnreadableContent(Exception):
    """A content that is not the presentation form of its type; the text says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class RecordSet:
    """All records of one name and type (RFC 2181 § 5)."""

    name: str
    type: str
    ttl: int
    contents: tuple[str, ...]


def rdata_of(record: Record, *, origin: dns.name.Name = dns.name.root) -> dns.rdata.Rdata:
    """Read a record's content. Raises UnreadableContent; anything that dnspython lets through has one meaning."""
    try:
        return dns.rdata.from_text("IN", record.type, record.content, origin=origin, relativize=False)
    except (dns.exception.DNSException, ValueError, UnicodeError, IndexError, KeyError) as error:
        raise UnreadableContent(str(error) or type(error).__name__) from error


def canonical(record: Record) -> str:
    """Return a record's content in its one form. Raises UnreadableContent."""
    return str(rdata_of(record).to_text())


def sets_of(records: Iterable[Record]) -> Mapping[tuple[str, str], RecordSet]:
    """Return the sets by name and type; of differing times to live the shortest counts. Raises UnreadableContent."""
    found: dict[tuple[str, str], tuple[int, set[str]]] = {}
    for record in records:
        ttl, contents = found.setdefault((record.name, record.type), (record.ttl, set()))
        contents.add(canonical(record))
        found[record.name, record.type] = (min(ttl, record.ttl), contents)
    return {key: RecordSet(*key, ttl, tuple(sorted(contents))) for key, (ttl, contents) in found.items()}
