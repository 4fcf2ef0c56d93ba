"""`python -m servanda.drivers.node.mail.gate`: binds its sockets as root, gives up root, and answers until told to stop."""

import argparse
import asyncio
import concurrent.futures.thread  # asyncio loads it late, when the user that is left may be unable to read it
import os
import signal
import socket
import sys
import time
from pathlib import Path

from servanda.drivers.node.mail.gate import milter, policy
from servanda.drivers.node.mail.gate.counts import Counts
from servanda.drivers.node.mail.gate.judging import Judging
from servanda.drivers.node.mail.gate.rows import Rows

_FORGET_SECONDS = 3600


def main() -> int:
    asked = _asked()
    sockets = [_bound(path) for path in (asked.policy, asked.milter)]
    assert concurrent.futures.thread
    _give_up_root(asked.user)
    counts = Counts(asked.counts)
    counts.open(now=time.time())
    asyncio.run(_serve(sockets, Rows(asked.maps), counts, asked.keys))
    return 0


async def _serve(sockets: list[socket.socket], rows: Rows, counts: Counts, keys: Path) -> None:
    limits = policy.Policy(rows, counts, time.time)
    judging = Judging(rows, counts, keys, time.time)
    ended = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, ended.set)
    questions = await asyncio.start_unix_server(lambda r, w: policy.serve(r, w, limits), sock=sockets[0])
    messages = await asyncio.start_unix_server(lambda r, w: milter.serve(r, w, judging.judge), sock=sockets[1])
    async with questions, messages:
        while not ended.is_set():
            counts.forget(now=time.time())
            try:
                await asyncio.wait_for(ended.wait(), timeout=_FORGET_SECONDS)
            except TimeoutError:
                continue


def _bound(path: Path) -> socket.socket:
    """Bind a socket that everyone may use who can reach its folder: root and Postfix."""
    path.unlink(missing_ok=True)
    made = socket.socket(socket.AF_UNIX)
    made.bind(str(path))
    path.chmod(0o666)
    made.listen(200)
    return made


def _give_up_root(user: int) -> None:
    if os.geteuid() != 0:
        return
    os.setgroups([])
    os.setgid(user)
    os.setuid(user)
    os.umask(0o007)


def _asked() -> argparse.Namespace:
    words = argparse.ArgumentParser(prog="mail-gate")
    for name in ("maps", "counts", "keys", "policy", "milter"):
        words.add_argument(f"--{name}", type=Path, required=True)
    words.add_argument("--user", type=int, required=True)
    return words.parse_args()


if __name__ == "__main__":
    sys.exit(main())
