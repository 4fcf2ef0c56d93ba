"""How an invoice travels as an e-document: without a reference, refused and mended, lost, answered twice, reminded of."""

from dataclasses import replace
from datetime import date
from io import BytesIO

import pikepdf
import pytest

from servanda.agreements.reading import catalogue_of
from servanda.business.billing.actions.crediting import credit_invoice
from servanda.business.billing.facts import InvoiceFacts
from servanda.business.billing.queries import invoices_of_customer
from servanda.business.companies.queries import tallied
from servanda.business.contracts.queries import contracts_of_customer
from servanda.business.customers.actions import change_invoicing
from servanda.business.customers.facts import CustomerDetails, Delivery
from servanda.business.customers.queries import customer
from servanda.business.dunning.queries import arrears_of, claims_parked, pauses_of_invoice
from servanda.business.einvoices.actions import (
    NotSentAgain,
    change_contract_reference,
    keep_answer,
    send_document_again,
    settle_document,
)
from servanda.business.einvoices.facts import EDocumentFacts, State
from servanda.business.einvoices.queries import (
    content_of,
    counts_of,
    documents_of_invoices,
    need_tallies,
    newest_documents,
    open_answers,
)
from servanda.business.evidence.queries import events_of_subjects
from servanda.business.letters.queries import letters_of_invoices
from servanda.drivers.documents.typst_maker import TypstMaker
from servanda.drivers.einvoices.gate import OfficialGate
from servanda.drivers.einvoices.safe_xml import open_xml
from servanda.faces.clock.e_documents import NoSuchDocument, carried_by, document_as
from servanda.faces.clock.papers import paper_of
from servanda.faces.demo.answers import application_response
from servanda.ground.calendar import moment_of
from servanda.ground.citation import Citation
from servanda.ground.money import Money
from servanda.simulation import drivers
from servanda.terms.clauses import CustomerKind
from tests.cast import ALMA, CARLA, EVA
from tests.stories.world import World

pytestmark = pytest.mark.django_db
BEGAN_ON = date(2026, 8, 2)
BEGINS_ON = date(2026, 9, 1)
NET = Money(1_000_00)
GLN = "5798000000001"
KOMMUNE = CustomerDetails(
    number="1009",
    kind=CustomerKind.PUBLIC,
    name="Nordlys Kommune",
    email="faktura@nordlys.example",
    ean=GLN,
    address_lines=("Rådhuspladsen 1",),
    postal_code="8000",
    city="Prøveby",
    person_reference="NIELS17",
)
OIOUBL = replace(ALMA, invoice_delivery="oioubl")
PEPPOL = replace(ALMA, invoice_delivery="peppol")


@pytest.fixture
def world() -> World:
    drivers.e_invoice_gate.cache_clear()
    drivers.e_invoice_transport.cache_clear()
    return World("safe-it", BEGINS_ON)


def things_to_see_to(world: World) -> int:
    counted = tallied({"needs": need_tallies([world.company_id]).values()})
    return counted["needs"][world.company_id]


def signed(world: World, details: CustomerDetails) -> int:
    return world.customer(details, "hosting-monthly", began_on=BEGAN_ON, price=NET)


def documents(world: World) -> tuple[EDocumentFacts, ...]:
    return tuple(reversed(newest_documents(world.company_id)))


def states(world: World) -> list[tuple[str, str]]:
    return [(one.kind, str(one.state)) for one in documents(world)]


def answer(
    world: World,
    document: EDocumentFacts,
    code: str = "BusinessAccept",
    *,
    reasons: tuple[str, ...] = (),
    name: str = "a",
) -> None:
    """Let the receiver's answer come in through the access point."""
    content = application_response(document, world.company, code=code, on=world.today, reasons=reasons)
    drivers.e_invoice_transport().answer(name, content)


def mend(world: World, customer_id: int, **given: str) -> None:
    details = customer(customer_id).details
    wanted = {
        "delivery": details.invoice_delivery,
        "ean": details.ean,
        "order_number": details.order_number,
        "person_reference": details.person_reference,
    } | given
    change_invoicing(customer_id, today=world.today, at=moment_of(world.today), by=EVA, **wanted)


def received_on(world: World, invoice: InvoiceFacts) -> date | None:
    (arrears,) = arrears_of([invoice.invoice_id], today=world.today)
    return arrears.received_on


def text_of(document: EDocumentFacts, path: str) -> list[str]:
    content = content_of(document.xml_sha256)
    assert content is not None
    return [one.text or "" for one in open_xml(content).iterfind(path)]


