"""The namespaces in which a private node runs: its own processes, its own mounts.

Whatever kills the first process of a process namespace, the kernel kills all others in it: no orphans. And where this
program lies in a folder that only root may enter (root's home, say), the node's accounts could not even start: there
the node sees an empty folder in its place, with nothing in it but this program. The machine's own view stays as it is.
"""

import ctypes
import os
import signal
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from servanda.faces.node.prctl import die_with_parent

_CLONE_NEWNS, _CLONE_NEWPID = 0x00020000, 0x20000000
_MS_BIND, _MS_REC, _MS_PRIVATE = 4096, 16384, 1 << 18
_LIBC = ctypes.CDLL(None, use_errno=True)


def run_inside(work: Callable[[], int]) -> int:
    """Do something as the first process of new namespaces, and return its code. Only root may."""
    _checked(_LIBC.unshare(_CLONE_NEWNS | _CLONE_NEWPID), "unshare")
    first = os.fork()
    if first == 0:
        code = 70
        try:
            die_with_parent()
            hide_and_show()
            _mount("proc", Path("/proc"), kind="proc")
            code = work()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    _pass_on_signals(first)
    while True:
        try:
            _, status = os.waitpid(first, 0)
        except InterruptedError:
            continue
        return os.waitstatus_to_exitcode(status)


def own_mounts(*more: Path) -> None:
    """Give this process mounts of its own, in which other accounts can start this program, and reach the folders named."""
    _checked(_LIBC.unshare(_CLONE_NEWNS), "unshare")
    hide_and_show(*more)


def hide_and_show(*more: Path) -> None:
    """In mounts of our own: where a folder bars the way to this program, show the program alone in its place."""
    _mount("", Path("/"), flags=_MS_REC | _MS_PRIVATE)
    barred: dict[Path, list[Path]] = {}
    for path in (*program_paths(), *more):
        if (bar := barring(path)) is not None:
            barred.setdefault(bar, []).append(path)
    for bar, paths in barred.items():
        handles = [(path, os.open(path, os.O_PATH | os.O_DIRECTORY)) for path in paths]
        _mount("tmpfs", bar, kind="tmpfs", options="mode=711,size=1m")
        for path, handle in handles:
            path.mkdir(mode=0o755, parents=True, exist_ok=True)
            _mount(f"/proc/self/fd/{handle}", path, flags=_MS_BIND | _MS_REC)
            os.close(handle)


def program_paths() -> tuple[Path, ...]:
    """Return the folders that Python needs to run this program, none within another."""
    package = Path(__file__).resolve().parents[3]
    named = [Path(one) for one in os.environ.get("PYTHONPATH", "").split(os.pathsep) if one]
    wanted = {path.resolve() for path in (Path(sys.base_prefix), Path(sys.prefix), package, *named) if path.is_dir()}
    return tuple(path for path in sorted(wanted) if not set(path.parents) & wanted)


def import_path() -> str:
    """Return the PYTHONPATH of the node's processes: this program, and what we were told."""
    package = str(Path(__file__).resolve().parents[3])
    named = [str(Path(one).resolve()) for one in os.environ.get("PYTHONPATH", "").split(os.pathsep) if one]
    return os.pathsep.join([package, *(one for one in named if one != package)])


def barring(path: Path) -> Path | None:
    """Return the highest folder above that others may not pass through."""
    return next((above for above in reversed([path, *path.parents]) if not above.stat().st_mode & 0o001), None)


def barred_paths() -> Iterable[Path]:
    return (bar for path in program_paths() if (bar := barring(path)) is not None)


def _pass_on_signals(pid: int) -> None:
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda which, _: os.kill(pid, which))


def _mount(source: str, target: Path, *, kind: str = "", flags: int = 0, options: str = "") -> None:
    words = [one.encode() if one else None for one in (source, os.fspath(target), kind)]
    _checked(
        _LIBC.mount(*words, ctypes.c_ulong(flags), options.encode() or None), f"mount {source or 'private'} on {target}"
    )


def _checked(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
