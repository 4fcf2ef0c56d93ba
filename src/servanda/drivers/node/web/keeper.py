"""A program of its own: it holds every site's PHP socket and starts a site's PHP when a first visitor comes.

`python -I -S keeper.py ROOT WEB_UID WEB_GID`, as root. Standard library only.

A PHP master costs 10 MB even when nobody visits, so ten thousand of them would cost 100 GB. The keeper listens on all
sockets itself (a socket costs almost nothing), starts a master in its jail when a connection waits (about 0.1 s for that
visitor), and ends masters that nobody used for a while. The socket stays open meanwhile, so no connection is lost. The
socket belongs to root: a tenant cannot put a link to somebody else's in its place.

Told by `settle SITE` on its control socket that something changed, it reads that site's files again; the files are the
truth, and when it starts it reads all. Each master is the first process of a process namespace of its own, so ending it
ends everything that the site started, at once. When the keeper dies the kernel ends its masters.
"""

import ctypes
import json
import os
import resource
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
JAIL = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "jail.py")
ROTATE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "rotate.py")
CLONE_NEWPID = 0x20000000
# How many masters may stay although nobody uses them, and how long one may.
KEPT_IDLE = 100
IDLE_SECONDS = 900
# After so short a life PHP is not started again for a while, and its visitors get an answer at once instead of waiting.
SHORT_LIFE, REST_SECONDS = 2.0, 15.0
LOOK_SECONDS = 5.0
ROTATE_SECONDS = 1800.0

libc = ctypes.CDLL(None, use_errno=True)


@dataclass
class Kept:
    """One site: its socket, and its master while there is one."""

    number: int
    wanted: Mapping[str, Any]
    configuration: str
    listener: socket.socket | None = None
    master: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    used: float = 0.0
    rests_until: float = 0.0
    failures: int = field(default=0)


