"""Letters of the house in memory: written, sent to servers that are as bad as real ones, and sent again by staff."""

from dataclasses import replace
from datetime import date, timedelta

from servanda.business.contracts.facts import Announced
from servanda.business.letters.decisions import accepted_day, state_after
from servanda.business.letters.facts import LetterFacts
from servanda.simulation.faults import mail_fate, resent_after
from servanda.simulation.house.state import COMPANY, Client, House

ANSWERS = {
    "accepted": "accepted",
    "refused for now": "waiting",
    "refused": "rejected",
    "uncertain": "uncertain",
}
SEEN = frozenset({"invoice", "reminder"})


def write(
    house: House, client: Client, key: str, kind: str, *, invoice_id: int | None, today: date, step: int = 0
) -> None:
    """Write a letter, once for each key."""
    if key in client.letters:
        house.violated("I48 a notice is written once", today, client, key)
        return
    made = LetterFacts(
        letter_id=house.new_id(),
        company_id=COMPANY,
        customer_id=client.number,
        key=key,
        kind=kind,
        language=client.lived.language,
        recipient=client.lived.email,
        subject="",
        text="",
        paper=None,
        on_day=today,
        state="waiting",
        accepted_on=None,
        accepted_at=None,
        reply="",
        attempts=0,
        invoice_id=invoice_id,
        document_sha256="",
    )
    _keep(client, made)


def _keep(client: Client, letter: LetterFacts) -> None:
    client.letters[letter.key] = letter
    client.waiting_letters.append(letter.key)
    if letter.invoice_id is not None:
        client.letters_of.setdefault(letter.invoice_id, []).append(letter.key)


def name_of(house: House, client: Client, letter: LetterFacts) -> str:
    """Return the name by which both simulations know a letter: its kind, the client's invoice and the step."""
    number = house.how_manieth(client, letter.invoice_id) if letter.invoice_id else 0
    step = letter.key.split(":again:")[0].split(":")[2:] if letter.kind == "reminder" else []
    return ":".join((letter.kind, str(number), *step))


def send_waiting(house: House, client: Client, *, today: date) -> list[tuple[LetterFacts, bool]]:
    """Send what waits, and return each letter with whether it was accepted. What was refused for now is tried tomorrow."""
    sent = []
    for key in list(client.waiting_letters):
        letter = client.letters[key]
        if client.resend.get(key, today) > today:
            continue
        name = name_of(house, client, letter)
        attempts = letter.attempts + 1
        before = sum(client.letters[other].attempts for other in _versions(client, letter) if other != key)
        fate = mail_fate(house.world.seed, client.number, name, before + attempts, faults=house.world.faults)
        state = state_after(ANSWERS[fate], attempts=attempts)
        accepted_on = accepted_day(written_on=letter.on_day, today=today) if state == "accepted" else None
        if (state == "accepted") != (fate == "accepted") or (accepted_on not in (None, today)):
            house.violated(
                "I50 a letter counts from the day it was accepted", today, client, f"{name}: {fate}, {state}"
            )
        client.letters[key] = replace(letter, state=state, accepted_on=accepted_on, attempts=attempts)
        if state == "waiting":
            client.resend[key] = today + timedelta(days=1)
            continue
        client.resend.pop(key, None)
        client.waiting_letters.remove(key)
        if state != "accepted":
            client.resend[key] = today + timedelta(days=resent_after(house.world.seed, client.number, name))
        _note(house, client, client.letters[key], name, today=today)
        sent.append((client.letters[key], state == "accepted"))
    return sent


def send_again(house: House, client: Client, *, today: date) -> list[LetterFacts]:
    """Let staff write once more what was refused or lost, to an address that they have checked."""
    again = []
    for key in [key for key, on in client.resend.items() if on <= today]:
        letter = client.letters[key]
        if letter.state not in {"rejected", "uncertain"}:
            continue
        client.resend.pop(key, None)
        client.letters[key] = replace(letter, state="replaced")
        first = key.split(":again:")[0]
        tries = len(_versions(client, letter)) - 1
        new_key = f"{first}:again:{tries + 1}"
        written = replace(letter, key=new_key, letter_id=house.new_id(), on_day=today, state="waiting", attempts=0)
        _keep(client, written)
        again.append(client.letters[new_key])
    return again


def _versions(client: Client, letter: LetterFacts) -> list[str]:
    """Return the keys of a letter and of those that it was written again as."""
    first = letter.key.split(":again:")[0]
    keys = client.letters_of[letter.invoice_id] if letter.invoice_id is not None else client.letters
    return [key for key in keys if key.split(":again:")[0] == first]


def _note(house: House, client: Client, letter: LetterFacts, name: str, *, today: date) -> None:
    what = f"letter.{letter.state}"
    facts: dict[str, object] = {"letter": letter.key, "kind": letter.kind}
    house.record(client, f"{what}:{letter.key}", what, invoice_id=letter.invoice_id, today=today, facts=facts)
    house.tell(today, client, what, letter.invoice_id or 0, detail=name)
    if letter.kind == "price" and letter.state == "accepted":
        _, plan, since, _ = letter.key.split(":again:")[0].split(":")
        where = (plan, date.fromisoformat(since), client.number)
        told = house.told_prices[where]
        house.told_prices[where] = Announced(accepted_on=letter.accepted_on, promised=told.promised)
