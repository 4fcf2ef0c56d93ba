"""A program of its own: it shuts itself in, becomes a tenant, and only then does one thing among the tenant's files.

`python -I -S jail.py '<specification>'`, started as root by `tenants.py`, by the keeper of PHP and for copies. Standard
library only, so that it starts in 20 ms and owes nothing to what else is installed. The order is the point:

1. own namespaces for mounts, processes, IPC and name (and network, unless it is wanted);
2. a new root that holds nothing but the programs of the system, a few files of /etc, and the folders that are named;
3. no capabilities (but for `reads_all`, which reads what is shown whatever its modes are), no new privileges, the
   tenant's number, limits; from here on root is gone for good;
4. one task of the closed list below, or one program.

What is not in the new root cannot be read, whatever its mode is: other tenants, logs, configuration, sockets, /proc.
"""

import contextlib
import ctypes
import hashlib
import json
import os
import resource
import shutil
import signal
import stat
import sys
from collections.abc import Callable, Mapping
from typing import Any

Wanted = dict[str, Any]

CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC = 0x00020000, 0x04000000, 0x08000000
CLONE_NEWPID, CLONE_NEWNET = 0x20000000, 0x40000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC = 1, 2, 4, 8
MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = 32, 4096, 16384, 1 << 18
MNT_DETACH = 2
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_KEEPCAPS, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS, PR_CAP_AMBIENT = (
    1,
    4,
    8,
    24,
    38,
    47,
)
AMBIENT_RAISE, AMBIENT_CLEAR_ALL = 2, 4
CAP_DAC_READ_SEARCH = 2
LAST_CAPABILITY = 63

# What programs need of /etc. Nothing here differs from one server to the next in a way that a tenant could use.
OF_ETC = (
    "alternatives", "ca-certificates", "gai.conf", "host.conf", "hosts", "ld.so.cache", "localtime", "mime.types", "php",
    "protocols", "resolv.conf", "services", "ssl/certs", "ssl/openssl.cnf", "timezone",
)  # fmt: skip
DEVICES = ("null", "zero", "full", "random", "urandom")

libc = ctypes.CDLL(None, use_errno=True)


class JailError(Exception):
    """The jail could not be built; nothing was run."""


def check(result: int, what: str) -> None:
    if result != 0:
        raise JailError(f"{what}: {os.strerror(ctypes.get_errno())}")


def mount(source: str, target: str, kind: str = "", flags: int = 0, options: str = "") -> None:
    words = [word.encode() if word else None for word in (source, target, kind)]
    check(libc.mount(*words, ctypes.c_ulong(flags), options.encode() or None), f"mount {source or kind} on {target}")


def main(text: str) -> int:
    wanted = json.loads(text)
    flags = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | (0 if wanted.get("network") else CLONE_NEWNET)
    if os.getpid() == 1:  # the keeper has made the process namespace already
        check(libc.unshare(flags), "unshare")
        return inside(wanted)
    die_with_parent()
    check(libc.unshare(flags | CLONE_NEWPID), "unshare")
    child = os.fork()
    if child == 0:
        os._exit(inside(wanted))
    signal.signal(signal.SIGTERM, lambda *_: os.kill(child, signal.SIGKILL))
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def die_with_parent() -> None:
    """Let the kernel end this process when the one that started it ends: two may never work in one place."""
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def inside(wanted: Wanted) -> int:
    try:
        die_with_parent()
        build_root(wanted)
        become(wanted)
        if "program" in wanted:
            os.execve(wanted["program"][0], wanted["program"], wanted.get("environment") or dict(os.environ))
        json.dump(TASKS[wanted["task"]](**wanted.get("arguments", {})), sys.stdout)
        sys.stdout.flush()
    except (JailError, OSError, ValueError) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
        return 99
    return 0


