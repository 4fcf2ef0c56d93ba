"""Whatever a value is, a template keeps its shape: what is outside its grammar is refused, what is inside stays a value."""

import json
import os
import random
import subprocess
from configparser import ConfigParser
from datetime import date
from pathlib import Path

import crossplane
import msgspec
import pytest
from lxml import html

from servanda.drivers.node.access.daemons import configuration as sshd_configuration
from servanda.drivers.node.access.logins import passwd_line, shadow_line
from servanda.drivers.node.layout import Layout, Ports
from servanda.drivers.node.web import nginx, pages, php
from servanda.drivers.node.web.places import site_of_link, wanted_links, wanted_marks
from servanda.ground.nodes.kinds.access import Login
from servanda.ground.nodes.kinds.base import Hold
from servanda.ground.nodes.kinds.web import Site

COUNT = int(os.environ.get("SERVANDA_HOSTILE_VALUES", "2000"))
SPITE = (
    "\n", "\r\n", "\0", ";", "}", "{", "#", "$", "${x}", '"', "'", "`", "\\", "..", "/", "../", "%0a", "<script>", "</p>", "&lt;",
    "<?php", "?>", "\u2028", "\u202e", "ø", "xn--", "a" * 64, "-", "_", ":", "::", "@", "user:x@", "|", "!", "*", "]]>", "<!--",
    "https://", "javascript:", "example.dk", "s1", "s1.example.dk", "1", "$2b$04$", "ssh-ed25519 ", "command=", " ",
)  # fmt: skip
CHARACTERS = [chr(number) for number in (*range(0x180), *range(0x2000, 0x2070), 0xFEFF, 0xFFFF, 0x1F600)]
LAYOUT = Layout(root=Path("/var/lib/servanda/n1"))


def hostile(dice: random.Random) -> str:
    """Make a value of a few spiteful pieces, of pieces in something harmless, or of any characters."""
    match dice.randrange(3):
        case 0:
            return "".join(dice.choices(SPITE, k=dice.randint(1, 5)))
        case 1:
            return f"example{dice.choice(SPITE)}" if dice.random() < 0.5 else f"{dice.choice(SPITE)}example.dk"
        case _:
            return "".join(dice.choices(CHARACTERS, k=dice.randint(1, 40)))


def read(kind: type, values: dict[str, object]):  # type: ignore[no-untyped-def]
    """Read a statement as the node reads it from a document; None when the grammar refuses it."""
    try:
        return msgspec.json.decode(json.dumps(values), type=kind)
    except (msgspec.ValidationError, msgspec.DecodeError, UnicodeEncodeError):
        return None


def shape(page: str) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.tag, tuple(one.keys())) for one in html.fromstring(page).iter() if isinstance(one.tag, str)]


BENIGN = Hold(cause="payment", clause="§ 1", provider="A", since=date(2026, 1, 1), way_out="https://a.dk/")


@pytest.fixture(scope="module", params=["quick", pytest.param("whole", marks=pytest.mark.slow)])
def count(request: pytest.FixtureRequest) -> int:
    return COUNT if request.param == "quick" else 100_000


def test_the_page_of_a_hold_keeps_its_shape(count: int) -> None:
    benign = shape(pages.held((BENIGN,)))
    taken = 0

    dice = random.Random(count)
    for _ in range(count):
        provider, clause = hostile(dice), hostile(dice)
        way_out = dice.choice(("", "https://a.dk/")) + hostile(dice)
        for name, value in (("provider", provider), ("clause", clause), ("way_out", way_out)):
            given_values = {
                "cause": "payment",
                "clause": "§ 1",
                "provider": "A",
                "since": "2026-01-01",
                "way_out": "https://a.dk/",
            }
            hold = read(Hold, {**given_values, name: value})
            if hold is None:
                continue
            taken += 1
            page = pages.held((hold,))
            assert shape(page) == benign
            parsed = html.fromstring(page)
            assert {link.get("href") for link in parsed.iter("a")} == {hold.way_out}
            assert value.split() == [] or "".join(value.split()) in "".join(parsed.text_content().split())

    assert taken > count / 20, "the grammar lets something through, so that the template is tried too"


