"""When a certificate is renewed, how long an error makes one wait, and what an authority may ask for."""

from datetime import UTC, datetime, timedelta

import pytest
import requests
from acme import messages

from servanda.drivers.node.certificates.authority import Failed, _Network, retry_after
from servanda.drivers.node.certificates.pacing import WAITS, renewal_due_at, wait_until

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("days", "advised", "due"),
    [(90, None, 60), (6, None, 4), (90, 30, 30), (90, 80, 60), (90, -1, -1)],
)
def test_it_is_renewed_at_two_thirds_or_as_advised(days: int, advised: int | None, due: int) -> None:
    found = renewal_due_at(
        NOW, NOW + timedelta(days=days), advised=None if advised is None else NOW + timedelta(days=advised)
    )
    assert found == NOW + timedelta(days=due)


def test_each_failure_waits_longer_until_twice_a_day() -> None:
    waits = [wait_until(failures, now=NOW) - NOW for failures in range(1, 20)]
    assert waits == sorted(waits)
    assert waits[0] == timedelta(minutes=1)
    assert waits[-1] == timedelta(minutes=WAITS[-1])
    # At most five failed proofs of a name within any hour.
    assert sum(waits[:4], timedelta()) > timedelta(hours=1)


def test_the_authority_may_ask_for_more_time_but_not_for_ever() -> None:
    assert wait_until(1, now=NOW, asked=NOW + timedelta(hours=3)) == NOW + timedelta(hours=3)
    assert wait_until(4, now=NOW, asked=NOW) == NOW + timedelta(hours=1)
    assert wait_until(1, now=NOW, asked=NOW + timedelta(days=400)) == NOW + timedelta(days=7)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120), ("0", 0), ("Tue, 01 Dec 2026 13:00:00 GMT", 3600),
        ("", None), ("soon", None), ("-5", None), ("9" * 30, None), ("Tue, 99 Foo", None),
    ],
)  # fmt: skip
def test_a_request_to_wait_is_read_or_asks_for_nothing(text: str, seconds: int | None) -> None:
    assert retry_after(text, now=NOW) == (None if seconds is None else NOW + timedelta(seconds=seconds))


def _answer(code: str, **headers: str) -> requests.Response:
    answer = requests.Response()
    answer.status_code = 429
    answer._content = f'{{"type": "urn:ietf:params:acme:error:{code}", "detail": "x"}}'.encode()
    answer.headers.update({"Content-Type": "application/problem+json", **headers})
    return answer


def test_a_rate_limit_says_when_to_come_back() -> None:
    with pytest.raises(Failed, match="rateLimited") as caught:
        _Network._check_response(_answer("rateLimited", **{"Retry-After": "3600"}))
    assert caught.value.again_at is not None
    assert timedelta(minutes=59) < caught.value.again_at - datetime.now(UTC) <= timedelta(hours=1)
    assert not caught.value.is_lasting


def test_what_only_a_person_can_mend_is_told_apart() -> None:
    with pytest.raises(Failed) as caught:
        _Network._check_response(_answer("rejectedIdentifier"))
    assert caught.value.is_lasting
    with pytest.raises(messages.Error):
        _Network._check_response(_answer("badNonce"))
