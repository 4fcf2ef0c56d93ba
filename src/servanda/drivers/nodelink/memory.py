"""A control plane within the process: the second implementation of the link, with the checks of the real one."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Condition, Lock

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from servanda.drivers.nodelink import Clock, Identity, LinkAway, LinkRefused
from servanda.ground.nodes.documents import sign
from servanda.ground.nodes.messages import (
    DOCUMENTS_PATH,
    REPORTS_PATH,
    WORDS_PATH,
    Enrol,
    Enrolled,
    ReportRefused,
    public_bytes,
    read_report,
)
from servanda.ground.nodes.requests import RequestRefused, check_request, signed_headers
from servanda.ground.nodes.wanted import Document, Report

INSTALL = "0" * 32


@dataclass
class MemoryControlPlane:
    """Documents by number, reports as they came, one node at a time. `is_away` makes every question fail."""

    signer: Ed25519PrivateKey
    tokens: dict[str, str] = field(default_factory=dict)  # token -> the name of the node that it is for
    incarnation: int = 0
    public_key: bytes = b""
    counters: dict[str, int] = field(default_factory=dict)  # of the last request to each path
    is_away: bool = False
    issued: dict[int, bytes] = field(default_factory=dict)
    reports: list[Report] = field(default_factory=list)
    words: dict[str, str] = field(default_factory=dict)  # errand -> its sealed password
    news: Condition = field(default_factory=Condition)

    def issue(self, document: Document) -> bytes:
        raw = sign(document, self.signer)
        with self.news:
            self.issued[document.seq] = raw
            self.news.notify_all()
        return raw

    def enrol(self, enrol: Enrol) -> Enrolled:
        if self.is_away:
            raise LinkAway("away")
        if self.tokens.get(enrol.token) != enrol.node:
            raise LinkRefused("this token is not for this node, or was used")
        del self.tokens[enrol.token]
        self.incarnation += 1
        self.counters = {}
        self.public_key = (
            Enrolled(install=INSTALL, node=enrol.node, incarnation=1, keys=(enrol.public_key,)).trust().keys[0]
        )
        return Enrolled(
            install=INSTALL, node=enrol.node, incarnation=self.incarnation, keys=(public_bytes(self.signer),)
        )


class MemoryLink:
    """Speaks with a control plane in memory, signing and checking every request as over a wire."""

    def __init__(self, plane: MemoryControlPlane, identity: Identity, now: Clock) -> None:
        self._plane = plane
        self._identity = identity
        self._now = now
        self._alone = Lock()

    def documents(self, *, after: int, wait_seconds: float) -> Sequence[bytes]:
        self._ask("GET", f"{DOCUMENTS_PATH}?after={after:d}&wait={wait_seconds:.0f}", b"")
        with self._plane.news:
            self._plane.news.wait_for(lambda: any(seq > after for seq in self._plane.issued), timeout=wait_seconds)
            return tuple(raw for seq, raw in sorted(self._plane.issued.items()) if seq > after)

    def report(self, signed: bytes) -> None:
        self._ask("POST", REPORTS_PATH, signed)
        try:
            self._plane.reports.append(read_report(signed, self._plane.public_key))
        except ReportRefused as error:
            raise LinkRefused(str(error)) from error

    def word(self, errand: str) -> str:
        self._ask("GET", f"{WORDS_PATH}?errand={errand}", b"")
        return self._plane.words.get(errand, "")

    def _ask(self, method: str, path: str, body: bytes) -> None:
        with self._alone:
            self._ask_alone(method, path, body)

    def _ask_alone(self, method: str, path: str, body: bytes) -> None:
        now = self._now()
        headers = signed_headers(
            self._identity.key,
            node=self._identity.node,
            counter=self._identity.next_counter(),
            method=method,
            path=path,
            body=body,
            now=now,
        )
        if self._plane.is_away:
            raise LinkAway("away")
        try:
            where = path.partition("?")[0]
            self._plane.counters[where] = check_request(
                headers,
                public_key=self._plane.public_key,
                last_counter=self._plane.counters.get(where, 0),
                method=method,
                path=path,
                body=body,
                now=now,
            )
        except (RequestRefused, ValueError) as error:
            raise LinkRefused(str(error)) from error
