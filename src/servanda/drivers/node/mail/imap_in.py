"""Taking in a mailbox from another server over IMAP: every folder, with each message's date and flags.

Messages are put into our own Dovecot, not into files: quota, index and owner are then right. A message is known again
by its whole header, so that an errand that was cut off, or is run again before the customer's move is complete, brings
only what is missing; two messages that share a Message-Id are still two.
"""

import hashlib
import imaplib
import re
import socket
import ssl
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

from servanda.drivers.node import Broken, NotNow
from servanda.drivers.node.layout import Layout
from servanda.drivers.node.mail.places import Places
from servanda.drivers.node.mail.reaching import Address, is_public, resolved
from servanda.ground.nodes.kinds.mail import MailImport
from servanda.ground.nodes.wanted import ErrandNews, Wanted

PORT = 993
SECONDS = 60
MESSAGE_BYTES_MAX = 50 * 1024 * 1024
_AT_ONCE = 200
_LISTED = re.compile(rb'\((?P<flags>[^)]*)\) (?:"(?P<mark>(?:\\.|[^"\\]))"|NIL) (?P<name>.*)\Z', re.DOTALL)
_DATE = re.compile(rb'INTERNALDATE ("[ 0-9][0-9]-[A-Z][a-z]{2}-[0-9]{4} [0-9:]{8} [+-][0-9]{4}")')
_FLAGS = re.compile(rb"FLAGS \(([^)]*)\)")
_UID = re.compile(rb"UID ([0-9]+)")
_SIZE = re.compile(rb"RFC822\.SIZE ([0-9]+)")
_FLAG = re.compile(r"(\\(Seen|Answered|Flagged|Deleted|Draft)|[A-Za-z0-9$_-]{1,60})\Z")
_SPECIAL = {b"\\sent": b"Sent", b"\\drafts": b"Drafts", b"\\trash": b"Trash", b"\\junk": b"Junk"}
# Views of other folders' messages, taken last and only for what stood in no other folder.
_VIEWS = (b"\\all", b"\\flagged", b"\\important")


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of the other server, and the name that it gets here."""

    theirs: bytes
    ours: bytes
    is_view: bool


@dataclass(slots=True)
class Tally:
    """What was taken in so far."""

    folders: int = 0
    taken: int = 0
    known: int = 0
    too_large: int = 0


class MailImports:
    """The errand of moving a mailbox in. Its password lies in the inbox under the errand's number, and goes with it."""

    kinds: tuple[type[Wanted], ...] = (MailImport,)

    def __init__(
        self,
        layout: Layout,
        *,
        may_reach: Callable[[Address], bool] = is_public,
        port: int = PORT,
        trusted: str | None = None,
    ) -> None:
        self._layout, self._may_reach, self._port, self._trusted = layout, may_reach, port, trusted

    def run(self, wanted: Wanted, tell: Callable[[ErrandNews], None]) -> None:
        errand = cast(MailImport, wanted)
        if datetime.now(UTC) > errand.not_after:
            raise Broken("the errand's time is over: order it again")
        path = self._layout.inbox / f"{errand.errand}.password"
        try:
            password = path.read_text().rstrip("\n")
        except FileNotFoundError:
            raise Broken("the password of the other mailbox has not come in, or was used: enter it again") from None
        addresses = resolved(errand.host, self._port, may_reach=self._may_reach)
        context = ssl.create_default_context(cafile=self._trusted)
        try:
            theirs = _Pinned(errand.host, self._port, addresses, context)
            try:
                _log_in(theirs, errand.login, password)
                ours = own(self._layout, f"{errand.local}@{errand.domain}")
                try:
                    tally = take_in(theirs, ours, lambda step, percent: tell(_running(errand, step, percent)))
                finally:
                    ours.shutdown()
            finally:
                theirs.shutdown()
        except (OSError, imaplib.IMAP4.abort) as error:
            raise NotNow(f"the connection was lost: {error}") from error
        path.unlink(missing_ok=True)
        result = {"folders": tally.folders, "messages": tally.taken, "known": tally.known, "too_large": tally.too_large}
        tell(ErrandNews(key=errand.key, state="done", percent=100, result=result))


