"""The mails that the sink of this installation took in: what a page needs of them, whoever keeps them.

The faces know no driver. The settings name the module that does (`DRIVERS`); its `mails()` returns such a mailbox.
"""

from collections.abc import Sequence
from datetime import datetime
from importlib import import_module
from typing import Protocol

from django.conf import settings


class Mail(Protocol):
    """A mail as it was received. Everything in it was written by anybody."""

    @property
    def name(self) -> str: ...
    @property
    def sender(self) -> str: ...
    @property
    def recipients(self) -> tuple[str, ...]: ...
    @property
    def subject(self) -> str: ...
    @property
    def written_at(self) -> datetime | None: ...
    @property
    def text(self) -> str: ...
    @property
    def attachment_names(self) -> tuple[str, ...]: ...


class File(Protocol):
    """An attachment with its bytes."""

    @property
    def name(self) -> str: ...
    @property
    def media_type(self) -> str: ...
    @property
    def content(self) -> bytes: ...


class Mailbox(Protocol):
    """Where the sink's mails can be read."""

    def newest(self, count: int) -> Sequence[Mail]:
        """Return the newest mails, the last one first."""

    def mail(self, name: str) -> Mail | None:
        """Return the mail of that name, if there is one."""

    def attachments(self, name: str) -> Sequence[File]:
        """Return a mail's attachments; a mail that is not there has none."""


def mailbox() -> Mailbox:
    """Return the mailbox of this installation."""
    found: Mailbox = import_module(settings.DRIVERS).mails()
    return found