class Keeper:
    def __init__(self, root: str, web_user: int, web_group: int) -> None:
        self.root, self.web_user, self.web_group = root, web_user, web_group
        self.rotation: subprocess.Popen[bytes] | None = None
        self.next_rotation = time.monotonic() + LOOK_SECONDS
        self.sites: dict[int, Kept] = {}
        self.masters: dict[int, Kept] = {}
        self.selector = selectors.DefaultSelector()
        self.own_processes = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)
        os.makedirs(f"{root}/run/php", mode=0o711, exist_ok=True)

    # --- one site ---

    def settle(self, number: int) -> None:
        """Read what holds for a site now, and serve it so: new, changed, held or gone."""
        kept, told = self.sites.get(number), self.read(number)
        if told is None:
            if kept is not None:
                self.forget(kept)
            return
        if kept is None:
            kept = self.sites[number] = Kept(number, *told)
        elif (kept.wanted, kept.configuration) != told:
            self.end(kept)
            kept.wanted, kept.configuration = told
        kept.rests_until, kept.failures = 0.0, 0
        self.listen(kept)

    def read(self, number: int) -> tuple[Mapping[str, Any], str] | None:
        place = f"{self.root}/web/{number}"
        if os.path.exists(f"{place}/held.html"):
            return None
        try:
            with open(f"{place}/php.json") as start, open(f"{place}/php.conf") as pool:
                return json.load(start), pool.read()
        except (FileNotFoundError, NotADirectoryError):
            return None

    def listen(self, kept: Kept) -> None:
        if kept.listener is None:
            path = self.path(kept)
            kept.listener = bound(path, self.web_group)
        if kept.master is None:
            self.watch(kept)

    def watch(self, kept: Kept) -> None:
        assert kept.listener is not None
        if kept.listener.fileno() not in self.selector.get_map():
            self.selector.register(kept.listener, selectors.EVENT_READ, kept)

    def unwatch(self, kept: Kept) -> None:
        if kept.listener is not None and kept.listener.fileno() in self.selector.get_map():
            self.selector.unregister(kept.listener)

    def path(self, kept: Kept) -> str:
        return f"{self.root}/run/php/{kept.number}.sock"

    def close(self, kept: Kept) -> None:
        self.unwatch(kept)
        if kept.listener is not None:
            kept.listener.close()
            kept.listener = None
            unlink(self.path(kept))

    def forget(self, kept: Kept) -> None:
        self.close(kept)
        self.end(kept)
        del self.sites[kept.number]

    def start(self, kept: Kept) -> None:
        """Start a site's PHP as the first process of a process namespace, with the socket that is open already."""
        assert kept.listener is not None
        self.unwatch(kept)
        words = [sys.executable, "-I", "-S", JAIL, json.dumps(self.jail(kept))]
        if libc.unshare(CLONE_NEWPID) != 0:
            raise OSError(ctypes.get_errno(), "unshare")
        try:
            kept.master = subprocess.Popen(
                words, stdin=subprocess.DEVNULL, cwd="/", env={"PATH": PATH}, pass_fds=(kept.listener.fileno(),)
            )
        finally:
            libc.setns(self.own_processes, CLONE_NEWPID)
        kept.started = kept.used = time.monotonic()
        self.masters[kept.master.pid] = kept

    def jail(self, kept: Kept) -> dict[str, object]:
        home, uid, conf = (
            f"{self.root}/sites/{kept.number}",
            kept.wanted["uid"],
            f"{self.root}/web/{kept.number}/php.conf",
        )
        readable = [conf, f"{self.root}/libexec", f"{self.root}/run/mysql"]
        php = f"/usr/sbin/php-fpm{kept.wanted['version']}"
        settings = ("opcache.memory_consumption=64", "opcache.max_accelerated_files=10000", "opcache.huge_code_pages=0")
        assert kept.listener is not None
        return {
            "at": f"{self.root}/run/jail",
            "uid": uid,
            "gid": uid,
            "writable": [home],
            "readable": [path for path in readable if os.path.exists(path)],
            "tmp": f"{home}/tmp",
            "network": True,
            "limits": kept.wanted["limits"],
            "environment": {"PATH": PATH, "FPM_SOCKETS": f"{self.path(kept)}={kept.listener.fileno()}"},
            "program": [php, "-F", "-y", conf, *(word for one in settings for word in ("-d", one))],
        }

    def end(self, kept: Kept) -> None:
        """End a site's processes now: the kernel ends the whole namespace with its first process."""
        master = kept.master
        if master is not None:
            master.kill()
            master.wait()
            self.ended(kept)

    def ended(self, kept: Kept) -> None:
        assert kept.master is not None
        del self.masters[kept.master.pid]
        kept.master = None

    # --- all sites ---

    def reap(self) -> None:
        for kept in [one for one in self.masters.values() if one.master is not None and one.master.poll() is not None]:
            self.ended(kept)
            lived = time.monotonic() - kept.started
            kept.failures = kept.failures + 1 if lived < SHORT_LIFE else 0
            if kept.failures >= 3:
                print(
                    f"site {kept.number}: PHP ends at once; next try in {REST_SECONDS:g} s", file=sys.stderr, flush=True
                )
                kept.rests_until = time.monotonic() + REST_SECONDS
                self.close(kept)
            elif kept.listener is not None:
                self.watch(kept)

    def look(self) -> None:
        """Wake those that rested, note who is used, and let go of those that nobody uses."""
        now = time.monotonic()
        for kept in self.sites.values():
            if kept.rests_until and kept.rests_until <= now:
                kept.rests_until = 0.0
                self.listen(kept)
        idle = []
        for kept in self.masters.values():
            if has_children(kept):
                kept.used = now
            else:
                idle.append(kept)
        idle.sort(key=lambda one: one.used)
        surplus = len(idle) - KEPT_IDLE
        for place, kept in enumerate(idle):
            if (place < surplus and now - kept.used > LOOK_SECONDS) or now - kept.used > IDLE_SECONDS:
                assert kept.master is not None
                kept.master.send_signal(signal.SIGQUIT)

    def rotate(self) -> None:
        """Let logs be turned over, one run at a time, by a process that is the web server's user."""
        if time.monotonic() < self.next_rotation or (self.rotation is not None and self.rotation.poll() is None):
            return
        self.next_rotation = time.monotonic() + ROTATE_SECONDS
        numbers = [name for name in os.listdir(f"{self.root}/sites") if name.isdigit()]
        words = [sys.executable, "-I", "-S", ROTATE, self.root, str(self.web_user), str(self.web_group)]
        self.rotation = subprocess.Popen(words, stdin=subprocess.PIPE, cwd="/", env={"PATH": PATH})
        assert self.rotation.stdin is not None
        with suppress(BrokenPipeError), self.rotation.stdin as stdin:
            stdin.write("\n".join(numbers).encode())

    def read_all(self) -> None:
        for name in os.listdir(f"{self.root}/run/php"):
            unlink(f"{self.root}/run/php/{name}")
        for name in os.listdir(f"{self.root}/web"):
            if name.isdigit():
                self.settle(int(name))

    def serve(self, control: socket.socket, alarm: socket.socket) -> None:
        self.selector.register(control, selectors.EVENT_READ, "control")
        self.selector.register(alarm, selectors.EVENT_READ, "alarm")
        next_look = time.monotonic() + LOOK_SECONDS
        while True:
            for key, _ in self.selector.select(max(0.05, next_look - time.monotonic())):
                if key.data == "control":
                    answer(control, self)
                elif key.data == "alarm":
                    if signal.SIGTERM in alarm.recv(4096):
                        return
                elif key.fileobj in self.selector.get_map() and key.data.master is None:
                    self.start(key.data)
            self.reap()
            if time.monotonic() >= next_look:
                self.look()
                self.rotate()
                next_look = time.monotonic() + LOOK_SECONDS