def test_an_e_invoice_goes_out_once_and_has_arrived_when_the_receiver_says_so(world: World) -> None:
    kommune = signed(world, KOMMUNE)
    world.live_until(date(2026, 9, 3))
    invoice = world.invoice_of(kommune)
    (document,) = documents(world)
    assert (document.state, document.sent_on, document.references.person_reference) == (
        State.SENT,
        BEGINS_ON,
        "NIELS17",
    )
    assert received_on(world, invoice) is None
    assert drivers.post().accepted == ()  # no mail beside it: one way, one proof
    answer(world, document)
    world.live_until(date(2026, 9, 4))
    (document,) = documents(world)
    assert (document.state, document.answered_on) == (State.ACCEPTED, date(2026, 9, 4))
    assert received_on(world, invoice) == date(2026, 9, 4)
    assert [parcel.key for parcel in drivers.e_invoice_transport().taken] == [f"oioubl:invoice:{invoice.invoice_id}"]
    assert document.attempts == 1
    (letter,) = letters_of_invoices([invoice.invoice_id])
    assert (letter.state, letter.accepted_on, bool(letter.document_sha256)) == ("accepted", date(2026, 9, 4), True)


def test_a_public_customer_without_a_reference_is_invoiced_and_booked_and_somebody_is_asked(world: World) -> None:
    kommune = signed(world, replace(KOMMUNE, person_reference=""))
    world.live_until(date(2026, 10, 30))
    invoice = world.invoice_of(kommune)
    assert invoice.total == Money(1_250_00)
    parked = documents(world)
    assert {one.state for one in parked} == {State.PARKED}
    assert [problem.code for problem in parked[0].problems] == ["no reference"]
    assert "Hvem spørger Nordlys Kommune" in parked[0].problems[0].message("da")
    assert things_to_see_to(world) == len(parked) == 3
    assert received_on(world, invoice) is None
    assert "reminder.written" not in {what for _on, what in world.story_of(kommune)}
    assert {claim.waits_for for claim in claims_parked(world.company_id)} == {"delivery of the invoice is not proven"}
    mend(world, kommune, order_number="4500012345")
    world.live_until(date(2026, 10, 31))
    standing = [one for one in documents(world) if one.state is not State.REPLACED]
    assert {one.state for one in standing} == {State.SENT}
    assert text_of(standing[0], "{*}OrderReference/{*}ID") == ["4500012345"]
    assert things_to_see_to(world) == 0


def test_what_was_agreed_on_the_contract_stands_before_what_stands_on_the_customer(world: World) -> None:
    kommune = signed(world, KOMMUNE)
    (contract,) = contracts_of_customer(kommune)
    given = {"order_number": "PO-7", "person_reference": ""}
    for is_new in (True, False):
        changed = change_contract_reference(
            world.company, contract.contract_id, kommune, today=world.today, at=moment_of(world.today), by=EVA, **given
        )
        assert changed is is_new
    world.round()
    (document,) = documents(world)
    assert (document.references.order_number, document.references.person_reference) == ("PO-7", "NIELS17")


def test_a_refused_invoice_is_mended_sent_again_and_taken(world: World) -> None:
    kommune = signed(world, KOMMUNE)
    world.round()
    invoice = world.invoice_of(kommune)
    (document,) = documents(world)
    answer(world, document, "BusinessReject", reasons=("Personreferencen er ukendt.",))
    world.live_until(date(2026, 9, 2))
    (document,) = documents(world)
    assert (document.state, document.reasons) == (State.REJECTED, ("Personreferencen er ukendt.",))
    assert received_on(world, invoice) is None
    world.live_until(date(2026, 9, 25))
    assert {claim.waits_for for claim in claims_parked(world.company_id)} == {"delivery of the invoice is not proven"}
    mend(world, kommune, person_reference="KAREN2")
    send_document_again(
        world.company,
        document.document_id,
        reason="Ny reference",
        by=EVA,
        today=world.today,
        at=moment_of(world.today),
    )
    world.round()
    first, second = documents(world)
    assert (first.state, second.state, second.references.person_reference) == (State.REPLACED, State.SENT, "KAREN2")
    assert first.number == second.number
    answer(world, second, name="b")
    world.live_until(date(2026, 9, 26))
    assert documents(world)[1].state is State.ACCEPTED
    assert received_on(world, invoice) == date(2026, 9, 26)
    # 14 days from the day it came, though that was not the day it was issued: nobody is late on the printed day.
    (arrears,) = arrears_of([invoice.invoice_id], today=world.today)
    assert arrears.due_on is not None
    assert arrears.due_on >= (invoice.due_on or date.min)


