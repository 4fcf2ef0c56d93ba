"""Counts what lies below some folders and what a day's access log says, and prints it as JSON. Runs in a jail.

`python3 - DAY MOST SECONDS`: folders are below /site, the logs are /logs/access.log and /logs/access.log.1.
"""

import contextlib
import json
import os
import re
import sys
import time

LINE = re.compile(rb'\[(\d{4}-\d\d-\d\d)T[^\]]*\] \S+ "(?:[^"\\]|\\.)*" \d{3} (\d+)')
LONGEST = 64 << 10


def disk(top: str, most: int, seconds: float) -> "dict[str, int]":
    """Count blocks and inodes; a file with several names counts once. It stops at a bound and says so."""
    until, seen, waiting = time.monotonic() + seconds, set(), [top]
    used, inodes, is_cut = 0, 0, 0
    while waiting and not is_cut:
        try:
            entries = os.scandir(waiting.pop())
        except OSError:
            continue
        with entries:
            for entry in entries:
                try:
                    found = entry.stat(follow_symlinks=False)
                except OSError:
                    continue
                if found.st_nlink > 1 and not entry.is_dir(follow_symlinks=False):
                    if found.st_ino in seen:
                        continue
                    seen.add(found.st_ino)
                used, inodes = used + found.st_blocks * 512, inodes + 1
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
        is_cut = int(inodes > most or time.monotonic() > until)
    return {"disk_bytes": used, "inodes": inodes, "is_cut": is_cut}


def traffic(day: str) -> "dict[str, int]":
    wanted, sent, requests = day.encode(), 0, 0
    for name in ("/logs/access.log.1", "/logs/access.log"):
        with contextlib.suppress(FileNotFoundError):
            handle = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            with open(handle, "rb") as file:
                while line := file.readline(LONGEST):
                    found = LINE.search(line)
                    if found and found[1] == wanted:
                        sent, requests = sent + int(found[2]), requests + 1
    return {"sent_bytes": sent, "requests": requests}


print(json.dumps(disk("/site", int(sys.argv[2]), float(sys.argv[3])) | traffic(sys.argv[1])))
