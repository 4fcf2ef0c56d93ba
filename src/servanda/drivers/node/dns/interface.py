"""The name server's own interface (PowerDNS's HTTP API), spoken on loopback."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx

from servanda.drivers.node import Broken, NotNow
from servanda.drivers.node.dns.places import key_file
from servanda.drivers.node.layout import Layout

ANSWER_SECONDS = 10.0
MISSING = 404


@dataclass(frozen=True, slots=True)
class Interface:
    """Requests to the server. Raises NotNow while it is away or in trouble, Broken when it refuses what it was told."""

    address: str
    key: str
    seconds: float = ANSWER_SECONDS

    @classmethod
    def of(cls, layout: Layout, *, seconds: float = ANSWER_SECONDS) -> "Interface":
        try:
            key = key_file(layout).read_text()
        except OSError as error:
            raise NotNow("the name server of this node was not prepared yet") from error
        return cls(f"http://127.0.0.1:{layout.ports.dns_api}/api/v1/servers/localhost", key, seconds)

    def get(self, path: str) -> Any:
        """Return what stands at a path, or None if nothing does."""
        return self._ask("GET", path, None)

    def put(self, path: str, content: Mapping[str, Any]) -> Any:
        return self._ask("PUT", path, content)

    def post(self, path: str, content: Mapping[str, Any]) -> Any:
        return self._ask("POST", path, content)

    def patch(self, path: str, content: Mapping[str, Any]) -> Any:
        return self._ask("PATCH", path, content)

    def delete(self, path: str) -> Any:
        """Remove what stands at a path; nothing there is no error."""
        return self._ask("DELETE", path, None)

    def _ask(self, method: str, path: str, content: Mapping[str, Any] | None) -> Any:
        try:
            # There is no TLS on loopback; without `verify` httpx would read all authorities for each request.
            with httpx.Client(trust_env=False, timeout=self.seconds, verify=False) as client:
                answer = client.request(method, self.address + path, json=content, headers={"X-API-Key": self.key})
        except httpx.HTTPError as error:
            raise NotNow(f"the name server does not answer: {error}") from error
        if answer.status_code == MISSING:
            return None
        if answer.status_code >= 500:
            raise NotNow(f"the name server answered {answer.status_code}: {answer.text[:300]}")
        if answer.status_code >= 300:
            raise Broken(f"the name server refused ({answer.status_code}): {answer.text[:300]}")
        return answer.json() if answer.content else {}


def zone_path(domain: str, *, after: str = "") -> str:
    """Return the path of a zone in the interface."""
    assert re.fullmatch(r"[a-z0-9.-]+", domain)
    return f"/zones/{quote(domain)}.{after}"
