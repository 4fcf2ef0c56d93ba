"""Hostile values through every map, answer and protocol: they are refused, or they stay one value in one place."""

import random
import re
import socket
import string
import struct
import subprocess
from pathlib import Path

import msgspec
import pytest

from servanda.drivers.node.layout import Layout, Ports
from servanda.drivers.node.mail import maps, postfix, rows
from servanda.drivers.node.mail.effects import block_answer, plain, stops_of
from servanda.ground.nodes.kinds.base import Hold
from servanda.ground.nodes.kinds.mail import MailAlias, Mailbox, MailDomain, OutboundBlock
from servanda.ground.nodes.wanted import decode_statement, encode
from tests.drivers.node.mail.conftest import HASH, MailNode, domain, hold
from tests.drivers.node.running import needs

COUNTS = [2_000, pytest.param(100_000, marks=pytest.mark.slow)]
SIGNS = string.ascii_lowercase + string.digits + "'\"`\\;{}$%#@!()<>|&*?=+-_./:, \t\r\n\0\x1b\x7fæøå§\u2028\U0001f4a9"
TRAPS = (
    "' OR '1'='1", "'; DROP TABLE mailbox; --", "a' UNION SELECT 'x' --", "%s", "%%", "%d%u%1", "${x}", "$(id)", "`id`",
    "a@b@c", "..", "../../etc/passwd", "a\r\nRCPT TO:<x>", "x\0y", "REJECT", "OK", "*", "@", "", " ", "<>", "a,b", "|cat",
    "/etc/passwd", ":include:/etc/passwd", "error:x", "smtp:[127.0.0.1]", "\N{FULLWIDTH APOSTROPHE}", "-oQ/tmp",
)  # fmt: skip


def hostile(count: int, *, seed: int = 7) -> list[str]:
    chance = random.Random(seed)
    made = [*TRAPS, *(f"{trap}@alma.test" for trap in TRAPS), *(f"alma@{trap}" for trap in TRAPS)]
    while len(made) < count:
        text = "".join(chance.choices(SIGNS, k=chance.randint(1, 40)))
        made.append(chance.choice((text, f"{text}@alma.test", f"alma@{text}", f"{chance.choice(TRAPS)}{text}")))
    return made[:count]


@pytest.mark.parametrize("count", COUNTS)
def test_a_statement_with_a_hostile_value_is_refused_or_makes_exactly_its_rows(tmp_path: Path, count: int) -> None:
    plain_box = msgspec.json.decode(encode(Mailbox(local="a", domain="b.test", tenant=200_001, password_hash=HASH)))
    plain_alias = msgspec.json.decode(encode(MailAlias(local="a", domain="b.test", to=("c@d.test",))))
    plain_domain = msgspec.json.decode(encode(MailDomain(domain="b.test", tenant=200_001)))
    places = [
        (plain_box, "local"), (plain_box, "domain"), (plain_box, "password_hash"), (plain_box, "may_send_as"),
        (plain_alias, "local"), (plain_alias, "domain"), (plain_alias, "to"),
        (plain_domain, "domain"), (plain_domain, "dkim_selector"), (plain_domain, "dkim_next"), (plain_domain, "route"),
    ]  # fmt: skip
    layout = Layout(root=tmp_path if len(str(tmp_path)) < 60 else Path("/x"))
    accepted = 0
    safe = re.compile(r"[a-z0-9_+=.@-]*\Z")
    for number, value in enumerate(hostile(count)):
        whole, name = places[number % len(places)]
        try:
            found = decode_statement(
                msgspec.json.encode({**whole, name: [value] if name in ("to", "may_send_as") else value})
            )
        except msgspec.ValidationError:
            continue
        accepted += 1
        if isinstance(found, Mailbox):
            assert safe.match(rows.address(found))
            login = rows.login(layout, found)
            assert login is not None
            home = Path(str(login["home"]))
            assert home.parent.parent == layout.mail
            assert home.name == found.local
        elif isinstance(found, MailAlias):
            assert all(safe.match(str(row["dest"])) for row in rows.targets(found))
        elif isinstance(found, MailDomain):
            assert safe.match(found.domain)
            assert re.fullmatch("[a-z0-9]{1,32}", found.dkim_selector)
    assert accepted < count / 4


