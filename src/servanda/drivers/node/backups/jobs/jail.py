"""Enters a jail and becomes another program: own root with only the named folders, own user, no way back.

Run by root as `python3 -I -S jail.py SPEC -- PROGRAM ...`, where SPEC is JSON. The tenant's links are followed within
the new root only, where there is nothing but the system's programs and the tenant's own folders.
"""

import ctypes
import errno
import json
import os
import resource
import sys
from typing import Any

NEWNS, NEWIPC, NEWNET = 0x00020000, 0x08000000, 0x40000000
RDONLY, NOSUID, NODEV, NOEXEC, REMOUNT, BIND, REC, PRIVATE = 1, 2, 4, 8, 32, 4096, 16384, 1 << 18
DETACH = 2
PDEATHSIG, CAPBSET_DROP, SET_KEEPCAPS, NO_NEW_PRIVS, CAP_AMBIENT, SET_DUMPABLE = 1, 24, 8, 38, 47, 4
PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
DAC_READ_SEARCH = 2
LAST_CAPABILITY = 63
libc = ctypes.CDLL(None, use_errno=True)


def call(name: str, *words: object) -> None:
    if getattr(libc, name)(*words) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def mount(source: str | None, target: str, kind: str | None, flags: int, options: str | None = None) -> None:
    words = [os.fsencode(one) if one is not None else None for one in (source, target, kind)]
    call("mount", *words, ctypes.c_ulong(flags), os.fsencode(options) if options else None)


def bind(source: str, target: str, flags: int) -> None:
    """Show one file or folder at another place. The source itself may be no link."""
    handle = os.open(source, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        if os.path.isdir(f"/proc/self/fd/{handle}"):
            os.makedirs(target, mode=0o755, exist_ok=True)
        else:
            os.makedirs(os.path.dirname(target), mode=0o755, exist_ok=True)
            os.close(os.open(target, os.O_WRONLY | os.O_CREAT, 0o644))
        mount(f"/proc/self/fd/{handle}", target, None, BIND)
    finally:
        os.close(handle)
    mount(None, target, None, BIND | REMOUNT | flags)


def build(spec: dict[str, Any]) -> None:
    root = spec["at"]
    call("unshare", NEWNS | NEWIPC | (0 if spec["network"] else NEWNET))
    mount(None, "/", None, REC | PRIVATE)
    mount("tmpfs", root, "tmpfs", NOSUID, f"size={spec['tmp_bytes']},mode=755")
    os.umask(0o022)
    bind("/usr", f"{root}/usr", RDONLY | NOSUID | NODEV)
    for name in ("bin", "sbin", "lib", "lib64"):
        os.symlink(f"usr/{name}", f"{root}/{name}")
    for name in ("null", "zero", "urandom", "random"):
        bind(f"/dev/{name}", f"{root}/dev/{name}", NOSUID | NOEXEC)
    if spec["network"]:
        for path in ("/etc/ssl", "/etc/hosts", "/etc/resolv.conf", "/etc/nsswitch.conf"):
            if os.path.exists(path):
                bind(os.path.realpath(path), root + path, RDONLY | NOSUID | NODEV | NOEXEC)
    os.mkdir(f"{root}/tmp")
    os.chmod(f"{root}/tmp", 0o1777)
    for source, target, how in spec["binds"]:
        bind(source, root + target, NOSUID | NODEV | NOEXEC | (RDONLY if how == "ro" else 0))
    os.chdir(root)
    machine = os.uname().machine
    if libc.syscall(PIVOT_ROOT[machine], b".", b".") != 0:
        raise OSError(ctypes.get_errno(), "pivot_root")
    call("umount2", b".", DETACH)
    os.chdir("/")


def drop(spec: dict[str, Any]) -> None:
    kept = DAC_READ_SEARCH if spec["reads_all"] else None
    for number in range(LAST_CAPABILITY + 1):
        if number != kept and libc.prctl(CAPBSET_DROP, number, 0, 0, 0) != 0 and ctypes.get_errno() != errno.EINVAL:
            raise OSError(ctypes.get_errno(), "capabilities")
    if kept is not None:
        call("prctl", SET_KEEPCAPS, 1, 0, 0, 0)
    os.setgroups(spec["groups"])
    os.setresgid(spec["gid"], spec["gid"], spec["gid"])
    os.setresuid(spec["uid"], spec["uid"], spec["uid"])
    mask = 1 << kept if kept is not None else 0
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    sets = (ctypes.c_uint32 * 6)(mask, mask, mask, 0, 0, 0)
    call("capset", header, sets)
    if kept is not None:
        call("prctl", CAP_AMBIENT, 2, kept, 0, 0)
    call("prctl", NO_NEW_PRIVS, 1, 0, 0, 0)
    call("prctl", PDEATHSIG, 9, 0, 0, 0)


def main() -> None:
    spec, program = json.loads(sys.argv[1]), sys.argv[3:]
    build(spec)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))
    os.umask(spec["umask"])
    os.nice(spec["nice"])
    drop(spec)
    os.execve(program[0], program, dict(os.environ))


if __name__ == "__main__":
    main()