def test_a_refusal_after_it_had_arrived_stops_everything_adverse_until_a_person_settles_it(world: World) -> None:
    alma = signed(world, OIOUBL)
    world.round()
    (document,) = documents(world)
    answer(world, document, "TechnicalAccept")
    world.live_until(date(2026, 9, 2))
    invoice = world.invoice_of(alma)
    assert received_on(world, invoice) == date(2026, 9, 2)
    answer(world, document, "BusinessReject", reasons=("Ukendt ydelse",), name="b")
    world.live_until(date(2026, 9, 25))
    (pause,) = pauses_of_invoice(invoice.invoice_id)
    assert (pause.cause, pause.reason, pause.ended_on) == ("dispute", "Ukendt ydelse", None)
    (document,) = documents(world)
    with pytest.raises(NotSentAgain, match="The customer has this document"):
        send_document_again(
            world.company, document.document_id, reason="x", by=EVA, today=world.today, at=moment_of(world.today)
        )
    settle_document(
        world.company, document.document_id, reason="krediteret", by=EVA, today=world.today, at=moment_of(world.today)
    )
    assert documents(world)[0].state is State.REPLACED


def test_a_yes_after_a_refusal_changes_nothing(world: World) -> None:
    signed(world, OIOUBL)
    world.round()
    (document,) = documents(world)
    answer(world, document, "BusinessReject")
    answer(world, document, "TechnicalAccept", name="b")
    world.live_until(date(2026, 9, 2))
    assert documents(world)[0].state is State.REJECTED


def test_the_same_answer_twice_is_one_and_another_with_the_same_word_is_noted_as_repeated(world: World) -> None:
    signed(world, OIOUBL)
    world.round()
    (document,) = documents(world)
    answer(world, document)
    answer(world, document, name="copy")
    world.live_until(date(2026, 9, 2))
    answer(world, document, name="later")  # of another day, so other bytes
    world.live_until(date(2026, 9, 3))
    accepted = [
        one for one in events_of_subjects([f"einvoice:{document.document_id}"]) if one.what == "einvoice.accepted"
    ]
    assert len(accepted) == 1
    assert drivers.e_invoice_inbox().waiting() == ()
    assert open_answers(world.company_id) == ()


@pytest.mark.parametrize(
    ("content", "state"),
    [
        (b"not xml at all", "unreadable"),
        (b"<?xml version='1.0'?><ApplicationResponse", "unreadable"),
        (b"<Invoice xmlns='urn:oasis:names:specification:ubl:schema:xsd:Invoice-2'/>", "unreadable"),
        (b"", "unreadable"),
    ],
)
def test_a_file_that_is_no_answer_waits_for_a_person_and_holds_nobody_up(
    world: World, content: bytes, state: str
) -> None:
    signed(world, OIOUBL)
    world.round()
    (document,) = documents(world)
    drivers.e_invoice_transport().answer("0-bad.xml", content)
    answer(world, document, name="1-good")
    world.live_until(date(2026, 9, 2))
    assert documents(world)[0].state is State.ACCEPTED
    (open_answer,) = open_answers(world.company_id)
    assert (open_answer.state, open_answer.name) == (state, "0-bad.xml")
    assert open_answer.problem
    assert things_to_see_to(world) == 1


def test_an_answer_to_a_document_that_we_never_sent_waits_for_a_person(world: World) -> None:
    signed(world, OIOUBL)
    world.round()
    (document,) = documents(world)
    answer(world, replace(document, number="987654"))
    world.live_until(date(2026, 9, 2))
    (open_answer,) = open_answers(world.company_id)
    assert (open_answer.state, open_answer.number) == ("unknown", "987654")
    assert documents(world)[0].state is State.SENT


def test_an_answer_of_equal_number_goes_to_the_company_that_it_is_addressed_to(world: World) -> None:
    other = World("compusoft", BEGINS_ON)
    signed(world, OIOUBL)
    plan = next(plan for sold in catalogue_of("compusoft").product for plan in sold.plan if plan.interval_months)
    other.customer(OIOUBL, plan.code, began_on=BEGAN_ON)
    world.round()
    other.round()
    (document,), (other_document,) = documents(world), documents(other)
    assert (document.number, document.endpoint) == (other_document.number, other_document.endpoint)
    answer(world, document)
    other.round()  # whoever's round it is, the answer finds its document
    assert (documents(world)[0].state, documents(other)[0].state) == (State.ACCEPTED, State.SENT)