@pytest.mark.parametrize("count", COUNTS)
def test_postfix_finds_nothing_for_a_hostile_question_and_its_rows_stay(node: MailNode, count: int) -> None:
    """Postfix itself asks, through its own files: what a stranger names as recipient or sender."""
    asked = [re.sub(r"[\r\n\0]", "", one).strip() for one in hostile(count)]
    asked = [one for one in asked if one and one not in ("alma@alma.test",)]
    before = _dump(node)
    for name in ("domains", "mailboxes", "targets", "logins", "receiving", "sending", "routes"):
        done = subprocess.run(
            ["postmap", "-c", str(node.layout.etc / "postfix"), "-q", "-", f"sqlite:{node.layout.etc}/postfix/{name}.cf"],
            input="\n".join(["alma.test", "alma@alma.test", *asked]).encode("utf-8", "replace"),
            capture_output=True, check=False,
        )  # fmt: skip
        told = done.stdout.decode("utf-8", "replace").splitlines()
        known = {
            "domains": ["alma.test\tok"],
            "mailboxes": ["alma@alma.test\tok"],
            "targets": ["alma@alma.test\talma@alma.test"],
            "logins": ["alma@alma.test\talma@alma.test"],
        }.get(name, [])
        assert told == known, (name, told[:5])
        assert b"fatal" not in done.stderr
        assert b"error" not in done.stderr.lower(), done.stderr[-300:]
    assert _dump(node) == before


def test_hostile_logins_and_recipients_meet_a_plain_refusal(node: MailNode) -> None:
    import imaplib

    for trap in TRAPS[:8]:
        quoted = trap.replace("\\", "\\\\").replace('"', '\\"')
        with socket.create_connection(("127.0.0.1", node.layout.ports.smtp), timeout=20) as link:
            file = link.makefile("rwb")
            file.readline()
            for line in ("EHLO x.test", "MAIL FROM:<a@x.test>"):
                file.write(line.encode() + b"\r\n")
                file.flush()
                while file.readline()[3:4] == b"-":
                    pass
            file.write(f'RCPT TO:<"{quoted}"@alma.test>\r\n'.encode())
            file.flush()
            assert file.readline()[:1] in (b"5", b"4")
            file.close()
    with pytest.raises(imaplib.IMAP4.error):
        node.imap("' OR '1'='1", "x")
    node.imap("alma@alma.test").logout()


LETTERS = "aZ09_ .,:§()-æøåÆØÅßéñłŽΩЖ字名አཀ٣²ªﬁǅ"
OTHERS = "".join(map(chr, (*range(0x20, 0x7F), *range(0xA0, 0x180), 0x200B, 0x202E, 0xFE0F, 0xFFFD, 0x1F4A9, 0x10FFFF)))


def check_answers(provider: str, clause: str) -> None:
    made = msgspec.convert(
        {**msgspec.to_builtins(hold("payment")), "provider": provider, "clause": clause}, type=Hold, strict=False
    )
    stops = stops_of((made, msgspec.structs.replace(made, cause="load")))
    texts = [stops.receiving, stops.sending, stops.unread, block_answer(OutboundBlock(clause=clause)), plain(provider)]
    for text in texts:
        assert len(text) <= 380 or text is texts[-1]
        assert all(" " <= sign <= "~" for sign in text)
    assert re.match(r"DEFER 4\.2\.1 [A-Z]", stops.receiving)
    assert re.match(r"REJECT 5\.7\.1 [A-Z]", stops.sending)
    assert re.match(r"REJECT 5\.7\.1 Outgoing", texts[3])


