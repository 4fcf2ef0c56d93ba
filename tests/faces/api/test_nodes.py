"""The API of the nodes answers what a trusted node signed, once, and nothing else."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from django.test import Client
from django.utils import timezone

from servanda.business.nodes.actions.enrolling import revoke_node
from servanda.business.nodes.models import NodeReport, NodeToken
from servanda.business.nodes.queries import counter_of, existing_node
from servanda.drivers.nodelink import LinkRefused
from servanda.drivers.nodelink.http import HttpDoor, HttpLink
from servanda.faces.parts.access import declared_views
from servanda.ground.nodes.documents import Position, Trust, accept
from servanda.ground.nodes.messages import Enrol, decode_documents, public_bytes, sign_report
from servanda.ground.nodes.requests import signed_headers
from servanda.ground.nodes.sealing import public_text
from servanda.ground.nodes.wanted import Report
from tests.business.nodes.house import INSTALL, House
from tests.cast import ALMA
from tests.stories.world import World

SEALING = public_text(X25519PrivateKey.generate())
PATHS = ("/node/v1/enrol", "/node/v1/documents", "/node/v1/reports", "/node/v1/words")


@dataclass
class Caller:
    """The identity of a node, as its agent has it."""

    node: str = "node1"
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    counter: int = 0

    def next_counter(self) -> int:
        self.counter += 1
        return self.counter


@pytest.fixture
def house() -> House:
    return House(World("safe-it", date(2026, 9, 1)), now=timezone.now())


@pytest.fixture
def caller(house: House) -> Caller:
    return Caller(key=house.key)


class Within(httpx.BaseTransport):
    """Carries the requests of the agent's own client to the application in this process, without a socket."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        headers = {name: value for name, value in request.headers.items() if name.startswith("servanda-")}
        answer = Client().generic(
            request.method, request.url.raw_path.decode(), request.read(), "application/octet-stream", headers=headers
        )
        return httpx.Response(answer.status_code, content=answer.content)


def within(part: HttpLink) -> None:
    part._client = httpx.Client(base_url="http://127.0.0.1", transport=Within())


def link_of(caller: Caller) -> HttpLink:
    link = HttpLink("http://127.0.0.1", caller, lambda: datetime.now(UTC))
    within(link)
    return link


def ask(client: Client, caller: Caller, method: str, path: str, body: bytes = b"", **changed: str) -> tuple[int, bytes]:
    headers = dict(
        signed_headers(
            caller.key,
            node=caller.node,
            counter=caller.next_counter(),
            method=method,
            path=path,
            body=body,
            now=timezone.now(),
        )
    )
    return send(client, method, path, body, headers | changed)


