"""Ending the open sessions of mailboxes, so that a hold or a quarantine takes effect at once."""

from servanda.drivers.node import Broken, NotNow
from servanda.drivers.node.commands import run
from servanda.drivers.node.layout import Layout
from servanda.drivers.node.mail.places import Places

# doveadm's answer when nobody is logged in (EX_NOUSER), and when Dovecot does not run (EX_TEMPFAIL).
_NOBODY, _AWAY = 68, 75


def end_sessions(layout: Layout, mask: str) -> None:
    """End the sessions of users that match. A Dovecot that does not run has none."""
    if not (layout.run / "dovecot" / "master.pid").exists():
        return
    conf = str(Places(layout).dovecot / "dovecot.conf")
    try:
        run("doveadm", "-c", conf, "kick", mask, seconds=20, good=(0, _NOBODY, _AWAY))
    except Broken as error:
        raise NotNow(f"sessions of {mask} could not be ended: {error}") from error