def bound(path: str, group: int) -> socket.socket:
    """Listen at a path that only the web server's group may connect to."""
    made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    made.setblocking(False)
    draft = f"{path}.new"
    unlink(draft)
    made.bind(draft)
    os.chown(draft, 0, group)
    os.chmod(draft, 0o660)
    made.listen(511)
    os.rename(draft, path)
    return made


def unlink(path: str) -> None:
    with suppress(FileNotFoundError):
        os.unlink(path)


def has_children(kept: Kept) -> bool:
    assert kept.master is not None
    try:
        with open(f"/proc/{kept.master.pid}/task/{kept.master.pid}/children") as file:
            return bool(file.read())
    except OSError:
        return False


def answer(control: socket.socket, keeper: Keeper) -> None:
    """Do one order and say so: `settle NUMBER`, or `count`."""
    line, _ = control.accept()
    with line:
        line.settimeout(2)
        try:
            words = line.recv(64).decode("ascii").split()
            if len(words) == 2 and words[0] == "settle" and words[1].isdigit():
                keeper.settle(int(words[1]))
                line.sendall(b"done\n")
            elif words == ["count"]:
                line.sendall(f"{len(keeper.sites)} {len(keeper.masters)}\n".encode())
            else:
                line.sendall(b"unknown\n")
        except (OSError, ValueError) as error:
            print(f"control: {type(error).__name__}: {error}", file=sys.stderr, flush=True)


def main(root: str, web_user: int, web_group: int) -> None:
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    os.umask(0o077)
    signals, alarm = socket.socketpair()
    for end in (signals, alarm):
        end.setblocking(False)
    signal.set_wakeup_fd(signals.fileno(), warn_on_full_buffer=False)
    for number in (signal.SIGTERM, signal.SIGCHLD):
        signal.signal(number, lambda *_: None)
    keeper = Keeper(root, web_user, web_group)
    keeper.read_all()
    control = bound(f"{root}/run/php/control", 0)
    keeper.serve(control, alarm)
    for kept in list(keeper.sites.values()):
        keeper.end(kept)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
