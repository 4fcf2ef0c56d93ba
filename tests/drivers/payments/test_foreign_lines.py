"""A line in another currency within a statement in kroner: both amounts are kept where the bank gives both, else it is refused."""

from datetime import UTC, date, datetime

import pytest

from servanda.drivers.payments import BankEntry, BankStatement, WrongBankFile
from servanda.drivers.payments.camt053 import read_camt053
from servanda.drivers.payments.writing import CamtVersion, write_camt053
from servanda.ground.money import Money

DAY = date(2026, 9, 1)
ENTRY = BankEntry(
    account="DK5000400440116243",
    reference="A1",
    ordinal=1,
    amount=Money(746_00),
    booked_on=DAY,
    value_on=DAY,
    text="",
    creditor_reference="106548702380495",
    end_to_end_id="",
    payer_name="",
    payer_account="",
    is_reversal=False,
    fik_type="71",
    fik_creditor="81234567",
    original=Money(100_00, "EUR"),
)


def written(version: CamtVersion) -> str:
    statement = BankStatement(
        account=ENTRY.account,
        statement_id="1",
        sequence=None,
        created_at=datetime(2026, 9, 2, tzinfo=UTC),
        opening=Money(0),
        opening_on=DAY,
        closing=ENTRY.amount,
        closing_on=DAY,
        currency="DKK",
        entries=(ENTRY,),
        sha256="",
    )
    return write_camt053([statement], message_id="M", version=version).decode()


@pytest.mark.parametrize("version", ["001.02", "001.08"])
def test_both_amounts_and_the_slip_are_kept(version: CamtVersion) -> None:
    (statement,) = read_camt053(written(version).encode(), file="b.xml")
    assert statement.entries == (ENTRY,)


def test_an_entry_in_the_payers_currency_counts_by_its_value_in_kroner() -> None:
    value = '<AmtDtls><CntrValAmt><Amt Ccy="DKK">746.00</Amt></CntrValAmt></AmtDtls>'
    text = written("001.02").replace('<Ntry>\n        <Amt Ccy="DKK">746.00', '<Ntry>\n        <Amt Ccy="EUR">100.00')
    text = text.replace("<BookgDt>", f"{value}<BookgDt>")
    (statement,) = read_camt053(text.encode(), file="b.xml")
    assert (statement.entries[0].amount, statement.entries[0].original) == (Money(746_00), Money(100_00, "EUR"))


def test_an_entry_without_a_value_in_kroner_is_refused_with_its_line() -> None:
    text = written("001.02").replace('<Ntry>\n        <Amt Ccy="DKK">746.00', '<Ntry>\n        <Amt Ccy="EUR">100.00')
    with pytest.raises(WrongBankFile, match=r"b.xml:\d+: .*The amount is in EUR; the account is in DKK"):
        read_camt053(text.encode(), file="b.xml")
