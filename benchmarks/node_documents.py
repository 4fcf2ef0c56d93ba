"""How long a node takes over a document with 10,000 statements, and over one change among so many."""

import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from servanda.faces.node.state import State
from servanda.ground.nodes.documents import Position, Trust, accept, sign
from servanda.ground.nodes.kinds.web import Site
from servanda.ground.nodes.wanted import Document

NOW = datetime(2026, 11, 30, tzinfo=UTC)
KEY = Ed25519PrivateKey.generate()
TRUST = Trust("a" * 32, "n1", 1, (KEY.public_key().public_bytes_raw(),))
Found = TypeVar("Found")


def document(seq: int, *sites: Site) -> Document:
    return Document(
        install="a" * 32, node="n1", incarnation=1, seq=seq, follows=None, issued_at=NOW,
        not_after=NOW + timedelta(days=7), resources=sites,
    )  # fmt: skip


def timed(what: str, work: Callable[[], Found]) -> Found:
    cpu, wall = time.process_time(), time.monotonic()
    found = work()
    print(f"{what:<40} {(time.process_time() - cpu) * 1000:8.1f} ms CPU {(time.monotonic() - wall) * 1000:8.1f} ms")
    return found


def main() -> None:
    sites = [
        Site(site=n, tenant=200_000 + n, names=(f"s{n}.example.dk", f"www.s{n}.example.dk")) for n in range(1, 10_001)
    ]
    raw = timed("sign 10,000", lambda: sign(document(1, *sites), KEY))
    print(f"{len(raw)} bytes")
    taken = timed("accept 10,000", lambda: accept(raw, TRUST, Position(), {}, now=NOW))
    with tempfile.TemporaryDirectory() as folder:
        state = State(Path(folder) / "state.db", incarnation=1)
        timed("keep 10,000", lambda: state.take(taken, raw))
        timed("begin with 10,000", lambda: State(Path(folder) / "state.db", may_write=False).close())
        change = sign(document(2, Site(site=1, tenant=200_001, names=("x.dk",))), KEY)
        one = timed("accept one among 10,000", lambda: accept(change, TRUST, Position(1), state.known, now=NOW))
        timed("keep one among 10,000", lambda: state.take(one, change))
        state.close()


if __name__ == "__main__":
    main()
