"""CAMT.053 files made by hand, as banks send them to the fictional Alma & Co ApS."""

import hashlib
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from servanda.drivers.payments import BankStatement, StatementReader, WrongBankFile
from servanda.drivers.payments.camt053 import read_camt053
from servanda.ground.money import Money

READER: StatementReader = read_camt053
SAMPLES = Path(__file__).parent / "data"
ACCOUNT = "DK5000400440116243"


def sample(name: str) -> bytes:
    return (SAMPLES / name).read_bytes()


def read_one(content: bytes) -> BankStatement:
    (statement,) = READER(content, file="bank.xml")
    return statement


def problems_of(content: bytes) -> list[str]:
    with pytest.raises(WrongBankFile) as refusal:
        READER(content, file="bank.xml")
    assert all(problem.remedy and problem.file == "bank.xml" for problem in refusal.value.problems)
    return [str(problem) for problem in refusal.value.problems]


def changed(old: str, new: str, *, name: str = "statement-02.xml", count: int = -1) -> bytes:
    text = sample(name).decode()
    assert old in text, "the sample no longer has what the test changes"
    return text.replace(old, new, count).encode()


def test_a_statement_of_version_02_is_read_with_its_balances() -> None:
    content = sample("statement-02.xml")
    statement = read_one(content)
    assert (statement.account, statement.statement_id, statement.sequence) == (ACCOUNT, "STMT-2026-042", 42)
    assert statement.created_at == datetime(2026, 3, 2, 19, 15, tzinfo=UTC)
    assert (statement.opening, statement.opening_on) == (Money(1000_00), date(2026, 2, 27))
    assert (statement.closing, statement.closing_on) == (Money(2950_50), date(2026, 3, 2))
    assert statement.currency == "DKK"
    assert statement.sha256 == hashlib.sha256(content).hexdigest()


def test_a_fik_payment_is_read_with_payer_reference_and_value_date() -> None:
    entry = read_one(sample("statement-02.xml")).entries[0]
    assert entry.amount == Money(1250_50)
    assert (entry.booked_on, entry.value_on) == (date(2026, 3, 2), date(2026, 3, 3))
    assert entry.reference == "0302A0001"
    assert entry.creditor_reference == "106548702380495"
    assert entry.end_to_end_id == ""
    assert (entry.payer_name, entry.payer_account) == ("Birks Cykler", "00009876543210")
    assert not entry.is_reversal


def test_a_batch_becomes_one_entry_for_each_payer() -> None:
    batch = [entry for entry in read_one(sample("statement-02.xml")).entries if entry.reference == "0302B0002"]
    assert [entry.amount for entry in batch] == [Money(400_00), Money(250_00), Money(250_00)]
    assert batch[0].creditor_reference == "004040400000669"


def test_two_payments_that_look_the_same_are_told_apart_by_their_ordinal() -> None:
    entries = read_one(sample("statement-02.xml")).entries
    assert [entry.ordinal for entry in entries] == [1, 1, 1, 2, 1]
    assert len({entry.key for entry in entries}) == len(entries)


def test_the_same_entries_have_the_same_keys_in_another_file() -> None:
    first = read_one(sample("statement-02.xml"))
    again = read_one(
        changed("<NtryRef>1</NtryRef>", "<NtryRef>17</NtryRef>").replace(b"STMT-2026-042", b"CUSTOM-EXPORT")
    )
    assert first.sha256 != again.sha256
    assert [entry.key for entry in first.entries] == [entry.key for entry in again.entries]


def test_a_reversal_takes_money_out_and_says_so() -> None:
    reversal = read_one(sample("statement-02.xml")).entries[-1]
    assert reversal.is_reversal
    assert reversal.amount == Money(-200_00)
    assert reversal.value_on == reversal.booked_on, "without a value date the booking date stands"
    assert reversal.text == "Tilbageført indbetaling"


def test_a_pending_entry_is_left_out_with_a_note() -> None:
    statement = read_one(sample("statement-02.xml"))
    assert len(statement.entries) == 5
    assert statement.notes == ("Stmt 1/Ntry 4 is not booked yet (PDNG), so it was left out.",)


