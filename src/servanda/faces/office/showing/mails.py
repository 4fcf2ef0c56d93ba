"""The mails of one company in the sink: those that it sent, by its own address."""

from collections.abc import Sequence
from email.utils import parseaddr

from django.urls import reverse
from django.utils.translation import gettext as _

from servanda.faces.office.places import Visit
from servanda.faces.office.shown import Link, MailRow, MailShown
from servanda.faces.parts.mailbox import File, Mail, mailbox

NEWEST = 400
SHOWN_MAX = 100


def mail_rows(visit: Visit) -> tuple[MailRow, ...]:
    found = [mail for mail in mailbox().newest(NEWEST) if is_of(visit, mail)]
    return tuple(
        MailRow(
            subject=mail.subject or _("(no subject)"),
            address=reverse("office:mail", args=[visit.company.slug, mail.name]),
            recipient=", ".join(mail.recipients),
            written_at=mail.written_at,
            attachments=_attachments(visit, mail),
        )
        for mail in found[:SHOWN_MAX]
    )


def mail_shown(visit: Visit, name: str) -> MailShown | None:
    """Return a mail that the company sent; another company's is not found."""
    mail = mailbox().mail(name)
    if mail is None or not is_of(visit, mail):
        return None
    return MailShown(
        subject=mail.subject or _("(no subject)"),
        sender=mail.sender,
        recipient=", ".join(mail.recipients),
        written_at=mail.written_at,
        text=mail.text,
        attachments=_attachments(visit, mail),
    )


def attachments_of(visit: Visit, name: str) -> Sequence[File]:
    """Return the files of a mail that the company sent."""
    mail = mailbox().mail(name)
    return mailbox().attachments(name) if mail is not None and is_of(visit, mail) else ()


def is_of(visit: Visit, mail: Mail) -> bool:
    return parseaddr(mail.sender)[1].casefold() == visit.company.email.casefold()


def _attachments(visit: Visit, mail: Mail) -> tuple[Link, ...]:
    return tuple(
        Link(name, reverse("office:attachment", args=[visit.company.slug, mail.name, number]))
        for number, name in enumerate(mail.attachment_names)
    )
