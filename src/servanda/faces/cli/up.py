"""`servanda up`: everything on this machine, with one command.

Starts the embedded database, brings its tables up to date, and runs a mail sink, a worker and the web server until it
is asked to stop. What it started it stops, in the opposite order; when one of them dies, it says which and stops the
others.
"""

import argparse
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from importlib import import_module
from importlib.util import find_spec
from types import FrameType
from typing import Any

from servanda.faces.cli import apart, demo_node, home, web
from servanda.faces.cli.children import Child
from servanda.faces.cli.database import database, use_settings
from servanda.faces.cli.work import COPIED
from servanda.ground.refusal import Refused

HOST = "127.0.0.1"
READY_SECONDS = 30.0
STAFF = "eva"
SECOND = "ole"  # of the demo: some things take two persons
CUSTOMER = "kunde@simsoft.example"  # of the demo: acts for a customer of Simsoft
SECRET_KEY = "secret-key"  # the file beside the data
SECRET_KEY_LENGTH = 48
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_MIGRATION_LOCK = 7_405_321_188  # any number, as long as all processes take the same one


class PortTaken(Refused):
    """Another program listens where we would."""


class CannotStart(Refused):
    """Something that was asked for contradicts how this installation is set up, or did not start."""


class _Asked(BaseException):
    """A person or the system asked us to stop. Not an `Exception`: no step may swallow it."""


