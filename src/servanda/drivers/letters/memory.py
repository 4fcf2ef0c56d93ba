"""A post that keeps its mails in memory: for tests and the simulation, and able to be as bad as real ones."""

import hashlib
from collections.abc import Iterable, Iterator

from servanda.drivers.letters import Accepted, Outcome, OutgoingMail, Rejected, Uncertain, wire_address
from servanda.drivers.letters.mime import bytes_of


class MemoryPost:
    """Keeps what it accepted, in order. Recipients can be told to reject or to lose their mails."""

    def __init__(self) -> None:
        self._accepted: list[OutgoingMail] = []
        self._answers: dict[str, Rejected | Uncertain] = {}

    @property
    def accepted(self) -> tuple[OutgoingMail, ...]:
        return tuple(self._accepted)

    def reject(self, recipient: str, *, is_permanent: bool) -> None:
        """From now on, mails to the recipient are rejected."""
        reply = "550 5.1.1 no such mailbox" if is_permanent else "451 4.7.1 try again later"
        self._answers[wire_address(recipient)] = Rejected(reply, is_permanent)

    def lose(self, recipient: str) -> None:
        """From now on, the line breaks after the content of a mail to the recipient has gone out."""
        self._answers[wire_address(recipient)] = Uncertain("connection lost after the content was sent")

    def accept(self, recipient: str) -> None:
        """From now on, mails to the recipient are accepted again."""
        self._answers.pop(wire_address(recipient), None)

    def send(self, message: OutgoingMail) -> Outcome:
        answer = self._answers.get(wire_address(message.recipient))
        if answer is not None:
            return answer
        self._accepted.append(message)
        queue_id = hashlib.sha256(bytes_of(message)).hexdigest()[:20].upper()
        return Accepted(f"250 2.0.0 queued as {queue_id}", "memory")

    def send_all(self, messages: Iterable[OutgoingMail]) -> Iterator[Outcome]:
        yield from map(self.send, messages)