class _Pinned(imaplib.IMAP4_SSL):
    """A connection to one of the addresses that were checked; its certificate must name the host that was asked for."""

    def __init__(self, host: str, port: int, addresses: Sequence[str], context: ssl.SSLContext) -> None:
        self._addresses, self._context = addresses, context
        super().__init__(host, port, ssl_context=context, timeout=SECONDS)

    def _create_socket(self, timeout: float | None) -> ssl.SSLSocket:
        last: OSError | None = None
        for address in self._addresses:
            try:
                plain = socket.create_connection((address, self.port), timeout)
            except OSError as error:
                last = error
                continue
            return self._context.wrap_socket(plain, server_hostname=self.host)
        raise last or OSError("no address")


def own(layout: Layout, address: str) -> imaplib.IMAP4_SSL:
    """Open a mailbox of this node with the agent's own password, over loopback, by the node's very certificate."""
    places = Places(layout)
    context = ssl.create_default_context(cafile=str(places.certificate / "cert.pem"))
    context.check_hostname = False
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    here = layout.address if layout.is_private else "127.0.0.1"
    link = imaplib.IMAP4_SSL(here, layout.ports.imap, ssl_context=context, timeout=SECONDS)
    _log_in(link, f"{address}*import", places.master_password.read_text())
    return link