def add_to(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser("up", help="run everything on this machine", description=__doc__)
    parser.add_argument("--port", type=int, help="of the web server (SERVANDA_PORT, otherwise 8000)")
    parser.add_argument("--fresh", action="store_true", help="first remove all data of this installation")
    parser.add_argument("--no-demo", action="store_true", help="do not load the demo companies into an empty database")
    parser.add_argument("--no-node", action="store_true", help="run no node beside it")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run until asked to stop; return 1 when something that we run died."""
    for number in _SIGNALS:
        signal.signal(number, _ask)
    try:
        with ExitStack() as stack:
            try:
                return _serve(args, stack)
            finally:
                _be_deaf()  # stopping takes at most ten seconds; a second Ctrl-C must not leave something running
    except _Asked:
        _say("Stopped.")
        return 0


def _ask(number: int, frame: FrameType | None) -> None:
    _be_deaf()
    raise _Asked


def _be_deaf() -> None:
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def _serve(args: argparse.Namespace, stack: ExitStack) -> int:
    use_settings()
    from django.conf import settings

    port = settings.PORT if args.port is None else args.port
    _refuse_taken(port, variable="SERVANDA_PORT")
    if not settings.HAS_OWN_MAIL_SERVER:
        _refuse_taken(settings.SMTP_PORT, variable="SERVANDA_SMTP_PORT")
    if args.fresh:
        _empty(settings)
    home.make(settings.HOME)
    stack.enter_context(home.alone(settings.HOME))
    _keep_secret_key(settings)
    with _step("Database"):
        stack.enter_context(database())
    _fill(settings, has_demo=not args.no_demo)
    if not args.no_node:
        demo_node.make_key(settings)
    with _step("Mail sink, worker and web server"):
        pages = web.kept_apart(settings)
        children = _start(settings, stack, pages, port=port)
        _wait_until_it_answers(port, children)
    with _step("Node"):
        node = demo_node.start(settings, stack, port=port) if not args.no_node else demo_node.Demo()
    said = "".join(f"{one}\n" for one in (node.said, *pages.warnings) if one)
    _say(f"\nServanda is up at http://{HOST}:{port}/\n{_login(settings)}\n{said}Ctrl-C stops everything.\n")
    return _watch((*children, *node.children))


def _refuse_taken(port: int, *, variable: str) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except (OSError, OverflowError) as error:
            raise PortTaken(
                f"Port {port} on {HOST} cannot be had: {error}. "
                f"Stop the program that listens there, or choose another port: {variable}={port + 1} servanda up"
            ) from error


def _empty(settings: Any) -> None:
    from django.utils.module_loading import import_string

    if settings.DATABASE_URL:
        raise CannotStart(
            "--fresh removes the embedded database only; SERVANDA_DATABASE_URL names another one. "
            "Empty that one yourself, or unset the variable."
        )
    kept = settings.HOME / SECRET_KEY
    is_kept = kept.is_file() and home.secret(kept, length=SECRET_KEY_LENGTH) == settings.SECRET_KEY
    home.remove(settings.HOME, release=import_string(settings.DATABASE_RELEASED))
    demo_node.remove(settings.HOME)
    if is_kept:  # the key went with the rest
        settings.SECRET_KEY = settings.NO_SECRET


def _keep_secret_key(settings: Any) -> None:
    """Make the key before the web server reads it; the settings of this process were read without."""
    if settings.SECRET_KEY == settings.NO_SECRET:
        settings.SECRET_KEY = home.secret(settings.HOME / SECRET_KEY, length=SECRET_KEY_LENGTH)


def _fill(settings: Any, *, has_demo: bool) -> None:
    """Bring the tables up to date; make the first login; load the demo companies where there is nothing yet."""
    with _step("Tables"):
        _migrate(settings)
    with _step("Login"):
        _make_first_staff(settings)
    if has_demo and find_spec("servanda.faces.demo") is not None:
        with _step("Demo companies"):
            _make_second_staff(settings)
            import_module("servanda.faces.demo.seed").seed_if_empty()
            password = home.secret(settings.HOME / "login-customer.txt", length=12)
            import_module("servanda.faces.demo.portal_login").let_a_customer_in(CUSTOMER, password=password)
    _beat()


def _beat() -> None:
    """Let it be noticed before anything starts whether this is a copy: the pages say so from the first one on."""
    from django.utils import timezone

    from servanda.faces.clock.beating import may_work

    if not may_work(timezone.now()):
        print(COPIED, file=sys.stderr, flush=True)


def _migrate(settings: Any) -> None:
    """Migrate as the owner while no other process does, so that several machines may come up at the same time.

    Afterwards the application, which is another role, gets its rights: only to add to what is append-only.
    """
    from django.core.management import call_command
    from django.db import connection
    from django.utils.module_loading import import_string

    with import_string(settings.DATABASE_OWNED)(), connection.cursor() as cursor:
        cursor.execute("select pg_advisory_lock(%s)", [_MIGRATION_LOCK])
        try:
            call_command("migrate", interactive=False, verbosity=0)
            import_string(settings.DATABASE_RIGHTS)()
        finally:
            cursor.execute("select pg_advisory_unlock(%s)", [_MIGRATION_LOCK])


def _make_first_staff(settings: Any) -> None:
    from django.contrib.auth import get_user_model

    users = get_user_model()._default_manager
    if not users.exists():
        password = home.secret(settings.HOME / "login.txt", length=12)
        _make_owner(users.create_user(STAFF, password=password, is_staff=True).pk)


def _make_second_staff(settings: Any) -> None:
    """Make a second login beside one that we made, so that the demo can show what two persons decide."""
    from django.contrib.auth import get_user_model

    users = get_user_model()._default_manager
    if (settings.HOME / "login.txt").is_file() and not users.filter(username=SECOND).exists():
        password = home.secret(settings.HOME / "login-second.txt", length=12)
        _make_owner(users.create_user(SECOND, password=password, is_staff=True).pk)


def _make_owner(user_id: int) -> None:
    from django.utils import timezone

    from servanda.business.identity.actions import give_role
    from servanda.business.identity.facts import StaffRole

    give_role(user_id, StaffRole.OWNER, by="system", at=timezone.now())


def _login(settings: Any) -> str:
    first, second = settings.HOME / "login.txt", settings.HOME / "login-second.txt"
    if not first.is_file():
        return "Log in as one of the staff of this database."
    said = f"Log in as {STAFF} with the password {home.secret(first, length=12)} (kept in {first})"
    if not second.is_file():
        return said
    said += f"\nA second person: {SECOND} with the password {home.secret(second, length=12)} (kept in {second})"
    customer = settings.HOME / "login-customer.txt"
    if not customer.is_file():
        return said
    return f"{said}\nA customer's own pages, at /my/: {CUSTOMER} with the password {home.secret(customer, length=12)}"


def _start(settings: Any, stack: ExitStack, pages: web.Apart, *, port: int) -> tuple[Child, ...]:
    if not settings.HAS_OWN_MAIL_SERVER:
        stack.enter_context(import_module(settings.DRIVERS).mail_sink())
    started: tuple[Child, ...] = (
        stack.enter_context(apart.start_worker(settings)),
        stack.enter_context(web.start(settings, pages, host=HOST, port=port)),
    )
    keeper = apart.start_keeper(settings)
    if keeper is not None:
        started = (*started, stack.enter_context(keeper))
    if not settings.NODE_KEY.is_file():  # nothing is signed before `servanda nodes key`
        return started
    return (*started, stack.enter_context(apart.start_signer(settings)))


def _wait_until_it_answers(port: int, children: Sequence[Child]) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while not _answers(port):
        dead = next((child for child in children if child.has_ended), None)
        if dead is not None:
            raise CannotStart(f"{dead.name.capitalize()} {dead.ending} while starting; its messages are above.")
        if time.monotonic() > deadline:
            raise CannotStart(f"The web server did not answer on port {port} within {READY_SECONDS:.0f} s.")
        time.sleep(0.1)


def _answers(port: int) -> bool:
    """Tell whether a request is answered; a redirect or a refusal is an answer too."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect)
    try:
        with opener.open(f"http://{HOST}:{port}/", timeout=5):
            return True
    except urllib.error.HTTPError as error:
        error.close()
        return error.code < 500
    except OSError:
        return False


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *arguments: Any) -> None:
        return None


def _watch(children: Sequence[Child]) -> int:
    while True:
        for one in children:
            if one.has_ended:
                print(f"{one.name.capitalize()} {one.ending}. Everything is stopped.", file=sys.stderr, flush=True)
                return 1
        time.sleep(0.2)


@contextmanager
def _step(name: str) -> Iterator[None]:
    """Show what is being done, and how long it took."""
    started = time.monotonic()
    print(f"  {name} … ", end="", flush=True)
    try:
        yield
    except BaseException:
        print("stopped", flush=True)
        raise
    print(f"{time.monotonic() - started:.1f} s", flush=True)


def _say(text: str) -> None:
    print(text, flush=True)