def test_a_statement_of_version_08_is_read() -> None:
    statement = read_one(sample("statement-08.xml"))
    assert (statement.account, statement.opening, statement.closing) == (
        ACCOUNT,
        Money(-100_00),
        Money(495_00),
    )
    (entry,) = statement.entries
    assert entry.amount == Money(595_00), "what was booked counts, not the euro that were sent"
    assert (entry.reference, entry.end_to_end_id) == ("T-778", "ALMA-1043")
    assert entry.creditor_reference == "RF18539007547034"
    assert (entry.payer_name, entry.payer_account) == ("Dines Import AB", "SE3550000000054910000003")
    assert entry.text == "Invoice 1043\nthank you"
    assert statement.notes == ("Stmt 1/Ntry 2 is not booked yet (INFO), so it was left out.",)


def test_a_moment_late_on_the_eve_in_utc_is_the_next_legal_day() -> None:
    # Summer time began on 29 March 2026: 22:30 UTC is half past midnight on the 30th.
    assert read_one(sample("statement-08.xml")).entries[0].booked_on == date(2026, 3, 30)


def test_a_date_with_an_offset_is_that_date() -> None:
    content = changed("<Dt>2026-03-03</Dt>", "<Dt>2026-03-03+01:00</Dt>")
    assert read_one(content).entries[0].value_on == date(2026, 3, 3)


def test_two_statements_of_one_file_are_both_read() -> None:
    text = sample("statement-02.xml").decode()
    stmt = text[text.index("    <Stmt>") : text.index("  </BkToCstmrStmt>")]
    content = text.replace(stmt, stmt + stmt.replace("STMT-2026-042", "STMT-2026-043")).encode()
    statements = READER(content, file="bank.xml")
    assert [statement.statement_id for statement in statements] == ["STMT-2026-042", "STMT-2026-043"]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("71/106548702380495", "106548702380495"),
        ("+71/106548702380495", "106548702380495"),
        ("+71&lt;106548702380495+81234567&lt;", "106548702380495"),
        ("+71&lt; 106548702380495 +81234567", "106548702380495"),
        ("71&lt;106548702380495", "106548702380495"),
        ("71 106548702380495", "106548702380495"),
        ("106548702380495", "106548702380495"),
        ("1065 4870 2380 495", "106548702380495"),
        ("75/1234567890123456", "1234567890123456"),
        ("71/999", "999"),
        ("+73&lt;+81234567&lt;", ""),
        ("RF18539007547034", "RF18539007547034"),
    ],
)
def test_a_payment_reference_is_read_in_each_of_its_forms(written: str, read: str) -> None:
    entry = read_one(changed("71/106548702380495", written)).entries[0]
    assert entry.creditor_reference == read


def test_a_fik_line_in_the_text_is_a_reference() -> None:
    content = changed(
        "<Strd><CdtrRefInf><Ref>71/106548702380495</Ref></CdtrRefInf></Strd>",
        "<Ustrd>Kortart +71&lt;106548702380495+81234567&lt; tak</Ustrd>",
    )
    assert read_one(content).entries[0].creditor_reference == "106548702380495"


def test_a_payment_that_names_two_invoices_is_left_for_a_person() -> None:
    reference = "<Strd><CdtrRefInf><Ref>71/106548702380495</Ref></CdtrRefInf></Strd>"
    other = reference.replace("106548702380495", "004040400000669")
    entry = read_one(changed(reference, reference + other)).entries[0]
    assert entry.creditor_reference == ""
    assert entry.text == "106548702380495\n004040400000669"


def test_an_invoice_number_given_as_document_reference_is_kept_in_the_text() -> None:
    content = changed("<Ustrd>Faktura 1042</Ustrd>", "<Strd><RfrdDocInf><Nb>1042</Nb></RfrdDocInf></Strd>")
    assert read_one(content).entries[2].text == "1042"


@pytest.mark.parametrize(
    ("ntry_ref", "reference"),
    [("12", ""), ("000123", ""), ("2026061A0001", "2026061A0001"), ("1234567", "1234567")],
)
def test_an_entry_reference_counts_unless_it_is_only_a_counter(ntry_ref: str, reference: str) -> None:
    content = changed("<AcctSvcrRef>0302A0001</AcctSvcrRef>", "").replace(
        b"<NtryRef>1</NtryRef>", f"<NtryRef>{ntry_ref}</NtryRef>".encode()
    )
    assert read_one(content).entries[0].reference == reference