def test_a_site_gives_links_and_marks_of_one_shape_or_is_refused(count: int) -> None:
    dice = random.Random(count)
    for _ in range(count):
        name, to = hostile(dice), hostile(dice)
        number, tenant = (
            dice.choice((hostile(dice), dice.randint(-9, 1 << 40), dice.randint(1, 9_999_999))) for _ in "12"
        )
        for changed in (
            {"names": [name]},
            {"redirects": [{"name": name, "to": to}]},
            {"site": number},
            {"tenant": tenant},
        ):
            values = {"kind": "site", "site": 1, "tenant": 200_001, "names": ["a.dk"], "php": "8.2", **changed}
            one = read(Site, values)
            if one is None:
                continue
            for link, target in wanted_links(one).items():
                assert not set(link) & set("/\0\n\r"), link
                assert link not in (".", "..", "_default")
                assert site_of_link(target) == one.site
                assert target.split("/")[1] in ("sites", "moved")
                assert ".." not in target.split("/")[1:]
            assert all("/" not in mark for mark in wanted_marks(one))
            _pool_is_whole(one)


def _pool_is_whole(one: Site) -> None:
    told = ConfigParser(interpolation=None, strict=True, delimiters=("=",))
    told.read_string(php.pool(LAYOUT, one))
    assert told.sections() == ["global", "site"]
    assert len(told["site"]) == 22
    assert told["site"]["listen"] == f"/var/lib/servanda/n1/run/php/{one.site}.sock"
    assert json.loads(php.start(LAYOUT, one))["uid"] == one.tenant >= 200_000


def test_a_login_gives_one_line_of_seven_and_one_of_nine_fields_or_is_refused(count: int) -> None:
    dice = random.Random(count)
    for _ in range(count):
        name = hostile(dice)
        password = dice.choice(("", "$2b$04$")) + hostile(dice)
        key = dice.choice(("", "ssh-ed25519 ", f"ssh-ed25519 {'A' * 60}")) + hostile(dice)
        for changed in ({"name": name}, {"password_hash": password}, {"keys": [key]}):
            one = read(Login, {"kind": "login", "name": "s1", "site": 1, "tenant": 200_001, **changed})
            if one is None:
                continue
            for line, fields in ((passwd_line(LAYOUT, one), 7), (shadow_line(LAYOUT, one), 9)):
                assert len(line.split(":")) == fields
                assert line.isprintable()
            assert all(len(text.split(" ")) == 2 and text.isprintable() for text in one.keys)


def test_nginx_reads_the_configuration_as_it_was_meant(tmp_path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "nginx.conf"
    path.write_text(nginx.configuration(LAYOUT))
    parsed = crossplane.parse(str(path), single=True, strict=False, check_ctx=False, check_args=False)
    assert parsed["status"] == "ok"
    http = next(one for one in parsed["config"][0]["parsed"] if one["directive"] == "http")["block"]
    servers = [one["block"] for one in http if one["directive"] == "server"]
    assert len(servers) == 2
    for place in [one for one in servers[1] if one["directive"] == "location"]:
        inside = [one["directive"] for one in place["block"]]
        if "try_files" in inside:
            assert "disable_symlinks" in inside, f"{place['args']} serves files without a look at who owns a link"
        ifs = [one["block"] for one in place["block"] if one["directive"] == "if"]
        assert all([inner["directive"] for inner in one] == ["return"] for one in ifs), (
            "nginx leaves the location at any other"
        )


@pytest.mark.parametrize("root", ["/var/x;y", "/var/{x}", "/var/a b", "/var/$x", "/var/x\ny", '/var/"'])
def test_a_folder_with_signs_of_a_configuration_is_refused(root: str) -> None:

    from servanda.drivers.node import Broken

    for render in (nginx.configuration, sshd_configuration):
        with pytest.raises(Broken):
            render(Layout(root=Path(root), ports=Ports()))


def test_sshd_takes_its_configuration(layout: Layout) -> None:
    from servanda.drivers.node import access

    access.prepare(layout)
    done = subprocess.run(
        ["/usr/sbin/sshd", "-T", "-f", str(layout.etc / "sshd" / "sshd_config"), "-C", "user=s1,host=x,addr=127.0.0.1"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if "privilege separation" in done.stderr.lower():
        pytest.skip("the server has no /run/sshd")
    assert done.returncode == 0, done.stderr
    said = done.stdout.lower()
    for line in (
        "permitrootlogin no",
        "permittty no",
        "allowtcpforwarding no",
        "permitopen any",
        "forcecommand internal-sftp",
    ):
        assert line in said