def test_a_document_whose_fate_is_unknown_is_handed_over_again_and_delivered_once(world: World) -> None:
    signed(world, KOMMUNE)
    drivers.e_invoice_transport().lose(GLN)
    world.round()
    (document,) = documents(world)
    assert document.state is State.UNCERTAIN
    drivers.e_invoice_transport().accept(GLN)
    world.live_until(date(2026, 9, 2))
    assert documents(world)[0].state is State.SENT
    assert documents(world)[0].attempts > document.attempts
    assert len(drivers.e_invoice_transport().taken) == 1


def test_an_answer_settles_the_fate_of_a_document_that_was_lost_on_the_way(world: World) -> None:
    kommune = signed(world, KOMMUNE)
    drivers.e_invoice_transport().lose(GLN)
    world.round()
    (document,) = documents(world)
    answer(world, document)
    world.round()
    (document,) = documents(world)
    assert (document.state, document.receipt[:9]) == (State.ACCEPTED, "answered:")
    assert received_on(world, world.invoice_of(kommune)) == BEGINS_ON


def test_a_receiver_that_is_not_registered_parks_the_document(world: World) -> None:
    signed(world, KOMMUNE)
    drivers.e_invoice_transport().turn_away(GLN, is_permanent=True)
    world.round()
    (document,) = documents(world)
    assert (document.state, document.problems[0].code) == (State.PARKED, "turned away")
    assert "not registered" in document.problems[0].message("en")
    drivers.e_invoice_transport().accept(GLN)
    world.live_until(date(2026, 9, 2))
    assert documents(world)[0].state is State.PARKED  # nothing of ours mends that: a person says when
    send_document_again(
        world.company, document.document_id, reason="nu er de", by=EVA, today=world.today, at=moment_of(world.today)
    )
    world.round()
    assert [one.state for one in documents(world)] == [State.REPLACED, State.SENT]


def test_without_the_official_rules_nothing_goes_out_and_with_them_it_does_by_itself(world: World) -> None:
    signed(world, KOMMUNE)
    signed(world, replace(OIOUBL, number="1002"))
    drivers.e_invoice_gate().is_installed = False
    world.round()
    assert states(world) == [("invoice", "parked")] * 2
    assert {problem.code for one in documents(world) for problem in one.problems} == {"no official rules"}
    assert things_to_see_to(world) == 1  # one thing to do, however many wait
    assert drivers.e_invoice_transport().taken == ()
    drivers.e_invoice_gate().is_installed = True
    world.round()
    assert counts_of([world.company_id])[world.company_id].by_state == {"replaced": 2, "sent": 2}


def test_a_business_that_wants_mails_after_all_gets_the_parked_invoice_by_mail(world: World) -> None:
    alma = signed(world, replace(OIOUBL, cvr=""))
    world.round()
    (document,) = documents(world)
    assert [problem.code for problem in document.problems] == ["no endpoint"]
    mend(world, alma, delivery="e-mail")
    world.live_until(date(2026, 9, 2))
    assert [one.state for one in documents(world)] == [State.REPLACED]
    assert received_on(world, world.invoice_of(alma)) == date(2026, 9, 2)
    assert len(drivers.post().accepted) == 1


def test_a_reminder_goes_as_oioubl_reminder_with_fee_interest_and_compensation(world: World) -> None:
    alma = signed(world, OIOUBL)
    world.live_until(date(2026, 9, 1))
    for day in range(2, 31):
        for document in documents(world):
            if document.state is State.SENT:
                answer(world, document, name=document.key)
        world.live_until(date(2026, 9, day))
        world.bank(Money(1), text="nyt fra banken")
    kinds = [one.kind for one in documents(world)]
    assert "reminder" in kinds, world.story_of(alma)
    reminder = next(one for one in documents(world) if one.kind == "reminder")
    assert reminder.state is State.ACCEPTED
    invoice = next(one for one in invoices_of_customer(alma) if one.invoice_id == reminder.invoice_id)
    assert text_of(reminder, "{*}ReminderSequenceNumeric") == ["1"]
    assert text_of(reminder, ".//{*}BillingReference/{*}InvoiceDocumentReference/{*}ID") == [str(invoice.number)]
    (payable,) = text_of(reminder, "{*}LegalMonetaryTotal/{*}PayableAmount")
    (letter,) = [one for one in letters_of_invoices([invoice.invoice_id]) if one.kind == "reminder"][:1]
    assert letter.paper is not None
    charges = sum(minor for _kind, minor in letter.paper["charges_minor"])  # type: ignore[attr-defined]
    assert payable == str(Money(int(str(letter.paper["principal_minor"])) + charges).decimal)
    assert letter.state == "accepted"