def test_balances_that_do_not_add_up_are_refused_with_both_sums_and_the_difference() -> None:
    (problem,) = problems_of(sample("wrong-balance.xml"))
    for expected in ("2950.50 DKK", "3200.50 DKK", "3200.00 DKK", "difference is -0.50 DKK", "bank.xml:5"):
        assert expected in problem


def test_an_entry_that_was_taken_away_is_found_by_the_balance() -> None:
    text = sample("statement-02.xml").decode()
    first = text[text.index("      <Ntry>") : text.index("      </Ntry>") + len("      </Ntry>\n")]
    (problem,) = problems_of(text.replace(first, "").encode())
    assert "difference is 1250.50 DKK" in problem


def test_every_problem_of_a_file_is_told_at_once_in_the_order_of_its_lines() -> None:
    problems = problems_of(sample("many-problems.xml"))
    expected = [
        ("bank.xml:5", "CreDtTm is 'yesterday'"),
        ("bank.xml:5", "no booked balance CLBD"),
        ("bank.xml:12", "'2026-02-30' is not a day that exists"),
        ("bank.xml:15", "250.005 has more than two decimals"),
        ("bank.xml:20", "The status (Sts) is 'MAYBE'"),
        ("bank.xml:25", "CdtDbtInd is 'IN'"),
        ("bank.xml:25", "RvslInd is 'perhaps'"),
        ("bank.xml:25", "no booking date"),
        ("bank.xml:26", "The amount is in EUR; the account is in DKK"),
        (
            "bank.xml:30",
            "(SHORT-BATCH): The entry is 300.00 DKK, but its 2 transactions add up to 250.00 DKK",
        ),
    ]
    assert len(problems) == len(expected)
    for problem, (place, message) in zip(problems, expected, strict=True):
        assert problem.startswith(place + ":")
        assert message in problem


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('<Amt Ccy="DKK">1250.50</Amt>', '<Amt Ccy="DKK">1250.500</Amt>', "more than two decimals"),
        ('<Amt Ccy="DKK">1250.50</Amt>', '<Amt Ccy="DKK">-1250.50</Amt>', "'-1250.50' is not an amount"),
        ('<Amt Ccy="DKK">1250.50</Amt>', '<Amt Ccy="DKK">1.250,50</Amt>', "'1.250,50' is not an amount"),
        ('<Amt Ccy="DKK">1250.50</Amt>', '<Amt Ccy="DKK">١٢٥٠</Amt>', "is not an amount"),
        ('<Amt Ccy="DKK">1250.50</Amt>', '<Amt Ccy="DKK">1E3</Amt>', "'1E3' is not an amount"),
        ('<Amt Ccy="DKK">1250.50</Amt>', "<Amt>1250.50</Amt>", "The amount is in no currency"),
        ('<Amt Ccy="DKK">1250.50</Amt>', "", "The amount (Amt) is missing"),
        ("<IBAN>DK5000400440116243</IBAN>", "", "does not say which account"),
        ("<Id>STMT-2026-042</Id>", "", "no identification (Id)"),
        ("<ElctrncSeqNb>42</ElctrncSeqNb>", "<ElctrncSeqNb>4x</ElctrncSeqNb>", "number is '4x'"),
        ("<Cd>PRCD</Cd>", "<Cd>ITBD</Cd>", "no booked balance OPBD or PRCD"),
        ("<Cd>CLAV</Cd>", "<Cd>CLBD</Cd>", "2 balances CLBD"),
        ("<Ccy>DKK</Ccy>", "<Ccy>kroner</Ccy>", "currency is 'kroner'"),
        ("<Sts>BOOK</Sts>", "", "The status (Sts) is ''"),
        ("<NbOfTxs>3</NbOfTxs>", "<NbOfTxs>4</NbOfTxs>", "says it has 4 transactions, but 3 are told"),
        (
            '<AmtDtls><TxAmt><Amt Ccy="DKK">400.00</Amt></TxAmt></AmtDtls>',
            "",
            "has 3 transactions; 1 of them have no readable amount",
        ),
        ('<Amt Ccy="DKK">400.00</Amt>', '<Amt Ccy="EUR">400.00</Amt>', "The amount is in EUR"),
        (
            "<Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs>",
            '<AmtDtls><TxAmt><Amt Ccy="DKK">1000.00</Amt></TxAmt></AmtDtls>',
            "its only transaction is 1000.00 DKK, and no charges explain it",
        ),
        (
            "<MsgId>ALMA-20260302</MsgId>",
            "<MsgPgntn><PgNb>2</PgNb><LastPgInd>true</LastPgInd></MsgPgntn>",
            "This is page 2 of a statement",
        ),
    ],
)
def test_a_damaged_statement_is_refused(old: str, new: str, message: str) -> None:
    assert any(message in problem for problem in problems_of(changed(old, new, count=1)))


