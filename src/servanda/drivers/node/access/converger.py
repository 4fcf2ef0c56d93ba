"""What the agent does for logins: ask the helper, and compare what everyone may read. Passwords it does not see."""

from collections.abc import Mapping, Sequence

from servanda.drivers.node import Plain, Privileges
from servanda.drivers.node.access.logins import passwd_line
from servanda.drivers.node.layout import Layout
from servanda.ground.nodes.kinds.access import Login
from servanda.ground.nodes.wanted import Difference, Wanted


class Access:
    """Makes a node's logins agree with their statements."""

    kinds: tuple[type[Wanted], ...] = (Login,)

    def __init__(self, layout: Layout, privileges: Privileges) -> None:
        self.layout, self.privileges = layout, privileges

    def settle(self, wanted: Wanted, before: Wanted | None) -> Mapping[str, Plain]:
        return self.privileges.do("login.settle", wanted.key)

    def look(self, wanted: Wanted) -> Sequence[Difference]:
        assert isinstance(wanted, Login)
        lines = (self.layout.etc / "extrausers" / "passwd").read_text().splitlines()
        found = next((line for line in lines if line.startswith(f"{wanted.name}:")), "")
        line = passwd_line(self.layout, wanted) if wanted.state == "kept" else ""
        differences = []
        if found != line:
            code = "login.left" if not line else "login.foreign" if found else "login.missing"
            differences.append(Difference(code=code, wanted=wanted.name if line else "", found=found[:120]))
        keys = self.layout.etc / "sshd" / "keys" / wanted.name
        wanted_keys = "".join(f"{key}\n" for key in wanted.keys) if wanted.state == "kept" else ""
        if (keys.read_text() if keys.is_file() else "") != wanted_keys:
            differences.append(Difference(code="login.keys", wanted=str(len(wanted.keys))))
        if wanted.state == "kept" and not self.layout.site(wanted.site).is_dir():
            differences.append(Difference(code="login.site-missing", wanted=f"site/{wanted.site}"))
        return tuple(differences)


def logins_of(layout: Layout, name: str, *, lines_max: int = 500) -> Sequence[str]:
    """Return the last lines of who came in by a login, each with its moment. `name` is one of Login's grammar."""
    path = layout.log / "access" / f"{name}.log"
    return path.read_text(errors="replace").splitlines()[-lines_max:] if path.is_file() else ()
