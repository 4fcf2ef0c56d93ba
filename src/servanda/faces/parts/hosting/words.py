"""Words for what nodes find and do."""

from collections.abc import Mapping
from datetime import UTC, datetime

from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from servanda.ground.calendar import moment_text

DRIFT = {
    "site.folder-missing": gettext_noop("the site's folder is missing"),
    "site.folder-open": gettext_noop("the site's folder is open to others"),
    "site.owner": gettext_noop("the files belong to somebody else"),
    "site.name-missing": gettext_noop("the name %(wanted)s does not lead here"),
    "site.name-left": gettext_noop("the name %(found)s still leads here"),
    "site.name-foreign": gettext_noop("the name %(wanted)s leads elsewhere"),
    "site.tls-missing": gettext_noop("%(wanted)s has no certificate to show"),
    "site.php-down": gettext_noop("PHP %(wanted)s does not run"),
    "site.hold-missing": gettext_noop("it is served though it should be held"),
    "site.hold-left": gettext_noop("it is held though it should be served"),
    "site.still-there": gettext_noop("it is still in its place"),
    "site.mark": gettext_noop("a setting is not as ordered"),
    "login.keys": gettext_noop("the keys are not the ordered ones"),
    "login.site-missing": gettext_noop("its site is missing"),
    "mail.folder-missing": gettext_noop("the mail folder is missing"),
    "mail.folder-owner": gettext_noop("the mail folder belongs to somebody else"),
    "mail.folder-mode": gettext_noop("the mail folder is open to others"),
    "mail.folder-left": gettext_noop("the mail folder is still in its place"),
    "mail.site-sender": gettext_noop("the site's own right to send mail is not as it should be"),
    "mail.certificate-old": gettext_noop("mail does not show the newest certificate of the server"),
    "mail.key-missing": gettext_noop("the key that signs mail is missing"),
    "database-missing": gettext_noop("the database is missing"),
    "database-still-there": gettext_noop("the database is still in its place"),
    "database-account-missing": gettext_noop("the user %(wanted)s is missing"),
    "database-account-extra": gettext_noop("there is a user %(found)s that nobody ordered"),
    "database-password": gettext_noop("the password is not the ordered one"),
    "zone-missing": gettext_noop("the zone is missing"),
    "zone-still-there": gettext_noop("the zone is still answered"),
    "zone-dnssec": gettext_noop("the signing of the zone is not as ordered"),
    "certificate-missing": gettext_noop("there is no certificate yet"),
    "certificate-expired": gettext_noop("the certificate has run out"),
    "certificate-renewal-due": gettext_noop("the certificate is about to be renewed"),
    "certificate-not-shown": gettext_noop("the certificate is not shown for %(wanted)s"),
    "certificate-names": gettext_noop("the certificate lacks %(wanted)s"),
    "copy-missing": gettext_noop("there is no copy yet"),
    "copy-too-old": gettext_noop("the newest copy is too old"),
}
_CAUSES = {
    "payment": gettext_noop("An invoice was not paid in time. It opens by itself when the payment is booked."),
    "abuse": gettext_noop("It was used against the terms. Write to us to find a way out."),
    "load": gettext_noop("It took more of the server than it may. It opens by itself after a short pause."),
    "breach": gettext_noop("The terms were not kept. Write to us to find a way out."),
    "sending": gettext_noop("Mail is not sent from here now. It is still received, and nothing is lost."),
}
_ELSE = gettext_noop("It is held. Write to us to find a way out.")
WAITS = {
    "no node": gettext_noop("It waits for a server with room. We have been told."),
    "domain taken": gettext_noop(
        "Its domain belongs to another service here. We have been told, and will write to you."
    ),
    "no domain": gettext_noop("It has no domain yet. Write to us which one it is for."),
}
FIGURES = {
    "disk_bytes": gettext_noop("Files"),
    "inodes": gettext_noop("Number of files"),
    "sent_bytes": gettext_noop("Traffic"),
    "requests": gettext_noop("Visits to pages"),
    "database_bytes": gettext_noop("Databases"),
    "mailbox_bytes": gettext_noop("Mail"),
    "messages_sent": gettext_noop("Mails sent"),
    "messages_received": gettext_noop("Mails received"),
}
LACKS = {
    "no copy lately": gettext_noop("no copy lately"),
    "too few generations": gettext_noop("fewer generations than promised"),
    "wrong country": gettext_noop("in another country than promised"),
    "never read back": gettext_noop("never given back as a trial yet"),
    "broken copy": gettext_noop("a copy was found broken"),
}
PROMISE = {
    "kept": (gettext_noop("The promise of copies is kept."), "calm"),
    "at risk": (gettext_noop("The promise of copies is at risk."), "warn"),
    "broken": (gettext_noop("The promise of copies is broken."), "stop"),
    "not measured": (gettext_noop("Copies are not measured yet."), "note"),
    "not promised": (gettext_noop("Copies are made, but none are promised."), "note"),
}
ERRANDS = {
    "restore": gettext_noop("Give back from a copy"),
    "preview": gettext_noop("What giving back would change"),
    "export": gettext_noop("All data in one archive"),
    "move-in": gettext_noop("Take in a site"),
    "mail-import": gettext_noop("Fetch mail from another server"),
}
STEPS = {
    "fetching": gettext_noop("files are fetched"),
    "unpacking": gettext_noop("the archive is taken apart"),
    "database": gettext_noop("the database is loaded"),
    "databases": gettext_noop("databases are read out"),
    "packing": gettext_noop("everything is packed"),
    "placing": gettext_noop("it is put in its place"),
    "comparing": gettext_noop("it is compared with what stands"),
    "mail-folder": gettext_noop("folders of mail are fetched"),
    "files": gettext_noop("files come back"),
    "file": gettext_noop("a file comes back"),
    "part": gettext_noop("files come back"),
    "mail": gettext_noop("mail comes back"),
}
# What comes out of work, by the name that the server gives it; an empty text is not shown.
RESULTS = {
    "files": gettext_noop("Files: %(count)s"),
    "bytes": gettext_noop("Size: %(size)s"),
    "would_come_back": gettext_noop("Gone now, would come back: %(count)s"),
    "would_change": gettext_noop("Changed since, would be as before: %(count)s"),
    "would_go": gettext_noop("Came later, would go and is kept for the undo: %(count)s"),
    "newest_file": gettext_noop("Newest file in the copy: %(text)s"),
    "newest_at": gettext_noop("Last changed: %(text)s"),
    "databases": gettext_noop("Databases: %(text)s"),
    "tables_now": gettext_noop("Tables that stand there now: %(count)s"),
    "folders": gettext_noop("Folders: %(count)s"),
    "messages": gettext_noop("Messages fetched: %(count)s"),
    "known": gettext_noop("Messages that were here already: %(count)s"),
    "too_large": gettext_noop("Left out, messages of more than 50 MB: %(count)s"),
    "links_left_out": gettext_noop("Left out, links and devices, as only files and folders are taken: %(count)s"),
    "outside_left_out": gettext_noop("Left out, files beside the folder of the pages: %(count)s"),
    "dumps": gettext_noop("Database from: %(text)s"),
    "path": gettext_noop("It lies in: %(text)s"),
    "reason": gettext_noop("%(text)s"),
    "error": gettext_noop("%(text)s"),
    "top": "",
}
USES = {
    "disk": gettext_noop("Files: %(used)s used, %(agreed)s agreed"),
    "database": gettext_noop("A database: %(used)s used, %(agreed)s agreed"),
    "mailboxes": gettext_noop("Mailboxes: %(used)s used, %(agreed)s agreed"),
    "databases": gettext_noop("Databases: %(used)s used, %(agreed)s agreed"),
}
STATES = {
    "ordered": (gettext_noop("Ordered"), "note"),
    "running": (gettext_noop("At work"), "note"),
    "done": (gettext_noop("Done"), "calm"),
    "failed": (gettext_noop("Failed"), "stop"),
    "undone": (gettext_noop("Undone"), "note"),
}