def take_in(theirs: imaplib.IMAP4, ours: imaplib.IMAP4, tell: Callable[[str, int], None]) -> Tally:
    """Bring over what is missing here. Raises Broken when the mailbox is full or a folder cannot be made."""
    tally, everywhere = Tally(), set[bytes]()
    folders = sorted(_folders(theirs), key=lambda one: (one.is_view, one.theirs))
    for number, folder in enumerate(folders):
        tell("mail-folder", 100 * number // max(len(folders), 1))
        _take_folder(theirs, ours, folder, tally, everywhere)
        tally.folders += 1
    return tally


def _take_folder(
    theirs: imaplib.IMAP4, ours: imaplib.IMAP4, folder: Folder, tally: Tally, everywhere: set[bytes]
) -> None:
    if theirs.select(_quoted(folder.theirs), readonly=True)[0] != "OK":
        return
    there = tuple(_keys(theirs))
    if folder.ours.upper() != b"INBOX":
        ours.create(_quoted(folder.ours))  # one that is there already is as good
        ours.subscribe(_quoted(folder.ours))
    if ours.select(_quoted(folder.ours), readonly=True)[0] != "OK":
        raise Broken(f"the folder {folder.ours!r} cannot be made here")
    here, seen = Counter(key for _, key, _ in _keys(ours)), Counter[bytes]()
    for uid, key, size in there:
        seen[key] += 1
        is_known = here[key] >= seen[key] or (folder.is_view and key in everywhere)
        everywhere.add(key)
        if is_known:
            tally.known += 1
        elif size > MESSAGE_BYTES_MAX:
            tally.too_large += 1
        else:
            _take_message(theirs, ours, folder, uid)
            tally.taken += 1


def _take_message(theirs: imaplib.IMAP4, ours: imaplib.IMAP4, folder: Folder, uid: bytes) -> None:
    found = list(_fetched(theirs, uid, "(UID FLAGS INTERNALDATE BODY.PEEK[])"))
    if not found:
        return  # it was deleted there meanwhile
    facts, message = found[0]
    flags, date = _FLAGS.search(facts), _DATE.search(facts)
    kept = [one for one in (flags[1].decode("ascii", "replace").split() if flags else []) if _FLAG.match(one)]
    try:
        answer, text = ours.append(
            _quoted(folder.ours), f"({' '.join(kept)})", date[1].decode() if date else "", message.replace(b"\0", b"")
        )
    except imaplib.IMAP4.error as error:
        raise Broken(f"a message was not taken: {error}") from error
    if answer != "OK":
        told = text[0].decode(errors="replace") if isinstance(text[0], bytes) else str(text[0])
        raise Broken(f"a message was not taken: {told[:200]}")


def _keys(link: imaplib.IMAP4) -> Iterator[tuple[bytes, bytes, int]]:
    """Give each message of the chosen folder: its number, what it is known by, its size."""
    answer, found = link.uid("SEARCH", "ALL")
    if answer != "OK":
        raise NotNow("the folder cannot be searched now")
    numbers = found[0].split() if found and found[0] else []
    for start in range(0, len(numbers), _AT_ONCE):
        asked = b",".join(numbers[start : start + _AT_ONCE])
        for facts, header in _fetched(link, asked, "(UID RFC822.SIZE BODY.PEEK[HEADER])"):
            uid, size = _UID.search(facts), _SIZE.search(facts)
            if uid:
                yield uid[1], known_by(header), int(size[1]) if size else 0


def known_by(header: bytes) -> bytes:
    """Return the same for the same header, whatever a server made of its line ends."""
    return hashlib.sha256(re.sub(rb"\r?\n", b"\n", header.replace(b"\0", b"")).strip()).digest()


def _fetched(link: imaplib.IMAP4, uids: bytes, what: str) -> Iterator[tuple[bytes, bytes]]:
    answer, found = link.uid("FETCH", uids.decode("ascii"), what)
    if answer != "OK":
        raise NotNow("messages cannot be fetched now")
    facts, content = b"", b""
    for part in found:
        if isinstance(part, tuple):
            facts, content = part[0], part[1]
        elif isinstance(part, bytes) and facts:
            yield facts + b" " + part, content
            facts, content = b"", b""


def _folders(link: imaplib.IMAP4) -> Iterator[Folder]:
    answer, found = link.list()
    if answer != "OK":
        raise NotNow("the folders cannot be listed now")
    for entry in found:
        literal = entry[1] if isinstance(entry, tuple) else None
        line = entry[0] if isinstance(entry, tuple) else entry
        match = _LISTED.match(line) if isinstance(line, bytes) else None
        if match is None:
            continue
        flags = match["flags"].lower().split()
        name = literal if literal is not None else _unquoted(match["name"])
        if b"\\noselect" in flags or b"\\nonexistent" in flags or not _is_plain(name):
            continue
        mark = (match["mark"] or b"").removeprefix(b"\\") or b"\\"
        special = next((_SPECIAL[flag] for flag in flags if flag in _SPECIAL), None)
        is_view = any(flag in _VIEWS for flag in flags)
        yield Folder(name, b"Archive" if is_view else special or our_name(name, mark), is_view)


def our_name(theirs: bytes, mark: bytes) -> bytes:
    """Return the name of a folder here, where a dot stands between the levels."""
    if theirs.upper() == b"INBOX":
        return b"INBOX"
    levels = [level.replace(b".", b"_").replace(b"/", b"_") for level in theirs.split(mark) if level]
    if len(levels) > 1 and levels[0].upper() == b"INBOX":
        levels = levels[1:]
    return b".".join(levels)


def _is_plain(name: bytes) -> bool:
    return 0 < len(name) <= 200 and all(0x20 <= sign < 0x7F for sign in name)


def _quoted(name: bytes) -> str:
    escaped = name.replace(b"\\", b"\\\\").replace(b'"', b'\\"')
    return f'"{escaped.decode("ascii")}"'


def _unquoted(name: bytes) -> bytes:
    if name.startswith(b'"') and name.endswith(b'"') and len(name) > 1:
        return re.sub(rb"\\(.)", rb"\1", name[1:-1])
    return name


def _log_in(link: imaplib.IMAP4, login: str, password: str) -> None:
    try:
        link.login(login, password)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as error:
        raise Broken(f"the login was refused: {error}") from error


def _running(errand: MailImport, step: str, percent: int) -> ErrandNews:
    return ErrandNews(key=errand.key, state="running", step=step, percent=percent)
