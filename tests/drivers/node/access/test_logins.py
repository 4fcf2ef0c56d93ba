"""SFTP on a real sshd: in by key or password, never out of the own folder, and out at once when held."""

import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass

import bcrypt
import msgspec
import paramiko
import pytest

from servanda.drivers.node import access, web
from servanda.drivers.node.access.converger import logins_of
from servanda.drivers.node.layout import Layout
from servanda.ground.nodes.kinds.access import Login
from tests.drivers.node.running import Direct, needs, node_folder, running
from tests.drivers.node.web.house import ALMA, BIRK, UNPAID, everything, site
from tests.faces.node.worlds import wait_until

PASSWORD = "a long and harmless sentence"
HASH = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
KEY = paramiko.ECDSAKey.generate()
PUBLIC = f"{KEY.get_name()} {KEY.get_base64()}"


@dataclass
class Gate:
    layout: Layout
    helper: Direct
    agent: access.Access

    def settle(self, login: Login) -> None:
        self.helper.tell(login)
        self.agent.settle(login, None)

    def enter(self, name: str, *, password: str | None = None, key: paramiko.PKey | None = None) -> paramiko.Transport:
        line = paramiko.Transport(socket.create_connection(("127.0.0.1", self.layout.ports.ssh), timeout=20))
        line.banner_timeout = line.auth_timeout = 30
        try:
            line.connect(username=name, password=password, pkey=key)
        except BaseException:
            line.close()
            raise
        return line


@pytest.fixture(scope="module")
def gate() -> Iterator[Gate]:
    needs("sshd", "ssh-keygen")
    with node_folder() as layout:
        web.prepare(layout)
        access.prepare(layout)
        helper = Direct(layout, [*web.verbs(), *access.verbs()])
        for one in (site(1, ALMA), site(2, BIRK)):
            helper.tell(one)
            helper.do("site.settle", one.key)
        with running(access.daemons(layout), layout.log):
            yield Gate(layout, helper, access.Access(layout, helper))


def login(name: str = "s1", number: int = 1, tenant: int = ALMA, **values: object) -> Login:
    return Login(name=name, site=number, tenant=tenant, **values)  # type: ignore[arg-type]


def sftp(line: paramiko.Transport) -> paramiko.SFTPClient:
    found = paramiko.SFTPClient.from_transport(line)
    assert found is not None
    return found


def test_in_by_password_and_by_key_and_what_is_uploaded_is_the_tenants(gate: Gate) -> None:
    gate.settle(login(password_hash=HASH, keys=(PUBLIC,)))
    for right in ({"password": PASSWORD}, {"key": KEY}):
        line = gate.enter("s1", **right)  # type: ignore[arg-type]
        files = sftp(line)
        assert {"htdocs", "logs", "private"} <= set(files.listdir("/"))
        with files.open("/htdocs/uploaded.txt", "w") as file:
            file.write("mine")
        line.close()
        state = (gate.layout.site(1) / "htdocs" / "uploaded.txt").stat()
        assert (state.st_uid, state.st_mode & 0o777) == (ALMA, 0o640)
        (gate.layout.site(1) / "htdocs" / "uploaded.txt").unlink()
    assert gate.agent.look(login(password_hash=HASH, keys=(PUBLIC,))) == ()
    said = "\n".join(logins_of(gate.layout, "s1"))
    assert "Accepted password for s1 from 127.0.0.1" in said
    assert "Accepted publickey for s1" in said


def test_without_a_password_or_with_a_wrong_one_nobody_gets_in(gate: Gate) -> None:
    gate.settle(login("s1_key", keys=(PUBLIC,)))
    for name, password in (("s1_key", ""), ("s1_key", "*"), ("s1_none", "x"), ("root", "x"), ("nobody", "")):
        with pytest.raises(paramiko.SSHException):
            gate.enter(name, password=password)


