"""Betalingsservice's other end, as far as a creditor can see it: reads 601, and answers with 602 and 603 by the calendar.

Orders must come so many bank days before the month of the payment; what comes later is answered as cancelled. The customer may
say no until the 7th of the month; then the order is rejected. What nobody rejects is collected on its day, and may be reversed
later. Nothing is remembered but the files themselves and what the test or the demo decides about customers.
"""

import os
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import msgspec

from servanda.drivers.collections.betalingsservice import Creditor, read_orders, write_agreements, write_payments
from servanda.drivers.collections.values import AgreementNews, Order, Outcome, OutcomeKind
from servanda.ground.calendar import bank_day_on_or_after, first_of_month, working_days_before

DEADLINE_DAYS = 8  # bank days before the first of the month of the payment


@dataclass(frozen=True, slots=True)
class Remembered:
    """What the centre knows, as it is kept between runs."""

    agreements: dict[str, str]
    rejects: set[str]
    orders: dict[str, Order]
    settled: dict[str, OutcomeKind]
    read: set[str]
    written: int


@dataclass
class SimulatedCentre:
    """The centre for one creditor; `advance` lets a day pass."""

    creditor: Creditor
    outbox: Path  # where the creditor lays its files
    inbox: Path
    agreements: dict[str, str] = field(default_factory=dict)  # number → customer
    rejects: set[str] = field(default_factory=set)  # agreements whose customers say no
    orders: dict[str, Order] = field(default_factory=dict)
    settled: dict[str, OutcomeKind] = field(default_factory=dict)
    read: set[str] = field(default_factory=set)
    written: int = 0
    memory: Path | None = None  # where all this is kept between runs

    @classmethod
    def kept(cls, creditor: Creditor, outbox: Path, inbox: Path, memory: Path) -> "SimulatedCentre":
        """Return the centre as it was left."""
        centre = cls(creditor, outbox, inbox, memory=memory)
        if memory.is_file():
            told = msgspec.json.decode(memory.read_bytes(), type=Remembered)
            centre.agreements, centre.rejects, centre.orders = told.agreements, told.rejects, told.orders
            centre.settled, centre.read, centre.written = told.settled, told.read, told.written
        return centre

    def keep(self) -> None:
        """Remember everything for the next run; written whole or not at all."""
        if self.memory is None:
            return
        told = Remembered(self.agreements, self.rejects, self.orders, self.settled, self.read, self.written)
        self.memory.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self.memory.with_suffix(".part")
        unfinished.write_bytes(msgspec.json.encode(told))
        os.replace(unfinished, self.memory)

    def register(self, agreement: str, customer_number: str, *, on: date) -> None:
        """Let a customer make an agreement."""
        self.agreements[agreement] = customer_number
        self._tell_agreement(AgreementNews(agreement, customer_number, True, on))

    def end(self, agreement: str, *, on: date) -> None:
        """Let a customer's bank end an agreement."""
        customer_number = self.agreements.pop(agreement)
        self._tell_agreement(AgreementNews(agreement, customer_number, False, on, "bank"))

    def reverse(self, key: str, *, on: date) -> None:
        """Let a customer have a payment taken back."""
        assert self.settled.get(key) == "paid", "only what was collected is reversed"
        self.settled[key] = "reversed"
        self._tell([self._outcome(self.orders[key], "reversed", on)], on)

    def advance(self, today: date) -> None:
        """Let a day pass: read what has come, and tell what is decided by it."""
        outcomes = self._read(today)
        for key, order in self.orders.items():
            if key in self.settled:
                continue
            if order.agreement not in self.agreements:
                outcomes.append(self._settle(order, "cancelled", today))
            elif order.agreement in self.rejects and today.day <= 7:
                outcomes.append(self._settle(order, "rejected", today))
            elif today >= bank_day_on_or_after(order.collect_on):
                outcomes.append(self._settle(order, "paid", today))
        if outcomes:
            self._tell(outcomes, today)

    def _read(self, today: date) -> list[Outcome]:
        late = []
        for file in sorted(self.outbox.glob("*.601")):
            if file.name in self.read:
                continue
            self.read.add(file.name)
            for order in read_orders(file.read_bytes(), file=file.name).orders:
                if order.key in self.orders:
                    continue  # an order that was delivered twice is one
                self.orders[order.key] = order
                if today > working_days_before(first_of_month(order.collect_on), count=DEADLINE_DAYS):
                    late.append(self._settle(order, "cancelled", today))
        return late

    def _settle(self, order: Order, kind: OutcomeKind, today: date) -> Outcome:
        self.settled[order.key] = kind
        return self._outcome(order, kind, today)

    def _outcome(self, order: Order, kind: OutcomeKind, on: date) -> Outcome:
        return Outcome("", kind, order.key, order.agreement, order.customer_number, order.amount, on)

    def _tell(self, outcomes: list[Outcome], on: date) -> None:
        number = self._number()
        self._write(f"{number:010d}.602", write_payments(outcomes, self.creditor, number=number, made_on=on))

    def _tell_agreement(self, news: AgreementNews) -> None:
        number = self._number()
        self._write(f"{number:010d}.603", write_agreements([news], self.creditor, number=number, made_on=news.on))

    def _number(self) -> int:
        self.written += 1
        return self.written

    def _write(self, name: str, content: bytes) -> None:
        self.inbox.mkdir(parents=True, exist_ok=True)
        (self.inbox / name).write_bytes(content)
