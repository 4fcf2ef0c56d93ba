"""The link over HTTP(S), with requests that the node signs. Every answer is limited in time and size."""

import ssl
from collections.abc import Mapping, Sequence
from threading import Lock

import httpx
import msgspec

from servanda.drivers.nodelink import Clock, Identity, LinkAway, LinkRefused
from servanda.ground.nodes.messages import (
    DOCUMENTS_PATH,
    ENROL_PATH,
    REPORTS_PATH,
    WORDS_PATH,
    Enrol,
    Enrolled,
    decode_documents,
    decode_enrolled,
    encode_message,
)
from servanda.ground.nodes.requests import signed_headers

ANSWER_BYTES_MAX = 64 << 20
SECONDS = 20.0
# Answers with which a control plane says that it does not want this node, and trying again will not help.
_REFUSALS = {400, 401, 403, 404, 409, 410, 413, 422}


class HttpDoor:
    """The control plane's address before the node has a key there."""

    def __init__(self, url: str, *, roots: str | None = None, transport: httpx.BaseTransport | None = None) -> None:
        _refuse_open(url)
        self._url, self._roots, self._transport = url, roots, transport

    def enrol(self, enrol: Enrol) -> Enrolled:
        with _client(self._url, self._roots, self._transport) as client:  # asked once: its line is not kept
            answer = _ask(client, "POST", ENROL_PATH, body=encode_message(enrol), headers={}, seconds=SECONDS)
        try:
            return decode_enrolled(answer)
        except msgspec.MsgspecError as error:
            raise LinkAway(f"the answer to an enrolment cannot be read: {error}") from error


class HttpLink:
    """`identity` signs; `now` is read for each request. An address by HTTP is for this machine only."""

    def __init__(self, url: str, identity: Identity, now: Clock, *, roots: str | None = None) -> None:
        self._client = _client(url, roots)
        self._identity = identity
        self._now = now
        self._one_by_one = {path: Lock() for path in (DOCUMENTS_PATH, REPORTS_PATH, WORDS_PATH)}

    def documents(self, *, after: int, wait_seconds: float) -> Sequence[bytes]:
        path = f"{DOCUMENTS_PATH}?after={after:d}&wait={wait_seconds:.0f}"
        answer = self._signed("GET", path, b"", seconds=wait_seconds + SECONDS)
        try:
            return decode_documents(answer)
        except ValueError as error:
            raise LinkAway(f"the list of documents cannot be read: {error}") from error

    def report(self, signed: bytes) -> None:
        self._signed("POST", REPORTS_PATH, signed, seconds=SECONDS)

    def word(self, errand: str) -> str:
        try:
            return self._signed("GET", f"{WORDS_PATH}?errand={errand}", b"", seconds=SECONDS).decode("ascii")
        except UnicodeDecodeError as error:
            raise LinkAway(f"the password of an errand cannot be read: {error}") from error

    def _signed(self, method: str, path: str, body: bytes, *, seconds: float) -> bytes:
        """Ask. To one path one question at a time: its number is above that of every question there before it."""
        with self._one_by_one[path.partition("?")[0]]:
            return self._ask_once(method, path, body, seconds=seconds)

    def _ask_once(self, method: str, path: str, body: bytes, *, seconds: float) -> bytes:
        headers = signed_headers(
            self._identity.key,
            node=self._identity.node,
            counter=self._identity.next_counter(),
            method=method,
            path=path,
            body=body,
            now=self._now(),
        )
        return _ask(self._client, method, path, body=body, headers=headers, seconds=seconds)


def _refuse_open(url: str) -> None:
    address = httpx.URL(url)
    if address.scheme != "https" and address.host not in {"127.0.0.1", "localhost", "::1"}:
        raise LinkRefused(f"the control plane must be reached by https: {url}")


def _client(url: str, roots: str | None, transport: httpx.BaseTransport | None = None) -> httpx.Client:
    """No proxy and no settings from the environment, no redirects."""
    _refuse_open(url)
    return httpx.Client(
        base_url=url,
        trust_env=False,
        follow_redirects=False,
        verify=ssl.create_default_context(cafile=roots),
        transport=transport,
    )


def _ask(
    client: httpx.Client, method: str, path: str, *, body: bytes, headers: Mapping[str, str], seconds: float
) -> bytes:
    try:
        with client.stream(method, path, content=body, headers=dict(headers), timeout=seconds) as answer:
            read = bytearray()
            for part in answer.iter_bytes():
                read += part
                if len(read) > ANSWER_BYTES_MAX:
                    raise LinkAway(f"an answer to {path} was longer than {ANSWER_BYTES_MAX} bytes")
            if answer.is_success:
                return bytes(read)
            raise (LinkRefused if answer.status_code in _REFUSALS else LinkAway)(
                f"{method} {path.partition('?')[0]} was answered by {answer.status_code}"
            )
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise LinkAway(f"{method} {path.partition('?')[0]}: {type(error).__name__}: {error}") from error
