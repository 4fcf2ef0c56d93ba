"""The end of a day: what people do about it, and what must be true then whatever had happened."""

from collections import Counter
from datetime import date, timedelta
from email import message_from_bytes
from pathlib import Path

from servanda.business.companies.actions import move_test_clock
from servanda.business.companies.queries import company as company_of
from servanda.business.dunning.decisions.ladder import next_step
from servanda.business.dunning.decisions.orders import Wait
from servanda.business.dunning.queries import arrears_of, claims_parked, ladder_terms_of
from servanda.business.letters.actions import send_again
from servanda.business.letters.facts import LetterFacts
from servanda.business.letters.queries import undelivered_letters
from servanda.faces.clock.post import deliver_of
from servanda.faces.clock.rounds import run_round
from servanda.ground.calendar import moment_of
from tests.cast import EVA
from tests.real import lives
from tests.real.outcome import Outcome, outcome_of

LEASES_HAVE_ENDED = timedelta(hours=1)


def quiet_run(slug: str, *, customers: int, days: int) -> Outcome:
    """Return what becomes of the company when nothing is killed."""
    company_id = lives.begin(slug, customers)
    for _ in range(days):
        lives.finish_day(company_id)
        next_day(company_id)
    lives.finish_day(company_id)
    return outcome_of(company_id)


def next_day(company_id: int) -> date:
    today = company_of(company_id).clock_on
    assert today is not None
    move_test_clock(company_id, to=today + timedelta(days=1))
    return today + timedelta(days=1)


def heal(company_id: int) -> int:
    """Do what people do at the end of a day; return how many letters nobody knew the fate of.

    Those are listed, and nothing happens on their claims until a person has sent them again.
    """
    company = company_of(company_id)
    assert company.clock_on is not None
    today = company.clock_on
    lives.read_statement(company)  # before any round, as on a quiet day: who pays today is not reminded today
    deliver_of(company, now=moment_of(today) + LEASES_HAVE_ENDED)
    run_round(company, now=moment_of(today))
    lost = [letter for letter in undelivered_letters(company_id) if letter.state == "uncertain"]
    for letter in lost:
        if letter.kind in {"invoice", "reminder"}:  # these give power over the customer; the news of a hold does not
            _assert_parked(company_id, letter, today=today)
        send_again(
            company_id,
            letter.letter_id,
            recipient=letter.recipient,
            reason="nobody knows whether it arrived",
            by=EVA,
            now=moment_of(today),
            today=today,
        )
    lives.finish_day(company_id)
    assert undelivered_letters(company_id) == ()
    return len(lost)


def _assert_parked(company_id: int, letter: LetterFacts, *, today: date) -> None:
    """Fail unless nothing adverse is due on the letter's claim, and it is listed as held back once it has a due day."""
    assert letter.invoice_id is not None
    (arrears,) = arrears_of([letter.invoice_id], today=today)
    step = next_step(arrears, ladder_terms_of(arrears), today=today)
    assert isinstance(step, Wait) or not step.is_adverse, (letter.key, step)
    listed = {claim.invoice_id for claim in claims_parked(company_id, limit=1000)}
    assert letter.invoice_id in listed or arrears.due_on is None or not arrears.open_principal, letter.key


def assert_mails_once(directory: Path) -> None:
    """The receiving server has each mail at most once."""
    ids = Counter(message_from_bytes(mail.read_bytes())["Message-ID"] for mail in directory.glob("*.eml"))
    assert ids, "no mail was sent at all"
    assert max(ids.values()) == 1
