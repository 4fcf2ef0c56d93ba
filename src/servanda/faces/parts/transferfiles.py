"""Files for the bank and from it, made and read by whatever driver stands where: the settings name the module (`DRIVERS`)."""

from collections.abc import Callable
from importlib import import_module

from django.conf import settings

from servanda.business.payouts.facts import OrderFile, StatusReport


def transfer_writer() -> Callable[[OrderFile], bytes]:
    """Return what writes a file of transfers."""
    writer: Callable[[OrderFile], bytes] = import_module(settings.DRIVERS).transfer_file
    return writer


def read_status_report(content: bytes, *, file: str) -> StatusReport:
    """Return the bank's answer to a file of ours, or raise `WrongDocument` with all of its problems."""
    read: StatusReport = import_module(settings.DRIVERS).status_report(content, file=file)
    return read
