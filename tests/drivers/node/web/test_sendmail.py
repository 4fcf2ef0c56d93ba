"""PHP's mail() goes out by SMTP under the site's own name, from within the jail."""

import json
from collections.abc import Iterator
from email import message_from_bytes

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope

from servanda.drivers.node import tenants
from tests.drivers.node.web.house import BIRK, House, site

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH")


class Post:
    """A submission that takes what has the right password, and keeps it."""

    def __init__(self) -> None:
        self.taken: list[Envelope] = []

    async def handle_DATA(self, server: object, session: object, envelope: Envelope) -> str:  # noqa: N802
        self.taken.append(envelope)
        return "250 OK"

    def allow(self, server: object, session: object, envelope: object, mechanism: str, data: object) -> AuthResult:
        return AuthResult(success=(data.login, data.password) == (b"site-2@example.dk", b"right"), handled=False)  # type: ignore[attr-defined]


@pytest.fixture
def post(served: House) -> Iterator[Post]:
    post = Post()
    control = Controller(
        post, hostname="127.0.0.1", port=served.layout.ports.submission, authenticator=post.allow,
        auth_required=True, auth_require_tls=False,
    )  # fmt: skip
    control.start()
    yield post
    control.stop()


def credentials(house: House, password: str) -> None:
    folder = house.layout.site(2) / "private"
    told = {
        "host": "127.0.0.1",
        "port": house.layout.ports.submission,
        "user": "site-2@example.dk",
        "password": password,
        "from": "site-2@example.dk",
    }
    tenants.write(tenants.jail(house.layout, BIRK, folder), folder, "mail.json", json.dumps(told))


def send(house: House, call: str) -> str:
    one = site(2, BIRK, php="8.2")
    house.settle(one)
    house.put(one, "index.php", f"<?php echo {call} ? 'sent' : 'not sent';")
    return house.get("s2.example.dk", "/index.php").text


def test_mail_is_handed_in_as_the_site(served: House, post: Post) -> None:
    served.settle(site(2, BIRK, php="8.2"))
    credentials(served, "right")
    assert (
        send(
            served, "mail('eva@example.dk, carla@example.dk', 'Hej æøå', \"Linje 1\\nLinje 2\", 'Bcc: alma@example.dk')"
        )
        == "sent"
    )
    (one,) = post.taken
    assert one.mail_from == "site-2@example.dk"
    assert one.rcpt_tos == ["eva@example.dk", "carla@example.dk", "alma@example.dk"]
    message = message_from_bytes(one.content)  # type: ignore[arg-type]
    assert message["From"] == "site-2@example.dk"
    assert message["Bcc"] is None
    assert b"Linje 2" in one.content  # type: ignore[operator]


def test_without_the_right_password_or_without_any_nothing_is_sent(served: House, post: Post) -> None:
    served.settle(site(2, BIRK, php="8.2"))
    credentials(served, "wrong")
    assert send(served, "mail('eva@example.dk', 's', 't')") == "not sent"
    (served.layout.site(2) / "private" / "mail.json").unlink()
    assert send(served, "mail('eva@example.dk', 's', 't')") == "not sent"
    assert post.taken == []
