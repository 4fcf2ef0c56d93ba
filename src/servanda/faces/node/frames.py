"""What goes over the helper's socket: a length of four bytes, then so many bytes, each read within limits."""

import socket
import struct
import time
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

QUESTION_BYTES = 4_096
ANSWER_BYTES = 1 << 20
DOCUMENT_BYTES = 32 << 20
_LENGTH = struct.Struct(">I")


class BadFrame(Exception):
    """The other side sent what is no frame, one that is too long, or too little of it in time."""


class Do(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="do", tag_field="ask"):
    """Carry out a verb on the resource with this key. There is nothing else that could be said."""

    verb: Annotated[str, Meta(pattern=r"\A[a-z_]{1,40}\Z")]
    key: Annotated[str, Meta(pattern=r"\A[a-z-]{1,20}/[^\x00-\x1f\x7f]{0,330}\Z")]


class Accept(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="accept", tag_field="ask"):
    """A signed document follows as the next frame."""


class Where(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="where", tag_field="ask"):
    """How far has the helper come?"""


class Done(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="done", tag_field="answer"):
    result: dict[str, str | int | bool] = {}
    seq: int = 0


class Not(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="not", tag_field="answer"):
    """`how` says which exception it was; a refused document has its reason and the helper's own position."""

    how: str  # refused, not now, broken, document
    text: str = ""
    reason: str = ""
    seq: int = 0


_QUESTION = msgspec.json.Decoder(Do | Accept | Where)
_ANSWER = msgspec.json.Decoder(Done | Not)


def decode_question(raw: bytes) -> Do | Accept | Where:
    try:
        question: Do | Accept | Where = _QUESTION.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BadFrame(f"no question: {error}") from error
    return question


def decode_answer(raw: bytes) -> Done | Not:
    try:
        answer: Done | Not = _ANSWER.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise BadFrame(f"no answer: {error}") from error
    return answer


def send(line: socket.socket, content: bytes | Struct) -> None:
    raw = content if isinstance(content, bytes) else msgspec.json.encode(content)
    line.sendall(_LENGTH.pack(len(raw)) + raw)


def receive(line: socket.socket, *, longest: int, seconds: float) -> bytes | None:
    """Return the next frame, or None when the other side has closed before its first byte. Raises BadFrame.

    The whole frame must come within the time, however slowly its bytes drip.
    """
    until = time.monotonic() + seconds
    head = _exactly(line, _LENGTH.size, until)
    if head is None:
        return None
    (length,) = _LENGTH.unpack(head)
    if not 0 < length <= longest:
        raise BadFrame(f"a frame of {length} bytes, at most {longest} are read")
    content = _exactly(line, length, until)
    if content is None:
        raise BadFrame("the line was closed before the frame")
    return content


def _exactly(line: socket.socket, length: int, until: float) -> bytes | None:
    read = bytearray()
    while len(read) < length:
        left = until - time.monotonic()
        if left <= 0:
            raise BadFrame("the frame did not come in time")
        line.settimeout(left)
        try:
            part = line.recv(min(length - len(read), 1 << 16))
        except TimeoutError as error:
            raise BadFrame("the frame did not come in time") from error
        if not part:
            if read:
                raise BadFrame("the line was closed within a frame")
            return None
        read += part
    return bytes(read)
