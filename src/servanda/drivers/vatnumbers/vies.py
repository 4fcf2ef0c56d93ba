"""Asks VIES, the Commission's exchange with the tax authorities of all EU countries, over its JSON interface.

Each country's own service stands behind it, and is closed at times: such an answer is no answer. With the asker's number
VIES gives a consultation number, which proves later what was asked and answered.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx

from servanda.drivers.vatnumbers import Answer

ADDRESS = "https://ec.europa.eu/taxation_customs/vies/rest-api"
SOURCE = "VIES"
TIMEOUT_SECONDS = 20.0  # some countries answer slowly
ANSWER_BYTES_MAX = 64_000
UNDISCLOSED = "---"  # what countries that do not tell a name write


@dataclass(frozen=True, slots=True)
class ViesAsker:
    """The asker of real life. The address can be that of a test server."""

    address: str = ADDRESS
    timeout_seconds: float = TIMEOUT_SECONDS

    def check(self, number: str, *, requester: str, at: datetime) -> Answer:
        """Return what VIES says of the number."""
        asked = {"countryCode": number[:2], "vatNumber": number[2:]}
        if requester:
            asked |= {"requesterMemberStateCode": requester[:2], "requesterNumber": requester[2:]}
        try:
            response = httpx.post(
                f"{self.address}/check-vat-number",
                json=asked,
                timeout=self.timeout_seconds,
                follow_redirects=False,
                trust_env=True,
            )
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return _nothing(f"no connection: {type(error).__name__}", at=at)
        return _read(response.content[:ANSWER_BYTES_MAX], status=response.status_code, at=at)


def _read(content: bytes, *, status: int, at: datetime) -> Answer:
    sha256 = hashlib.sha256(content).hexdigest()
    try:
        told = json.loads(content)
    except ValueError:
        return _nothing(f"HTTP {status} without JSON", at=at, sha256=sha256)
    if not isinstance(told, dict):
        return _nothing(f"HTTP {status} with an unknown answer", at=at, sha256=sha256)
    if told.get("valid") not in (True, False) or status != httpx.codes.OK or _fault(told):
        return _nothing(_fault(told) or f"HTTP {status}", at=at, sha256=sha256)
    return Answer(
        outcome="valid" if told["valid"] else "invalid",
        source=SOURCE,
        asked_at=at,
        consultation=_text(told, "requestIdentifier"),
        name=_text(told, "name"),
        sha256=sha256,
    )


def _fault(told: dict[str, Any]) -> str:
    """Return what kept VIES from answering: a country that is closed, too many questions, a wrong asker."""
    wrappers = told.get("errorWrappers")
    if isinstance(wrappers, list) and wrappers and isinstance(wrappers[0], dict):
        return str(wrappers[0].get("error", "unknown fault"))[:100]
    user_error = told.get("userError")
    return "" if user_error in (None, "", "VALID", "INVALID") else str(user_error)[:100]


def _nothing(reason: str, *, at: datetime, sha256: str = "") -> Answer:
    return Answer(outcome="unavailable", source=SOURCE, asked_at=at, reason=reason, sha256=sha256)


def _text(told: dict[str, Any], name: str) -> str:
    text = str(told.get(name) or "").strip()
    return "" if text == UNDISCLOSED else text[:200]