def send(client: Client, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
    answer = client.generic(method, path, body, "application/octet-stream", headers=dict(headers))
    return answer.status_code, answer.content


def report_of(house: House, number: int = 1) -> Report:
    return Report(
        node="node1", incarnation=house.node.incarnation, number=number, accepted=0, accepted_hash="", at=house.now
    )


def test_the_agents_own_client_enrols_takes_documents_and_reports(house: House) -> None:
    house.world.customer(ALMA, "hosting-monthly", began_on=house.world.today)
    house.world.round()
    token = house.token()
    caller = Caller()
    door = HttpDoor("http://127.0.0.1", transport=Within())
    enrolled = door.enrol(
        Enrol(token=token, node="node1", public_key=public_bytes(caller.key), sealing_key=SEALING, facts={"php": "8.2"})
    )
    assert (enrolled.install, enrolled.node, enrolled.incarnation) == (INSTALL, "node1", 2)
    house.now = timezone.now()
    assert house.sign() > 0
    link = link_of(caller)
    (raw,) = link.documents(after=0, wait_seconds=0)
    document = accept(raw, enrolled.trust(), Position(), {}, now=timezone.now())
    assert {one.key.partition("/")[0] for one in document.resources} >= {"site", "zone", "backup"}
    assert link.documents(after=document.seq, wait_seconds=0) == ()
    link.report(sign_report(report_of(house), caller.key))
    assert existing_node("node1").last_report_at is not None
    assert existing_node("node1").facts["php"] == "8.2"
    with pytest.raises(LinkRefused):
        door.enrol(Enrol(token=token, node="node1", public_key=public_bytes(caller.key), sealing_key=SEALING))


def test_a_request_is_heard_once(house: House, caller: Caller, client: Client) -> None:
    path = "/node/v1/documents?after=0&wait=0"
    headers = dict(
        signed_headers(caller.key, node="node1", counter=5, method="GET", path=path, body=b"", now=timezone.now())
    )
    assert send(client, "GET", path, b"", headers)[0] == 200
    assert send(client, "GET", path, b"", headers)[0] == 401
    assert counter_of("node1") == 5


def test_a_question_that_a_report_overtook_is_heard_and_neither_is_heard_twice(
    house: House, caller: Caller, client: Client
) -> None:
    """The agent waits with a question while it reports: its numbers are given in one order and come in another."""
    path, now = "/node/v1/documents?after=0&wait=0", timezone.now()
    question = dict(signed_headers(caller.key, node="node1", counter=5, method="GET", path=path, body=b"", now=now))
    body = sign_report(report_of(house), caller.key)
    told = dict(
        signed_headers(caller.key, node="node1", counter=6, method="POST", path="/node/v1/reports", body=body, now=now)
    )
    assert send(client, "POST", "/node/v1/reports", body, told)[0] == 204
    assert send(client, "GET", path, b"", question)[0] == 200
    assert send(client, "POST", "/node/v1/reports", body, told)[0] == 401
    assert send(client, "GET", path, b"", question)[0] == 401


@pytest.mark.parametrize(
    "changed",
    [
        {"Servanda-Node": "node2"},
        {"Servanda-Node": ""},
        {"Servanda-Counter": "99"},
        {"Servanda-At": "2020-01-01T00:00:00+00:00"},
        {"Servanda-Signature": "AAAA"},
    ],
)
def test_what_was_changed_on_the_way_is_refused(
    house: House, caller: Caller, client: Client, changed: dict[str, str]
) -> None:
    assert ask(client, caller, "GET", "/node/v1/documents?after=0&wait=0", **changed)[0] == 401
    assert counter_of("node1") == 0


def test_another_nodes_key_opens_nothing(house: House, client: Client) -> None:
    assert ask(client, Caller(), "GET", "/node/v1/documents?after=0&wait=0")[0] == 401


def test_a_signature_is_for_one_path_and_one_body(house: House, caller: Caller, client: Client) -> None:
    now = timezone.now()
    signed = signed_headers(
        caller.key, node="node1", counter=1, method="GET", path="/node/v1/documents?after=7&wait=0", body=b"", now=now
    )
    assert send(client, "GET", "/node/v1/documents?after=0&wait=0", b"", signed)[0] == 401
    body = sign_report(report_of(house), caller.key)
    signed = signed_headers(
        caller.key, node="node1", counter=2, method="POST", path="/node/v1/reports", body=b"other", now=now
    )
    assert send(client, "POST", "/node/v1/reports", body, signed)[0] == 401


def test_a_revoked_node_is_not_heard(house: House, caller: Caller, client: Client) -> None:
    revoke_node("node1", because="stolen", by="staff:eva", today=house.world.today, at=house.now)
    assert ask(client, caller, "GET", "/node/v1/documents?after=0&wait=0")[0] == 401
    assert house.sign() == 0


def test_a_report_must_be_the_nodes_own_and_comes_in_once(house: House, caller: Caller, client: Client) -> None:
    good = sign_report(report_of(house), caller.key)
    forged = sign_report(report_of(house), Ed25519PrivateKey.generate())
    assert ask(client, caller, "POST", "/node/v1/reports", forged)[0] == 400
    assert ask(client, caller, "POST", "/node/v1/reports", good)[0] == 204
    assert ask(client, caller, "POST", "/node/v1/reports", good)[0] == 204
    assert NodeReport.objects.count() == 1
    foreign = Report(node="node1", incarnation=7, number=9, accepted=0, accepted_hash="", at=house.now)
    assert ask(client, caller, "POST", "/node/v1/reports", sign_report(foreign, caller.key))[0] == 409


@pytest.mark.parametrize("case", ["unknown", "used", "old", "of another node", "no key", "not JSON"])
def test_an_enrolment_that_is_not_right_is_refused(house: House, client: Client, case: str) -> None:
    token = house.token()
    body: dict[str, object] = {
        "token": token,
        "node": "node1",
        "public_key": public_bytes(Ed25519PrivateKey.generate()),
    }
    if case == "unknown":
        body["token"] = "x" * 43
    elif case == "used":
        NodeToken.objects.filter(used_at__isnull=True).update(used_at=timezone.now())
    elif case == "old":
        past = timezone.now() - timedelta(minutes=16)
        NodeToken.objects.update(made_at=past, expires_at=past + timedelta(minutes=15))
    elif case == "of another node":
        body["node"] = "node2"
    elif case == "no key":
        body["public_key"] = "AAAA"
    answer = client.post("/node/v1/enrol", "{" if case == "not JSON" else body, content_type="application/json")
    assert answer.status_code in {400, 403}
    assert existing_node("node1").incarnation == 1


def test_a_token_is_kept_as_a_hash_only(house: House) -> None:
    token = house.token()
    assert not NodeToken.objects.filter(sha256=token).exists()
    assert all(len(row.sha256) == 64 for row in NodeToken.objects.all())


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"])
def test_nobody_unsigned_gets_anything_by_any_method(house: House, client: Client, path: str, method: str) -> None:
    right = "GET" if path.endswith(("documents", "words")) else "POST"
    status, content = send(client, method, path, b"" if method == "GET" else b"{}", {})
    assert status in ({400, 401, 403} if method == right else {405})
    assert content == b""


def test_each_address_of_the_api_says_that_only_nodes_may_ask() -> None:
    rules = {address: rule for address, rule in declared_views() if address.startswith("node/")}
    assert {rule.policy for rule in rules.values() if rule is not None} == {"node"}
    assert len(rules) == len(PATHS)


@pytest.mark.parametrize(("path", "size"), [("/node/v1/enrol", 65 << 10), ("/node/v1/documents", 1)])
def test_too_much_is_refused_before_it_is_read(house: House, client: Client, path: str, size: int) -> None:
    method = "GET" if path.endswith("documents") else "POST"
    assert send(client, method, path, b"x" * size, {})[0] == 413


@pytest.mark.parametrize("query", ["", "?after=0", "?after=-1&wait=0", "?after=x&wait=0", "?after=0&wait=1e9"])
def test_a_question_that_is_no_question_is_refused(house: House, caller: Caller, client: Client, query: str) -> None:
    assert ask(client, caller, "GET", f"/node/v1/documents{query}")[0] == 400


def test_a_question_waits_for_a_document_and_no_longer_than_it_said(
    house: House, caller: Caller, client: Client
) -> None:
    began = time.monotonic()
    status, content = ask(client, caller, "GET", "/node/v1/documents?after=0&wait=1")
    assert (status, decode_documents(content)) == (200, ())
    assert 0.9 <= time.monotonic() - began < 20


def test_documents_are_those_of_the_node_that_asks(house: House, caller: Caller, client: Client) -> None:
    house.world.customer(ALMA, "hosting-monthly", began_on=house.world.today)
    house.world.round()
    house.sign()
    status, content = ask(client, caller, "GET", "/node/v1/documents?after=0&wait=0")
    assert status == 200
    trust = Trust(INSTALL, "node1", 1, (house.signer.public_key().public_bytes_raw(),))
    (raw,) = decode_documents(content)
    assert accept(raw, trust, Position(), {}, now=house.now).node == "node1"
