"""What a process asks of the kernel about itself: to die with its parent, to gain no more rights."""

import ctypes
import signal

_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38
_LIBC = ctypes.CDLL(None, use_errno=True)


def die_with_parent(by: signal.Signals = signal.SIGKILL) -> None:
    """Ask the kernel for a signal when the parent dies. For `preexec_fn`, which comes after the change of account."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, by, 0, 0, 0)


def gain_nothing() -> None:
    """Give up, for this process and all its children, to become more than it is by running a program."""
    _LIBC.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