@pytest.mark.parametrize("count", COUNTS)
def test_an_answer_is_one_line_of_ascii_whatever_a_clause_says(count: int) -> None:
    chance = random.Random(11)
    for _ in range(count):
        clause = "".join(chance.choices(LETTERS, k=chance.randint(1, 120)))
        check_answers("".join(chance.choices(OTHERS, k=chance.randint(1, 200))), clause)


def test_the_configuration_is_read_as_it_was_meant(tmp_path: Path) -> None:
    """postconf parses the files: the same parameters, none unknown, whatever the layout says."""
    needs("postconf")
    names: list[set[str]] = []
    for values in ({}, {"mail_relay": "127.0.0.1:2525", "mail_bulk_address": "127.0.0.3", "is_private": False}):
        layout = Layout(root=Path("/var/lib/servanda/tcfg"), ports=Ports(), host_name="a.b.test", **values)  # type: ignore[arg-type]
        folder = tmp_path / str(len(names))
        folder.mkdir()
        for name, text in postfix.files(layout).items():
            (folder / name).write_text(text)
        read = subprocess.run(["postconf", "-c", str(folder), "-n"], capture_output=True, text=True, check=True)
        assert "unused parameter" not in read.stderr, read.stderr
        names.append({line.partition(" =")[0] for line in read.stdout.splitlines()})
        services = subprocess.run(["postconf", "-c", str(folder), "-M"], capture_output=True, text=True, check=True)
        assert services.stdout.count("\n") == 25
    assert names[0] == names[1]


def test_a_private_node_without_a_sink_sends_nothing_out() -> None:
    private = postfix.files(Layout(root=Path("/var/lib/servanda/tcfg")))["main.cf"].splitlines()
    assert "default_transport = error:5.7.1 this private node sends nothing out" in private
    assert "sender_dependent_default_transport_maps = " in private
    public = postfix.files(Layout(root=Path("/var/lib/servanda/tcfg"), is_private=False))["main.cf"].splitlines()
    assert "default_transport = smtp" in public


def test_dovecots_configuration_is_read_as_it_was_meant(node: MailNode) -> None:
    conf = str(node.layout.etc / "dovecot" / "dovecot.conf")
    asked = [
        "auth_master_user_separator",
        "auth_username_format",
        "disable_plaintext_auth",
        "recipient_delimiter",
        "ssl",
    ]
    done = subprocess.run(["doveconf", "-c", conf, "-h", *asked], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["*", "%Lu", "yes", "", "required"]
    assert done.stderr == ""


@pytest.mark.parametrize("name", ["policy", "milter"])
def test_the_gate_survives_what_is_no_protocol(node: MailNode, name: str) -> None:
    chance = random.Random(5)
    for _ in range(200):
        with socket.socket(socket.AF_UNIX) as link:
            link.connect(str(node.layout.run / "mail" / name))
            link.settimeout(5)
            raw = chance.randbytes(chance.randint(0, 200))
            shapes = (
                raw,
                struct.pack(">I", len(raw)) + raw,
                b"protocol_state=RCPT\nsender=" + raw + b"\n\n",
                b"a=" + b"x" * 70_000,
            )
            try:
                link.sendall(chance.choice(shapes))
            except OSError:
                continue
    count = len(node.sink.taken)
    node.send("birk@birk.test", "x@far-away.test", "after the noise")
    node.sink.wait(count + 1)


def _dump(node: MailNode) -> str:
    with maps.opened(node.layout.data / "mailmap" / "mail.db") as link:
        return "\n".join(link.iterdump())


def test_a_hold_of_a_parent_domain_says_nothing_about_a_subdomain(node: MailNode) -> None:
    node.tell(domain("parent.test", holds=(hold("load"),)), domain("sub.parent.test", 200_102))
    from tests.drivers.node.mail.conftest import mailbox
    from tests.drivers.node.mail.test_delivery import answer_to

    node.tell(mailbox("a@sub.parent.test", 200_102), mailbox("a@parent.test"))
    assert answer_to(node, "a@sub.parent.test")[0] == 250
    assert answer_to(node, "a@parent.test")[0] == 450