def build_root(wanted: Wanted) -> None:
    """Make the folder `at` the root of everything, with only what is listed in it."""
    new = wanted["at"]
    os.umask(0o022)
    mount("", "/", flags=MS_REC | MS_PRIVATE)
    mount("tmpfs", new, "tmpfs", MS_NOSUID | MS_NODEV, "mode=755,size=4m,nr_inodes=4k")
    for name in ("usr", "bin", "sbin", "lib", "lib32", "lib64", "libx32"):
        if os.path.islink(f"/{name}"):
            os.symlink(os.readlink(f"/{name}"), f"{new}/{name}")
        elif os.path.isdir(f"/{name}"):
            show(f"/{name}", new, is_writable=False)
    for name in OF_ETC:
        if os.path.exists(f"/etc/{name}"):
            show(os.path.realpath(f"/etc/{name}"), new, is_writable=False, seen_as=f"/etc/{name}")
    devices(new)
    accounts(new, wanted["uid"])
    for path in wanted.get("readable", ()):
        show(path, new, is_writable=False)
    for path in wanted.get("writable", ()):
        show(path, new, is_writable=True)
    for source, target, how in wanted.get("binds", ()):
        bind(source, new + target, is_writable=how == "rw")
    temporary(new, wanted.get("tmp"), size=wanted.get("tmp_size", "size=64m,nr_inodes=16k"))
    enter(new)


def show(path: str, new: str, *, is_writable: bool, seen_as: str = "") -> None:
    """Bind one folder or file of the old root at the same place of the new one."""
    target = new + (seen_as or path)
    if os.path.islink(path):
        raise JailError(f"{path} is a link")
    make_place(target, is_folder=os.path.isdir(path))
    mount(path, target, flags=MS_BIND)
    mode = MS_NOSUID | MS_NODEV | (0 if is_writable else MS_RDONLY)
    mount("", target, flags=MS_REMOUNT | MS_BIND | mode)


def bind(source: str, target: str, *, is_writable: bool) -> None:
    """Show a file or folder at another place, where nothing of it can be run. The source itself may be no link."""
    handle = os.open(source, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        if stat.S_ISLNK(os.fstat(handle).st_mode):
            raise JailError(f"{source} is a link")
        make_place(target, is_folder=stat.S_ISDIR(os.fstat(handle).st_mode))
        mount(f"/proc/self/fd/{handle}", target, flags=MS_BIND)
    finally:
        os.close(handle)
    mode = MS_NOSUID | MS_NODEV | MS_NOEXEC | (0 if is_writable else MS_RDONLY)
    mount("", target, flags=MS_REMOUNT | MS_BIND | mode)


def make_place(target: str, *, is_folder: bool) -> None:
    """Make the empty folder or file on which something is shown."""
    os.makedirs(target if is_folder else os.path.dirname(target), exist_ok=True)
    if not is_folder:
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT, 0o644))


def devices(new: str) -> None:
    os.mkdir(f"{new}/dev", 0o755)
    for name in DEVICES:
        os.close(os.open(f"{new}/dev/{name}", os.O_WRONLY | os.O_CREAT, 0o666))
        mount(f"/dev/{name}", f"{new}/dev/{name}", flags=MS_BIND)


def accounts(new: str, uid: int) -> None:
    """Give the tenant's number a name, for programs that ask who they are; nobody else has one here."""
    with open(f"{new}/etc/passwd", "w") as file:
        file.write(f"root:x:0:0::/:/usr/sbin/nologin\ntenant:x:{uid}:{uid}::/tmp:/usr/sbin/nologin\n")
    with open(f"{new}/etc/group", "w") as file:
        file.write(f"root:x:0:\ntenant:x:{uid}:\n")
    with open(f"{new}/etc/nsswitch.conf", "w") as file:
        file.write("passwd: files\ngroup: files\nhosts: files dns\n")


def temporary(new: str, folder: str | None, *, size: str) -> None:
    """Let /tmp be the tenant's own folder, so that it counts as theirs; without one, a small one in memory."""
    os.mkdir(f"{new}/tmp", 0o755)
    if folder:
        mount(folder, f"{new}/tmp", flags=MS_BIND)
        mount("", f"{new}/tmp", flags=MS_REMOUNT | MS_BIND | MS_NOSUID | MS_NODEV)
    else:
        mount("tmpfs", f"{new}/tmp", "tmpfs", MS_NOSUID | MS_NODEV, f"mode=1777,{size}")


