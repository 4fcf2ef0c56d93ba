"""Postfix's policy protocol: name=value lines, an empty line, one action back (SMTPD_POLICY_README)."""

import asyncio
import sqlite3
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from servanda.drivers.node.mail.gate.counts import DAY, HOUR, WEEK, Counts, week_of
from servanda.drivers.node.mail.gate.rows import Limits, Rows

_GOES_ON = "DUNNO"
_AWAY = "DEFER 4.3.0 The limits cannot be read now, try again"
_LINES_MAX = 200
_OPEN_MAX = 20_000  # messages that were begun and not yet ended
_OPEN_SECONDS = 600


@dataclass(slots=True)
class _Open:
    """A message that was begun: its recipients until its end."""

    sender: str
    at: float
    recipients: list[str] = field(default_factory=list)


class Policy:
    """Answers at RCPT whether one more recipient is within the limits, and counts at the end of the message."""

    def __init__(self, rows: Rows, counts: Counts, clock: Callable[[], float]) -> None:
        self._rows, self._counts, self._clock = rows, counts, clock
        self._open: OrderedDict[str, _Open] = OrderedDict()

    def answer(self, asked: Mapping[str, str]) -> str:
        """Return the action for one request. What cannot be read puts outgoing mail off and lets incoming mail pass."""
        try:
            match asked.get("protocol_state"):
                case "RCPT":
                    return self._recipient(asked)
                case "END-OF-MESSAGE":
                    return self._ended(asked)
                case _:
                    return _GOES_ON
        except sqlite3.Error:
            return _AWAY if asked.get("sasl_username") else _GOES_ON

    def _recipient(self, asked: Mapping[str, str]) -> str:
        now, sender = self._clock(), asked.get("sasl_username", "").lower()
        message = self._begun(asked, sender, now)
        if sender:
            limits = self._rows.limits(sender)
            refused = self._over(sender, limits, now)
            if refused:
                self._counts.add_limited(sender, now=now)
                return refused
        message.recipients.append(asked.get("recipient", "").lower())
        return _GOES_ON

    def _over(self, sender: str, limits: Limits | None, now: float) -> str:
        if limits is None:
            return "REJECT 5.7.1 This login may not send"
        begun = sum(len(one.recipients) for one in self._open.values() if one.sender == sender)
        for name, seconds, allowed in (("hourly", HOUR, limits.hourly), ("daily", DAY, limits.daily)):
            if self._counts.sent_within(sender, seconds, now=now) + begun + 1 > allowed:
                return f"DEFER 4.7.1 The {name} limit of {allowed} recipients is reached, try again later"
        return self._over_week(sender.rpartition("@")[2], limits, now)

    def _over_week(self, domain: str, limits: Limits, now: float) -> str:
        """A leave for bulk is of so many in a week, whoever of the domain sends them and on whatever day."""
        if not limits.weekly:
            return ""
        begun = sum(len(one.recipients) for one in self._open.values() if one.sender.endswith(f"@{domain}"))
        if self._counts.sent_within(week_of(domain), WEEK, now=now) + begun + 1 > limits.weekly:
            return f"DEFER 4.7.1 The weekly limit of {limits.weekly} recipients is reached, try again later"
        return ""

    def _ended(self, asked: Mapping[str, str]) -> str:
        now, sender = self._clock(), asked.get("sasl_username", "").lower()
        message = self._open.pop(asked.get("instance", ""), None)
        named = message.recipients if message else [one for one in (asked.get("recipient", "").lower(),) if one]
        size = _number(asked.get("size"))
        if sender:
            sent = max(len(named), _number(asked.get("recipient_count")), 1)
            self._counts.add_sent(sender, recipients=sent, size=size, now=now)
        boxes = {box for one in named for box in self._rows.mailboxes(one)}
        if boxes:
            self._counts.add_received(sorted(boxes), size=size, now=now)
        return _GOES_ON

    def _begun(self, asked: Mapping[str, str], sender: str, now: float) -> _Open:
        while self._open:
            _, oldest = next(iter(self._open.items()))
            if len(self._open) < _OPEN_MAX and oldest.at > now - _OPEN_SECONDS:
                break
            self._open.popitem(last=False)
        return self._open.setdefault(asked.get("instance", ""), _Open(sender, now))


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, policy: Policy) -> None:
    """Answer the requests of one of Postfix's processes until it goes."""
    asked: dict[str, str] = {}
    try:
        while line := await reader.readline():
            text = line.decode(errors="replace").rstrip("\r\n")
            if text and len(asked) < _LINES_MAX:
                name, _, value = text.partition("=")
                asked[name] = value
            elif not text:
                writer.write(f"action={policy.answer(asked)}\n\n".encode())
                await writer.drain()
                asked = {}
    except (OSError, ValueError):
        pass
    finally:
        writer.close()


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() else 0
