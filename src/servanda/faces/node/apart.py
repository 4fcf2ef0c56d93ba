"""The helper without a network: it leaves the machine's own for an empty one before it listens.

A namespace belongs to a thread. A verb that needs the network runs in a thread which enters the machine's network again,
and what it starts has that one too; all other threads of the helper reach nothing but files and Unix sockets.
"""

import ctypes
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

_CLONE_NEWNET = 0x40000000
_LIBC = ctypes.CDLL(None, use_errno=True)


def leave_network() -> Callable[[], AbstractContextManager[None]]:
    """Leave the network, and return how a thread comes back to it for a while. For the first thread, before others begin."""
    machine = os.open("/proc/self/ns/net", os.O_RDONLY)
    _checked(_LIBC.unshare(_CLONE_NEWNET), "unshare")
    nothing = os.open("/proc/self/ns/net", os.O_RDONLY)

    @contextmanager
    def outside() -> Iterator[None]:
        _checked(_LIBC.setns(machine, _CLONE_NEWNET), "setns")
        try:
            yield
        finally:
            _checked(_LIBC.setns(nothing, _CLONE_NEWNET), "setns")

    return outside


def _checked(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
