"""The milter protocol, as much of it as Postfix speaks with us: whole messages in, headers or a refusal out.

Version 6 of Sendmail's protocol: four bytes of length, one letter, its content. A step that we do not need is switched
off when the protocol is agreed, so that a message costs one round trip per part.
"""

import asyncio
import struct
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

_PACKET_MAX = 1 << 20
_VERSION = 6
_ADD_HEADERS = 0x01
# No steps for connection, greeting, unknown commands and DATA; no answers to sender, recipients, headers and body: an
# answer that Postfix does not expect would stand for the verdict on the whole message.
_STEPS = (0x01 | 0x02 | 0x100 | 0x200) | (0x4000 | 0x8000 | 0x80 | 0x40000 | 0x80000)
# Headers come with the blank after their colon, so that what is signed is what is sent.
_LEADING_BLANKS = 0x100000


@dataclass(slots=True)
class Letter:
    """One message as Postfix has it, with the login that sends it."""

    login: str = ""
    recipients: int = 0
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytearray = field(default_factory=bytearray)

    def whole(self) -> bytes:
        """Return the message in the form that goes over the line."""
        head = b"".join(name + b":" + value + b"\r\n" for name, value in self.headers)
        return head + b"\r\n" + bytes(self.body)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a message: an SMTP answer that refuses it, or headers to put on top."""

    refusal: str = ""
    headers: tuple[tuple[str, str], ...] = ()


Judge = Callable[[Letter], Awaitable[Verdict]]


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, judge: Judge) -> None:
    """Follow one of Postfix's sessions until it ends. Anything out of form ends it; Postfix then puts the mail off."""
    letter, macros = Letter(), dict[str, str]()
    try:
        while True:
            command, content = await _packet(reader)
            match command:
                case b"O":
                    _write(writer, b"O", _agreed(content))
                case b"D":
                    macros.update(_macros(content))
                case b"M":
                    letter = Letter(login=macros.get("{auth_authen}", "").lower())
                case b"R":
                    letter.recipients += 1
                case b"N":
                    pass
                case b"L":
                    letter.headers.append(_header(content))
                case b"B":
                    letter.body += content
                case b"E":
                    letter.body += content
                    _answer(writer, await judge(letter))
                    letter = Letter(login=letter.login)
                case b"A":
                    letter = Letter()
                case b"K":
                    letter, macros = Letter(), {}
                case b"Q":
                    return
                case _:
                    raise ValueError(f"a step that was switched off: {command!r}")
            await writer.drain()
    except (OSError, ValueError, struct.error, asyncio.IncompleteReadError):
        return
    finally:
        writer.close()


async def _packet(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    (length,) = struct.unpack(">I", await reader.readexactly(4))
    if not 1 <= length <= _PACKET_MAX:
        raise ValueError(f"a packet of {length} bytes")
    content = await reader.readexactly(length)
    return content[:1], content[1:]


def _agreed(content: bytes) -> bytes:
    version, actions, steps = struct.unpack(">III", content[:12])
    if steps & _STEPS != _STEPS or not actions & _ADD_HEADERS:
        raise ValueError("the other side does not know the steps that are needed")
    return struct.pack(">III", min(version, _VERSION), actions & _ADD_HEADERS, steps & (_STEPS | _LEADING_BLANKS))


def _macros(content: bytes) -> dict[str, str]:
    words = content[1:].decode(errors="replace").split("\0")
    return dict(zip(words[::2], words[1::2], strict=False))


def _header(content: bytes) -> tuple[bytes, bytes]:
    name, _, value = content.removesuffix(b"\0").partition(b"\0")
    return name, value.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def _answer(writer: asyncio.StreamWriter, verdict: Verdict) -> None:
    if verdict.refusal:
        _write(writer, b"y", verdict.refusal.encode("ascii", "replace") + b"\0")
        return
    for name, value in verdict.headers:
        _write(writer, b"i", struct.pack(">I", 0) + name.encode() + b"\0" + value.encode() + b"\0")
    _write(writer, b"a")


def _write(writer: asyncio.StreamWriter, command: bytes, content: bytes = b"") -> None:
    writer.write(struct.pack(">I", len(content) + 1) + command + content)