def cause_text(cause: str) -> str:
    """Return why a service is held, and what opens it again; an unknown cause asks its owner to write."""
    return _(_CAUSES.get(cause, _ELSE))


def drift_text(code: str, wanted: str, found: str) -> str:
    """Return one difference in words; a code without words of its own is shown as it is, never hidden."""
    known = DRIFT.get(code)
    if known is None:
        return _("not as ordered (%(code)s)") % {"code": code}
    return _(known) % {"wanted": wanted, "found": found}


def size_text(count: int) -> str:
    """Return a number of bytes as people read it."""
    size = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000 or unit == "GB":
            return f"{size:.0f} {unit}" if unit in {"B", "kB"} else f"{size:.1f} {unit}"
        size /= 1000
    raise AssertionError("the last unit takes all")


def figure_text(name: str, count: int) -> str:
    return size_text(count) if name.endswith("bytes") else str(count)


def result_texts(result: Mapping[str, object]) -> tuple[str, ...]:
    """Return what came out of work in words; a name without words is shown as it is, never hidden. Nothing left out says nothing."""
    order = {name: place for place, name in enumerate(RESULTS)}
    told = []
    for name, value in sorted(result.items(), key=lambda one: order.get(one[0], len(order))):
        known = RESULTS.get(name)
        if known is None:
            told.append(f"{name}: {value}")
        elif known and value not in ("", 0):
            size = size_text(value) if isinstance(value, int) else ""
            told.append(_(known) % {"count": value, "text": _readable(name, value), "size": size})
    return tuple(told)


def _readable(name: str, value: object) -> str:
    """Return a text of a result as people read it: a moment of theirs, a path without the folder of all files."""
    text = str(value)
    if name == "newest_at":
        return moment_text(datetime.fromisoformat(text).replace(tzinfo=UTC), _language())
    return text.removeprefix("/files/") if name == "newest_file" else text


def _language() -> str:
    return "en" if (get_language() or "da").startswith("en") else "da"


def use_texts(facts: Mapping[str, object]) -> tuple[str, ...]:
    """Return the figures of a use beyond what was agreed, one line for each thing."""
    told = []
    for name, text in USES.items():
        used, agreed = facts.get(f"{name}_used"), facts.get(f"{name}_agreed")
        if isinstance(used, int) and isinstance(agreed, int):
            shown = size_text if name in {"disk", "database"} else str
            told.append(_(text) % {"used": shown(used), "agreed": shown(agreed)})
    return tuple(told)
