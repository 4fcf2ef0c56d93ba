"""Runs a store until it is told to end: `python -m servanda.drivers.node.store --folder F --port N`."""

import argparse
import os
import signal
import sys
from pathlib import Path
from types import FrameType

from servanda.drivers.node.store.serving import Settings, Store


def main(words: list[str]) -> int:
    given = _arguments().parse_args(words)
    settings = Settings(
        folder=given.folder,
        port=given.port,
        address=given.address,
        certificate=given.certificate,
        key=given.key,
        reserve_bytes=given.reserve_bytes,
        country=given.country,
    )
    store = Store(settings)  # the port and the key are taken before rights are given up
    if os.getuid() == 0 and given.user:
        for folder in (settings.folder, settings.shelves):
            folder.mkdir(mode=0o700, exist_ok=True)
            os.chown(folder, given.user, given.user)
        os.setgroups([])
        os.setresgid(given.user, given.user, given.user)
        os.setresuid(given.user, given.user, given.user)
    os.umask(0o077)
    signal.signal(signal.SIGTERM, _end)
    store.serve_forever()
    return 0


def _end(signum: int, frame: FrameType | None) -> None:
    raise SystemExit(0)  # drafts that were being written are left over and count for nothing


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="servanda node store", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--address", default="127.0.0.1")
    parser.add_argument("--certificate", type=Path)
    parser.add_argument("--key", type=Path)
    parser.add_argument("--reserve-bytes", type=int, default=1 << 30)
    parser.add_argument("--country", default="DK", help="where this machine stands, by its two letters")
    parser.add_argument("--user", type=int, help="the numeric user that the process becomes when root starts it")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