def test_neither_a_shell_nor_a_tunnel_is_to_be_had(gate: Gate) -> None:
    gate.settle(login(password_hash=HASH))
    line = gate.enter("s1", password=PASSWORD)
    try:
        channel = line.open_session()
        with pytest.raises(paramiko.SSHException):
            channel.get_pty()
        with pytest.raises(paramiko.SSHException):
            line.open_channel("direct-tcpip", ("127.0.0.1", gate.layout.ports.ssh), ("127.0.0.1", 1))
        with pytest.raises(paramiko.SSHException):
            line.request_port_forward("127.0.0.1", 0)
        command = line.open_session()
        command.exec_command("id > /htdocs/ran")
        time.sleep(0.3)
        assert not (gate.layout.site(1) / "htdocs" / "ran").exists()
    finally:
        line.close()


def test_a_hold_puts_everyone_out_and_a_release_is_the_same_again(gate: Gate) -> None:
    open_login = login("s2", 2, BIRK, password_hash=HASH, keys=(PUBLIC,))
    gate.settle(open_login)
    before = everything(gate.layout.etc)
    line = gate.enter("s2", key=KEY)
    files = sftp(line)
    files.listdir("/")
    gate.settle(msgspec.structs.replace(open_login, holds=(UNPAID,)))
    with pytest.raises((OSError, EOFError, paramiko.SSHException)):
        files.listdir("/")
    line.close()
    for right in ({"password": PASSWORD}, {"key": KEY}):
        with pytest.raises(paramiko.SSHException):
            gate.enter("s2", **right)  # type: ignore[arg-type]
    gate.settle(open_login)
    assert everything(gate.layout.etc) == before
    gate.enter("s2", key=KEY).close()


def test_a_login_that_ends_leaves_nothing_behind(gate: Gate) -> None:
    gone = login("s1_gone", password_hash=HASH, keys=(PUBLIC,))
    gate.settle(login())  # whichever test comes first
    before = everything(gate.layout.etc)
    gate.settle(gone)
    line = gate.enter("s1_gone", key=KEY)
    gate.settle(msgspec.structs.replace(gone, state="quarantined"))
    wait_until(lambda: not line.is_active())
    line.close()
    assert everything(gate.layout.etc) == before
    assert gate.agent.look(msgspec.structs.replace(gone, state="quarantined")) == ()
    assert [one.code for one in gate.agent.look(gone)] == ["login.missing", "login.keys"]


def test_a_changed_key_puts_out_who_came_by_the_old_one(gate: Gate) -> None:
    gate.settle(login("s1_old", keys=(PUBLIC,)))
    line = gate.enter("s1_old", key=KEY)
    other = paramiko.ECDSAKey.generate()
    gate.settle(login("s1_old", keys=(f"{other.get_name()} {other.get_base64()}",)))
    wait_until(lambda: not line.is_active())
    line.close()
    with pytest.raises(paramiko.SSHException):
        gate.enter("s1_old", key=KEY)


@pytest.mark.parametrize(
    "path", ["/..", "/../..", "/htdocs/../../..", "/etc/passwd", "//etc/passwd", "/proc/self/environ"]
)
def test_no_path_leads_out_of_the_own_folder(gate: Gate, path: str) -> None:
    gate.settle(login(password_hash=HASH))
    line = gate.enter("s1", password=PASSWORD)
    files = sftp(line)
    try:
        if path.endswith(".."):
            assert files.normalize(path) == "/"
        else:
            with pytest.raises(OSError, match=r"No such file|Permission"):
                files.open(path)
    finally:
        line.close()


def test_a_link_made_over_sftp_leads_nowhere_else(gate: Gate) -> None:
    gate.settle(login(password_hash=HASH))
    line = gate.enter("s1", password=PASSWORD)
    files = sftp(line)
    try:
        for number, target in enumerate(
            ("/etc/passwd", "../../2/htdocs", str(gate.layout.site(2)), "/../../../etc/shadow")
        ):
            files.symlink(target, f"/htdocs/link{number}")
            with pytest.raises(OSError, match="No such file"):
                files.open(f"/htdocs/link{number}")
            files.remove(f"/htdocs/link{number}")
        for folder in ("/", "/logs"):
            with pytest.raises(OSError, match="Permission"):
                files.open(f"{folder}/x", "w")
        for act in (
            lambda: files.rename("/htdocs", "/other"),
            lambda: files.rmdir("/logs"),
            lambda: files.chmod("/", 0o777),
        ):
            with pytest.raises(OSError, match=r"Permission|Failure|not permitted"):
                act()
    finally:
        line.close()
