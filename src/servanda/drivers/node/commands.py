"""Running another program: a list of words, an absolute path, a cleared environment, no inherited files, a time limit."""

import shutil
import subprocess
from collections.abc import Mapping, Sequence
from functools import cache

from servanda.drivers.node import Broken, NotNow

PATH = "/usr/sbin:/usr/bin:/sbin:/bin"


@cache
def program(name: str) -> str:
    """Return the absolute path of a program of the system. Raises Broken with the remedy when it is not installed."""
    found = shutil.which(name, path=PATH)
    if found is None:
        raise Broken(f"{name} is not installed on this node: servanda node install says which packages it needs")
    return found


def run(
    name: str,
    *words: str,
    given: bytes = b"",
    seconds: float = 60,
    environment: Mapping[str, str] | None = None,
    user: int | str | None = None,
    group: int | str | None = None,
    good: Sequence[int] = (0,),
) -> bytes:
    """Run a program to its end and return what it printed. Raises NotNow on a timeout, Broken on a bad exit code."""
    try:
        done = subprocess.run(
            [program(name), *words],
            input=given,
            capture_output=True,
            timeout=seconds,
            check=False,
            env={"PATH": PATH, "LC_ALL": "C.UTF-8", **(environment or {})},
            user=user,
            group=group,
            extra_groups=[] if user is not None else None,
            cwd="/",
            close_fds=True,
        )
    except subprocess.TimeoutExpired as error:
        raise NotNow(f"{name} did not end within {seconds:g} s") from error
    if done.returncode not in good:
        raise Broken(f"{name} ended with {done.returncode}: {done.stderr.decode(errors='replace').strip()[-2000:]}")
    return done.stdout
