"""Whoever is asked about VAT numbers keeps the same promises: a plain yes, a plain no, or nothing, and never an error."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from socket import create_server

import pytest

from servanda.drivers.vatnumbers import NumberAsker
from servanda.drivers.vatnumbers.memory import MemoryAsker, PracticeAsker
from servanda.drivers.vatnumbers.vies import ViesAsker
from tests.drivers.vatnumbers.vies_server import Vies, serving

AT = datetime(2026, 11, 30, 9, tzinfo=UTC)
IN_USE, NOT_IN_USE, CLOSED = "SE556677889901", "DE123456788", "FR12123460339"
US = "DK13748136"


@dataclass
class Asked:
    """An asker whose authority knows one number, and has closed one country."""

    asker: NumberAsker


@pytest.fixture(params=["vies", "memory"])
def authority(request: pytest.FixtureRequest) -> Iterator[Asked]:
    known, closed = {IN_USE: "Prøve AB"}, {"FR"}
    if request.param == "memory":
        yield Asked(MemoryAsker(known=known, closed_for=closed))
        return
    with serving(Vies(known=known, closed_for=closed)) as vies:
        yield Asked(ViesAsker(address=vies.address, timeout_seconds=5))


@pytest.mark.parametrize(
    ("number", "outcome", "name"),
    [(IN_USE, "valid", "Prøve AB"), (NOT_IN_USE, "invalid", ""), (CLOSED, "unavailable", "")],
)
def test_the_answer_is_a_yes_a_no_or_nothing(authority: Asked, number: str, outcome: str, name: str) -> None:
    answer = authority.asker.check(number, requester=US, at=AT)
    assert (answer.outcome, answer.name, answer.asked_at) == (outcome, name, AT)
    assert bool(answer.consultation) is (outcome != "unavailable")
    assert bool(answer.reason) is (outcome == "unavailable")
    assert len(answer.sha256) == 64
    assert answer.source


def test_without_a_requester_there_is_no_consultation_number(authority: Asked) -> None:
    assert authority.asker.check(IN_USE, requester="", at=AT).consultation == ""


def test_asking_twice_gives_the_same_answer(authority: Asked) -> None:
    first, second = (authority.asker.check(IN_USE, requester="", at=AT) for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    ("raw", "status", "reason"),
    [
        (b"<html>gateway</html>", 502, "HTTP 502 without JSON"),
        (b"", 200, "HTTP 200 without JSON"),
        (b"[]", 200, "HTTP 200 with an unknown answer"),
        (b"{}", 200, "HTTP 200"),
        (b'{"valid": "yes"}', 200, "HTTP 200"),
        (b'{"valid": true}', 500, "HTTP 500"),
        (b'{"valid": false, "userError": "MS_MAX_CONCURRENT_REQ"}', 200, "MS_MAX_CONCURRENT_REQ"),
        (b'{"valid": false, "userError": "INVALID_REQUESTER_INFO"}', 200, "INVALID_REQUESTER_INFO"),
        (b'{"actionSucceed": false, "errorWrappers": [{"error": "GLOBAL_MAX_CONCURRENT_REQ"}]}', 200, "GLOBAL_MAX"),
        (b'{"valid": true, "errorWrappers": [{"error": "TIMEOUT"}]}', 200, "TIMEOUT"),
    ],
)
def test_what_is_no_plain_answer_of_vies_counts_as_none(raw: bytes, status: int, reason: str) -> None:
    with serving(Vies(known={IN_USE: "Prøve AB"}, raw=raw, status=status)) as vies:
        answer = ViesAsker(address=vies.address, timeout_seconds=5).check(IN_USE, requester=US, at=AT)
    assert answer.outcome == "unavailable"
    assert answer.reason.startswith(reason)


def test_vies_is_asked_with_country_and_number_apart_and_who_asks() -> None:
    with serving(Vies()) as vies:
        ViesAsker(address=vies.address, timeout_seconds=5).check("EL123456783", requester=US, at=AT)
    assert vies.asked == [
        {
            "countryCode": "EL",
            "vatNumber": "123456783",
            "requesterMemberStateCode": "DK",
            "requesterNumber": "13748136",
        }
    ]


def test_a_vies_that_does_not_answer_in_time_gives_nothing() -> None:
    with serving(Vies(known={IN_USE: "Prøve AB"}, seconds=1.0)) as vies:
        answer = ViesAsker(address=vies.address, timeout_seconds=0.2).check(IN_USE, requester=US, at=AT)
    assert (answer.outcome, answer.reason) == ("unavailable", "no connection: ReadTimeout")


def test_a_vies_that_is_not_there_gives_nothing() -> None:
    with closing(create_server(("127.0.0.1", 0))) as server:
        port = server.getsockname()[1]
    answer = ViesAsker(address=f"http://127.0.0.1:{port}", timeout_seconds=2).check(IN_USE, requester=US, at=AT)
    assert (answer.outcome, answer.reason) == ("unavailable", "no connection: ConnectError")


def test_practice_says_that_it_is_practice() -> None:
    answer = PracticeAsker().check(IN_USE, requester=US, at=AT)
    assert (answer.outcome, answer.source) == ("valid", "practice")
    assert answer.consultation.startswith("PRACTICE-")