def test_peppol_has_no_reminder_so_it_goes_by_mail(world: World) -> None:
    signed(world, PEPPOL)
    world.live_until(date(2026, 9, 1))
    for day in range(2, 31):
        for document in documents(world):
            if document.state is State.SENT:
                answer(world, document, name=document.key)
        world.live_until(date(2026, 9, day))
        world.bank(Money(1), text="nyt fra banken")
    assert {one.kind for one in documents(world)} == {"invoice"}
    assert any("Rykker" in mail.subject for mail in drivers.post().accepted)


def test_a_partial_credit_note_says_exactly_what_the_books_say(world: World) -> None:
    alma = signed(world, OIOUBL)
    world.round()
    invoice = world.invoice_of(alma)
    because = (Citation("safe-it", "2.1", "2025-01"),)
    for minor in (33_33, 33_33, 33_33):
        credit_invoice(
            world.company,
            invoice.invoice_id,
            net_by_position={1: Money(minor)},
            reason="del",
            because=because,
            by=EVA,
            today=world.today,
            at=moment_of(world.today),
        )
    world.round()
    notes = [one for one in documents(world) if one.kind == "credit note"]
    assert [one.state for one in notes] == [State.SENT] * 3
    assert [text_of(one, "{*}TaxTotal/{*}TaxAmount") for one in notes] == [["8.33"], ["8.34"], ["8.33"]]
    assert [text_of(one, "{*}LegalMonetaryTotal/{*}PayableAmount") for one in notes] == [
        ["41.66"],
        ["41.67"],
        ["41.66"],
    ]
    for one in notes:
        assert text_of(one, "{*}BillingReference/{*}InvoiceDocumentReference/{*}ID") == [str(invoice.number)]
    assert [bool(one.problems) for one in notes] == [False, True, False]  # the øre is told as a warning


def test_two_rounds_make_the_same_documents_once(world: World) -> None:
    signed(world, KOMMUNE)
    for _ in range(3):
        world.round()
    (document,) = documents(world)
    assert document.attempts == 1
    events = [one.what for one in events_of_subjects([f"einvoice:{document.document_id}"])]
    assert events == ["einvoice.sent"]


def test_an_uploaded_answer_is_read_like_any_other(world: World) -> None:
    alma = signed(world, OIOUBL)
    world.round()
    (document,) = documents(world)
    content = application_response(document, world.company, code="BusinessAccept", on=world.today)
    at = moment_of(world.today)
    assert keep_answer(name="mail.xml", content=content, at=at, company_id=world.company_id, by=EVA) is not None
    assert keep_answer(name="mail.xml", content=content, at=at, company_id=world.company_id, by=EVA) is None
    world.round()
    assert documents_of_invoices([world.invoice_of(alma).invoice_id])[0].state is State.ACCEPTED


def test_the_pdf_of_a_mailed_invoice_carries_the_e_invoice_and_a_consumers_does_not(world: World) -> None:
    alma, carla = signed(world, ALMA), signed(world, CARLA)
    world.round()
    (letter,) = letters_of_invoices([world.invoice_of(alma).invoice_id])
    carried = carried_by(letter, world.company)
    content = TypstMaker().render(replace(paper_of(letter, world.company), carried=carried))
    with pikepdf.open(BytesIO(content)) as pdf:
        (name,) = pdf.attachments
        xml = pdf.attachments[name].get_file().read_bytes()
    root = open_xml(xml)
    assert root.findtext("{*}ID") == str(world.invoice_of(alma).number)
    assert root.findtext("{*}LegalMonetaryTotal/{*}PayableAmount") == "1250.00"
    with OfficialGate() as own:  # the rules that come with the program
        assert not own.judge(xml).has_errors
    (letter,) = letters_of_invoices([world.invoice_of(carla).invoice_id])
    assert carried_by(letter, world.company) == ()


def test_the_command_gives_what_would_be_written_and_what_was(world: World) -> None:
    signed(world, KOMMUNE)
    signed(world, replace(ALMA, number="1002"))
    signed(world, CARLA)
    world.round()
    (document,) = documents(world)
    kept = document_as(world.company, document.number, Delivery.OIOUBL)
    assert kept.content == content_of(document.xml_sha256)
    for number in range(int(document.number), int(document.number) + 3):
        made = document_as(world.company, str(number), Delivery.PEPPOL)
        if made.content:
            assert open_xml(made.content).findtext("{*}ID") == str(number)
        else:  # Carla, whom no e-document can be addressed to
            assert [problem.code for problem in made.problems if not problem.is_warning] == ["BT-49"]
    with pytest.raises(NoSuchDocument, match="987654"):
        document_as(world.company, "987654", Delivery.OIOUBL)
    with pytest.raises(NoSuchDocument, match="Reminder"):
        document_as(world.company, f"{document.number}-R1", Delivery.OIOUBL)
