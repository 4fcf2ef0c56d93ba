"""MobilePay's other end on a port of this machine: agreements, charges with their life, idempotency, failures and limits.

A charge is DUE until its day and RESERVED never (direct capture); on its day it is CHARGED, or tried again until its days are
over and then FAILED. The same idempotency key gives the same charge, and another body under it is refused. Not the provider's
test system: it knows what the guide says, and no more.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from servanda.drivers.collections.mobilepay import SalesUnit

TOKEN = "a-token-of-the-simulation"


@dataclass
class SimulatedMobilePay:
    """What the provider knows. `advance` lets a day pass; `limit` answers so many requests with 429."""

    today: date
    agreements: dict[str, dict[str, Any]] = field(default_factory=dict)
    charges: dict[str, dict[str, Any]] = field(default_factory=dict)
    bodies: dict[str, dict[str, Any]] = field(default_factory=dict)  # by idempotency key
    without_cover: set[str] = field(default_factory=set)  # agreements
    limit: int = 0
    requests: int = 0

    def register(self, agreement: str, customer_number: str, *, on: date) -> None:
        self.agreements[agreement] = {
            "id": agreement,
            "status": "ACTIVE",
            "externalId": customer_number,
            "start": on.isoformat(),
            "stop": None,
        }

    def end(self, agreement: str, *, on: date) -> None:
        """Let the customer end an agreement: its charges that wait are cancelled."""
        self.agreements[agreement] |= {"status": "STOPPED", "stop": on.isoformat()}
        for charge in self.charges.values():
            if charge["agreement"] == agreement and charge["status"] in {"PENDING", "DUE"}:
                charge |= {"status": "CANCELLED", "changed": on.isoformat()}

    def reverse(self, key: str, *, on: date) -> None:
        charge = next(one for one in self.charges.values() if one["externalId"] == key)
        assert charge["status"] == "CHARGED", "only what was charged is reversed"
        charge |= {"status": "REFUNDED", "changed": on.isoformat()}

    def advance(self, today: date) -> None:
        self.today = today
        for charge in self.charges.values():
            due = date.fromisoformat(charge["due"])
            if charge["status"] not in {"PENDING", "DUE"} or today < due:
                continue
            if charge["agreement"] not in self.without_cover:
                charge |= {"status": "CHARGED", "changed": today.isoformat()}
            elif today > due + timedelta(days=charge["retryDays"]):
                charge |= {"status": "FAILED", "changed": today.isoformat(), "failureReason": "insufficient_funds"}

    @contextmanager
    def serving(self) -> Iterator[SalesUnit]:
        """Answer on a free port of this machine while the block runs."""
        server = ThreadingHTTPServer(("127.0.0.1", 0), _answering(self))
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield SalesUnit(f"http://127.0.0.1:{server.server_port}", "id", "secret", "key", "123456")
        finally:
            server.shutdown()
            server.server_close()
            thread.join()

    def answer(self, method: str, path: str, headers: Any, body: dict[str, Any]) -> tuple[int, object]:
        self.requests += 1
        if self.limit > 0:
            self.limit -= 1
            return 429, {"title": "too many requests"}
        if path == "/accesstoken/get":
            is_known = headers.get("client_id") == "id" and headers.get("client_secret") == "secret"
            return (200, {"access_token": TOKEN}) if is_known else (401, {"title": "unknown client"})
        if headers.get("Authorization") != f"Bearer {TOKEN}":
            return 401, {"title": "no token"}
        parts = path.removeprefix("/recurring/v3/agreements/").split("/")
        agreement = self.agreements.get(parts[0])
        if agreement is None:
            return 404, {"title": "no such agreement"}
        if parts[1:] != ["charges"]:
            return 200, agreement
        if method == "GET":
            return 200, [one for one in self.charges.values() if one["agreement"] == parts[0]]
        return self._create(parts[0], headers.get("Idempotency-Key", ""), body)

    def _create(self, agreement: str, key: str, body: dict[str, Any]) -> tuple[int, object]:
        if not key:
            return 400, {"title": "an idempotency key is needed"}
        if key in self.bodies:
            same = self.bodies[key] == body
            return (
                (201, {"chargeId": f"chr-{key}"}) if same else (409, {"title": "the key was used for another charge"})
            )
        if self.agreements[agreement]["status"] != "ACTIVE":
            return 422, {"title": "the agreement is not active"}
        if date.fromisoformat(body["due"]) < self.today + timedelta(days=1) or not 0 <= body["retryDays"] <= 14:
            return 400, {"title": "a charge is due tomorrow at the earliest, and tried for fourteen days at most"}
        self.bodies[key] = body
        self.charges[key] = {**body, "id": f"chr-{key}", "agreement": agreement, "status": "DUE", "changed": None}
        return 201, {"chargeId": f"chr-{key}"}


def _answering(simulated: SimulatedMobilePay) -> type[BaseHTTPRequestHandler]:
    class Answerer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer("GET")

        def do_POST(self) -> None:
            self._answer("POST")

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: the tests look at what was kept."""

        def _answer(self, method: str) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            written = self.rfile.read(length)
            status, told = simulated.answer(method, self.path, self.headers, json.loads(written) if written else {})
            content = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    return Answerer
