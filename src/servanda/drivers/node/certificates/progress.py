"""How far the getting of a certificate has come, kept so that a kill at any point costs nothing but the last step."""

import os
from datetime import datetime
from typing import Literal

import msgspec

from servanda.drivers.node.certificates.places import progress_file
from servanda.drivers.node.files import write
from servanda.drivers.node.layout import Layout


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """What was begun. The key is written before the order is placed, the order's address before anything is proven."""

    names: tuple[str, ...] = ()
    proof: Literal["http-01", "dns-01"] = "http-01"
    key_pem: str = ""
    csr_pem: str = ""
    order: str = ""
    failures: int = 0
    wait_until: datetime | None = None
    error: str = ""
    is_lasting: bool = False
    advised_at: datetime | None = None  # when the authority would renew what is installed (RFC 9773)
    ask_at: datetime | None = None


def read(layout: Layout, name: str) -> Progress:
    try:
        return msgspec.json.decode(progress_file(layout, name).read_bytes(), type=Progress)
    except (FileNotFoundError, msgspec.MsgspecError):
        return Progress()


def keep(layout: Layout, name: str, progress: Progress) -> Progress:
    write(progress_file(layout, name), msgspec.json.encode(progress), mode=0o600, owner=os.geteuid())
    return progress


def forget(layout: Layout, name: str) -> None:
    progress_file(layout, name).unlink(missing_ok=True)