def enter(new: str) -> None:
    os.mkdir(f"{new}/.old", 0o700)
    check(libc.syscall(ctypes.c_long(PIVOT_ROOT), new.encode(), f"{new}/.old".encode()), "pivot_root")
    os.chdir("/")
    check(libc.umount2(b"/.old", MNT_DETACH), "umount of the old root")
    os.rmdir("/.old")
    mount("", "/", flags=MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV)


PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}[os.uname().machine]


def become(wanted: Wanted) -> None:
    """Give up everything that makes root, in an order in which each step is still allowed, and check that it is gone."""
    for name, value in wanted.get("limits", {}).items():
        resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (value, value))
    os.nice(wanted.get("nice", 0))
    kept = CAP_DAC_READ_SEARCH if wanted.get("reads_all") else None
    for number in range(LAST_CAPABILITY + 1):
        if number != kept:
            libc.prctl(PR_CAPBSET_DROP, number, 0, 0, 0)
    libc.prctl(PR_CAP_AMBIENT, AMBIENT_CLEAR_ALL, 0, 0, 0)
    if kept is not None:
        check(libc.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0), "keepcaps")
    os.setgroups(wanted.get("groups", []))
    os.setresgid(wanted["gid"], wanted["gid"], wanted["gid"])
    os.setresuid(wanted["uid"], wanted["uid"], wanted["uid"])
    hold_only(kept)
    check(libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")
    libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)  # nobody with the same number may trace this process
    die_with_parent()  # anew: the kernel forgets it when a process changes who it is
    os.umask(wanted.get("umask", 0o027))
    os.chdir(wanted.get("folder", "/"))
    if 0 in (os.getuid(), os.geteuid()) or os.getresuid() != (wanted["uid"],) * 3:
        raise JailError("still root")


def hold_only(kept: int | None) -> None:
    """Hold one capability, also through the start of a program, or none at all."""
    mask = 1 << kept if kept is not None else 0
    header, sets = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)(mask, mask, mask, 0, 0, 0)
    check(libc.capset(header, sets), "capset")
    if kept is not None:
        check(libc.prctl(PR_CAP_AMBIENT, AMBIENT_RAISE, kept, 0, 0), "ambient capability")


# --- the tasks, done by the tenant ---


def census(folder: str) -> dict[str, object]:
    """Count what lies in a folder and hash the sorted list of names, kinds and sizes. Links are counted, not followed."""
    lines, files, size = [], 0, 0
    for where, folders, names in os.walk(folder):
        shown = os.path.relpath(where, folder)
        lines.append(f"d {shown!a}")
        links = [name for name in folders if os.path.islink(os.path.join(where, name))]
        for name in (*names, *links):
            found = os.lstat(os.path.join(where, name))
            is_file = stat.S_ISREG(found.st_mode)
            own = found.st_size if is_file else 0
            files, size = files + 1, size + own
            lines.append(f"{'f' if is_file else 'o'} {os.path.join(shown, name)!a} {own}")
    digest = hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()
    return {"files": files, "bytes": size, "list_sha256": digest}


def erase(folders: list[str]) -> dict[str, object]:
    return {"parts": [erase_one(folder) for folder in folders]}


def erase_one(folder: str) -> dict[str, object]:
    """Open what the tenant locked, count everything below a folder, and remove it; the folder itself stays."""
    for where, folders, _ in os.walk(folder):
        for name in [".", *folders]:
            path = os.path.join(where, name)
            if not os.path.islink(path):
                with contextlib.suppress(OSError):
                    os.chmod(path, 0o700)
    counted = census(folder)
    for entry in os.scandir(folder):
        if entry.is_dir(follow_symlinks=False):
            shutil.rmtree(entry.path, ignore_errors=True)
        else:
            with contextlib.suppress(OSError):
                os.unlink(entry.path)
    return {**counted, "left": len(os.listdir(folder))}


def write(folder: str, name: str, content: str, mode: int) -> dict[str, object]:
    """Write one small file of the tenant's, whole or not at all."""
    draft = os.path.join(folder, f".{name}.draft")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600), "w") as file:
        file.write(content)
        os.fchmod(file.fileno(), mode)
    os.replace(draft, os.path.join(folder, name))
    return {}


TASKS: Mapping[str, Callable[..., dict[str, object]]] = {"census": census, "erase": erase, "write": write}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