def test_charges_explain_why_the_booked_amount_differs_from_what_was_sent() -> None:
    content = changed(
        "<Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs>",
        '<AmtDtls><TxAmt><Amt Ccy="DKK">1300.50</Amt></TxAmt></AmtDtls><Chrgs><Amt Ccy="DKK">50.00</Amt></Chrgs>',
    )
    assert read_one(content).entries[0].amount == Money(1250_50)


def test_a_page_that_is_not_the_last_is_refused_in_version_08() -> None:
    content = changed("<c:LastPgInd>true", "<c:LastPgInd>false", name="statement-08.xml")
    assert any("This is page 1 of a statement that was divided" in problem for problem in problems_of(content))


@pytest.mark.parametrize("version", ["camt.053.001.04", "camt.053.001.10", "pain.001.001.03"])
def test_another_version_or_message_is_refused_naming_those_that_are_read(version: str) -> None:
    (problem,) = problems_of(changed("camt.053.001.02", version))
    for expected in (version, "camt.053.001.02", "camt.053.001.08"):
        assert expected in problem


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: sample("debit-credit-notification.xml"), "camt.054.001.02"),
        (lambda: sample("statement.mt940"), "not XML; it may be MT940 or CSV"),
        (lambda: changed("BkToCstmrStmt", "BkToCstmrAcctRpt"), "no statement (BkToCstmrStmt/Stmt)"),
    ],
)
def test_another_bank_format_is_refused(make: Callable[[], bytes], message: str) -> None:
    (problem,) = problems_of(make())
    assert message in problem


def test_hundreds_of_problems_are_counted_rather_than_listed() -> None:
    entry = "<Ntry><Sts>BOOK</Sts></Ntry>"
    problems = problems_of(changed("    </Stmt>", entry * 300 + "    </Stmt>"))
    assert len(problems) == 201
    # Each of the entries lacks its direction, its amount and its booking date.
    assert "700 more problems follow" in problems[-1]


def test_a_moment_with_an_offset_is_kept_in_utc() -> None:
    assert read_one(sample("statement-08.xml")).created_at == datetime(2026, 3, 30, 18, 15, tzinfo=UTC)


def test_a_batch_that_goes_out_has_transactions_that_go_out() -> None:
    text = sample("statement-02.xml").decode()
    batch = text[text.index('        <Amt Ccy="DKK">900.00') : text.index("<AcctSvcrRef>0302B0002")]
    content = text.replace(batch, batch.replace("CRDT", "DBIT")).replace(">2950.5<", ">1150.50<").encode()
    shares = [entry.amount for entry in read_one(content).entries if entry.reference == "0302B0002"]
    assert shares == [Money(-400_00), Money(-250_00), Money(-250_00)]


def test_a_transaction_may_go_against_the_direction_of_its_batch() -> None:
    details = (
        "<c:TxDtls><c:Amt Ccy='DKK'>600.00</c:Amt><c:CdtDbtInd>CRDT</c:CdtDbtInd></c:TxDtls>"
        "<c:TxDtls><c:Amt Ccy='DKK'>5.00</c:Amt><c:CdtDbtInd>DBIT</c:CdtDbtInd></c:TxDtls>"
    )
    text = sample("statement-08.xml").decode()
    single = text[text.index("<c:TxDtls>") : text.index("</c:NtryDtls>")]
    assert [entry.amount for entry in read_one(text.replace(single, details).encode()).entries] == [
        Money(600_00),
        Money(-5_00),
    ]


def test_lines_are_those_of_the_file_when_its_declaration_takes_several() -> None:
    content = sample("wrong-balance.xml").replace(b' encoding="UTF-8"', b'\n\n  encoding="UTF-8"')
    assert problems_of(content)[0].startswith("bank.xml:7:")
