"""MobilePay recurring: agreements and charges over HTTP, as Vipps MobilePay's Recurring API, version 3, has them.

Each charge is made by us, bears our key as its external id and as its idempotency key, and is tried by the provider on its day
and so many days after. A charge that was made is found by our key, so an answer that was lost does no harm. A customer who ends
an agreement ends a way to pay, nothing else. 429 and 5xx mean: later.

Built from knowledge of the API and of its public guide (developer.vippsmobilepay.com), and tried only against the simulator beside
this module: never against the provider itself or its test system.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

import httpx

from servanda.drivers.collections.values import (
    AgreementNews,
    CollectorAway,
    Delivery,
    News,
    Order,
    Outcome,
    OutcomeKind,
)
from servanda.ground.money import Money

RETRY_DAYS = 5  # of at most 14: so long a charge without cover is tried again
TEXT_LETTERS_MAX = 45
TIMEOUT_SECONDS = 10.0
OUTCOMES: Mapping[str, OutcomeKind] = {
    "CHARGED": "paid",
    "FAILED": "failed",
    "CANCELLED": "cancelled",
    "REFUNDED": "reversed",
    "PARTIALLY_REFUNDED": "reversed",
}
ENDED = frozenset({"STOPPED", "EXPIRED"})
NO_AGREEMENT = frozenset({404, 410})


@dataclass(frozen=True, slots=True)
class SalesUnit:
    """Who a company is to MobilePay."""

    base_url: str
    client_id: str
    client_secret: str
    subscription_key: str
    serial_number: str


@dataclass(frozen=True, slots=True)
class MobilePay:
    """One company's charges."""

    unit: SalesUnit
    today: date

    def order(self, delivery: Delivery) -> None:
        with self._client() as client:
            for order in delivery.orders:
                self._charge(client, order)

    def news(self, *, agreements: tuple[str, ...], waiting: tuple[Order, ...]) -> News:
        with self._client() as client:
            told = [self._agreement(client, number) for number in agreements]
            wanted = {order.key: order for order in waiting}
            outcomes = [
                outcome
                for number in sorted({order.agreement for order in waiting})
                for charge in self._charges(client, number)
                if (outcome := self._outcome(charge, wanted)) is not None
            ]
            outcomes += self._lost(client, waiting)
        return News(tuple(one for one in told if one is not None), tuple(outcomes))

    def _charge(self, client: httpx.Client, order: Order) -> None:
        body = {
            "amount": order.amount.minor,
            "currency": order.amount.currency,
            "transactionType": "DIRECT_CAPTURE",
            "description": order.text[:TEXT_LETTERS_MAX],
            "due": order.collect_on.isoformat(),
            "retryDays": RETRY_DAYS,
            "externalId": order.key,
        }
        path = f"/recurring/v3/agreements/{order.agreement}/charges"
        answer = self._send(client, "POST", path, body=body, key=order.key)
        if answer.status_code not in {201, 400, 409, 422} | NO_AGREEMENT:  # nothing is charged, which the window shows
            raise CollectorAway(f"MobilePay answered {answer.status_code} to charge {order.key}: {answer.text[:200]}")

    def _agreement(self, client: httpx.Client, number: str) -> AgreementNews | None:
        answer = self._send(client, "GET", f"/recurring/v3/agreements/{number}")
        if answer.status_code in NO_AGREEMENT:
            return AgreementNews(number, "", False, self.today, "provider")
        told = answer.json()
        status = str(told.get("status", ""))
        customer = str(told.get("externalId") or "")
        if status == "ACTIVE":
            return AgreementNews(number, customer, True, _day(told.get("start"), self.today))
        return AgreementNews(number, customer, False, _day(told.get("stop"), self.today)) if status in ENDED else None

    def _charges(self, client: httpx.Client, agreement: str) -> list[Mapping[str, Any]]:
        answer = self._send(client, "GET", f"/recurring/v3/agreements/{agreement}/charges")
        return [] if answer.status_code in NO_AGREEMENT else list(answer.json())

    def _outcome(self, charge: Mapping[str, Any], wanted: Mapping[str, Order]) -> Outcome | None:
        order = wanted.get(str(charge.get("externalId") or ""))
        status = str(charge.get("status", ""))
        if order is None or status not in OUTCOMES:
            return None
        return Outcome(
            reference=f"MP{charge['id']}-{status}",
            kind=OUTCOMES[status],
            key=order.key,
            agreement=order.agreement,
            customer_number=order.customer_number,
            amount=Money(int(charge.get("amount", order.amount.minor))),
            on=_day(charge.get("changed") or charge.get("due"), self.today),
            reason=str(charge.get("failureDescription") or charge.get("failureReason") or ""),
        )

    def _lost(self, client: httpx.Client, waiting: tuple[Order, ...]) -> list[Outcome]:
        """Return an outcome for the orders whose agreement is gone: nothing will ever be told of them."""
        gone = {
            number
            for number in {order.agreement for order in waiting}
            if self._send(client, "GET", f"/recurring/v3/agreements/{number}").status_code in NO_AGREEMENT
        }
        return [
            Outcome(
                reference=f"MP{order.key}-NO-AGREEMENT",
                kind="failed",
                key=order.key,
                agreement=order.agreement,
                customer_number=order.customer_number,
                amount=order.amount,
                on=self.today,
                reason="no such agreement",
            )
            for order in waiting
            if order.agreement in gone
        ]

    def _send(
        self,
        client: httpx.Client,
        method: str,
        path: str,
        *,
        body: Mapping[str, object] | None = None,
        key: str = "",
    ) -> httpx.Response:
        headers = {"Idempotency-Key": key} if key else {}
        try:
            answer = client.request(method, path, json=body, headers=headers)
        except httpx.HTTPError as error:
            raise CollectorAway(f"MobilePay does not answer: {error}") from error
        if answer.status_code == 429 or answer.status_code >= 500:
            raise CollectorAway(f"MobilePay answered {answer.status_code}; it is tried again in the next round.")
        if answer.status_code in {401, 403}:
            raise CollectorAway("MobilePay refuses the keys of the sales unit. Check them.")
        return answer

    @contextmanager
    def _client(self) -> Iterator[httpx.Client]:
        """Give a client that has signed in, for as long as the block runs."""
        unit = self.unit
        headers = {"Ocp-Apim-Subscription-Key": unit.subscription_key, "Merchant-Serial-Number": unit.serial_number}
        keys = {"client_id": unit.client_id, "client_secret": unit.client_secret}
        with httpx.Client(base_url=unit.base_url, headers=headers, timeout=TIMEOUT_SECONDS) as client:
            try:
                answer = client.post("/accesstoken/get", headers=keys)
                answer.raise_for_status()
                client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
            except (httpx.HTTPError, KeyError, ValueError) as error:
                raise CollectorAway(f"MobilePay gave no access: {error}") from error
            yield client


def _day(written: object, otherwise: date) -> date:
    """Return the day of a moment or a day that the provider wrote."""
    try:
        return date.fromisoformat(str(written)[:10])
    except ValueError:
        return otherwise
