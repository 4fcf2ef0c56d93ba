"""A server on this machine that answers as VIES does: known numbers, closed countries, and answers that are none."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

CLOSED = {"actionSucceed": False, "errorWrappers": [{"error": "MS_UNAVAILABLE"}]}


@dataclass
class Vies:
    """What the server knows, and what it was asked."""

    known: dict[str, str] = field(default_factory=dict)
    closed_for: set[str] = field(default_factory=set)
    raw: bytes | None = None  # what it says instead of an answer
    status: int = 200
    seconds: float = 0.0
    asked: list[dict[str, Any]] = field(default_factory=list)
    address: str = ""

    def answer(self, asked: dict[str, Any]) -> bytes:
        """Return the answer on one question."""
        self.asked.append(asked)
        if self.raw is not None:
            return self.raw
        if asked["countryCode"] in self.closed_for:
            return json.dumps(CLOSED).encode()
        name = self.known.get(asked["countryCode"] + asked["vatNumber"])
        told = {
            "countryCode": asked["countryCode"],
            "vatNumber": asked["vatNumber"],
            "requestDate": "2026-11-30T10:00:00.000Z",
            "valid": name is not None,
            "requestIdentifier": "WAPIAAAAYexample" if "requesterNumber" in asked else "",
            "name": name or "---",
            "address": "---",
            "userError": "VALID" if name is not None else "INVALID",
        }
        return json.dumps(told).encode()


@contextmanager
def serving(vies: Vies) -> Iterator[Vies]:
    """Let the server answer on a port of its own until the test is done."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            answer = vies.answer(json.loads(body)) if self.path == "/check-vat-number" else b"{}"
            time.sleep(vies.seconds)
            with suppress(BrokenPipeError):  # whoever asked has given up
                self.send_response(vies.status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        vies.address = f"http://127.0.0.1:{server.server_address[1]}"
        try:
            yield vies
        finally:
            server.shutdown()
            thread.join()
