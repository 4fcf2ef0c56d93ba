"""The bank of a simulated world: what customers pay, the files that tell of it, and what is explained by hand afterwards."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Protocol

from servanda.business.billing.facts import BankMovement, InvoiceFacts, StatementDraft
from servanda.business.billing.models import BankEntry
from servanda.business.companies.facts import CompanyFacts
from servanda.business.dunning.actions import explain_payment, receive_statement
from servanda.ground.calendar import bank_day_on_or_after, moment_of
from servanda.ground.money import Money, total_of
from servanda.simulation.faults import explained_after, file_fate
from servanda.simulation.happenings import Pays, TakesBack, World
from tests.cast import EVA


class House(Protocol):
    """The company whose bank it is."""

    world: World
    company_id: int

    @property
    def company(self) -> CompanyFacts: ...
    def invoice(self, customer: int, number: int) -> InvoiceFacts: ...


@dataclass
class Bank:
    """What was paid, day by day, and which of it the house has been told of."""

    house: House
    files: dict[date, list[BankMovement]] = field(default_factory=dict)
    meant: dict[str, Pays] = field(default_factory=dict)
    reading: dict[date, list[tuple[date, int]]] = field(default_factory=lambda: defaultdict(list))
    waiting: dict[str, date] = field(default_factory=dict)

    def close(self, day: date) -> None:
        """Note when the file of a day is read, how often, and with how many earlier days."""
        fate = file_fate(self.house.world.seed, day, faults=self.house.world.faults)
        self.reading[day + timedelta(days=1 + fate.days)] += [(day, fate.overlaps)] * fate.times

    def pay(self, pays: Pays, today: date) -> None:
        invoice = self.house.invoice(pays.customer, pays.invoice)
        amount = {
            "principal": invoice.open_principal,
            "everything": invoice.open_total,
            "fixed": pays.fixed or Money(0),
        }[pays.asked]
        if amount.minor <= 0:
            return
        reference = {
            "reference": invoice.reference,
            "wrong digit": invoice.reference[:-1] + str((int(invoice.reference[-1]) + 1) % 10),
        }
        name = f"B{today}-{pays.customer}-{pays.invoice}-{pays.part}"
        text = {"number": f"Faktura {invoice.number}", "nothing": "Overførsel"}.get(pays.told, "")
        self.meant[name] = pays
        movement = _movement(
            name, amount, today, reference.get(pays.told, ""), text, pays.account, f"Kunde {pays.customer}"
        )
        self.files.setdefault(today, []).append(movement)

    def take_back(self, happening: TakesBack, today: date) -> None:
        invoice = self.house.invoice(happening.customer, happening.invoice)
        entry = (
            BankEntry.objects.filter(
                company_id=self.house.company_id,
                state="matched",
                creditor_reference=invoice.reference,
                amount_minor__gt=0,
            )
            .order_by("id")
            .last()
        )
        if entry is None:
            return
        day = bank_day_on_or_after(today)
        name = f"R{day}-{happening.customer}-{happening.invoice}"
        movement = _movement(
            name,
            Money(-entry.amount_minor),
            day,
            invoice.reference,
            "",
            "",
            f"Kunde {happening.customer}",
            is_reversal=True,
        )
        self.files.setdefault(day, []).append(movement)

    def _balance(self, *, before: date) -> Money:
        return total_of(one.amount for day, movements in self.files.items() if day < before for one in movements)

    def read_files(self, today: date) -> None:
        for day, overlaps in sorted(self.reading.pop(today, ())):
            days = [day - timedelta(days=back) for back in range(overlaps, -1, -1)]
            movements = tuple(one for each in days for one in self.files.get(each, ()))
            draft = StatementDraft(
                account=self.house.company.iban,
                statement_id=f"S{day}",
                opening=self._balance(before=days[0]),
                closing=self._balance(before=day + timedelta(days=1)),
                opening_on=days[0],
                closing_on=day,
                sha256=f"{day}",
                file_name=f"S{day}.xml",
                movements=movements,
            )
            receive_statement(self.house.company, draft, today=today, at=moment_of(today))
        for entry in BankEntry.objects.filter(company_id=self.house.company_id, state="suspense"):
            pays = self.meant.get(entry.reference)
            if pays is not None and entry.reference not in self.waiting:
                wait = explained_after(self.house.world.seed, pays.customer, pays.invoice, pays.part)
                self.waiting[entry.reference] = today + timedelta(days=wait)

    def explain(self, today: date) -> None:
        for entry in BankEntry.objects.filter(company_id=self.house.company_id, state="suspense").order_by("id"):
            if self.waiting.get(entry.reference, date.max) <= today:
                pays = self.meant[entry.reference]
                invoice = self.house.invoice(pays.customer, pays.invoice)
                explain_payment(
                    self.house.company,
                    entry.id,
                    invoice_id=invoice.invoice_id,
                    by=EVA,
                    today=today,
                    at=moment_of(today),
                )


def _movement(
    name: str,
    amount: Money,
    on: date,
    reference: str,
    text: str,
    account: str,
    payer: str,
    *,
    is_reversal: bool = False,
) -> BankMovement:
    return BankMovement(
        reference=name,
        ordinal=1,
        amount=amount,
        booked_on=on,
        value_on=on,
        text=text,
        creditor_reference=reference,
        payer_name=payer,
        payer_account=account,
        is_reversal=is_reversal,
    )
