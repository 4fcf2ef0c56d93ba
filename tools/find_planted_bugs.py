"""Puts each planted bug into a copy of the program, looks for it by the simulation, and prints a table with the time to find.

    .venv/bin/python tools/find_planted_bugs.py [--slow] [--part 1/2] [NAME ...]

Exit code 1: a bug was not found, or the program itself is not sound.
"""

import argparse
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.simulation.planting import QUICK, SLOW, Copy, bugs, row_of


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="only these")
    parser.add_argument("--slow", action="store_true", help="in more and longer worlds")
    parser.add_argument("--part", default="1/1", help="which part of all, as in 1/2 and 2/2 beside each other")
    parsed = parser.parse_args()
    number, parts = map(int, parsed.part.split("/"))
    wanted = [bug for bug in bugs() if not parsed.names or bug.name in parsed.names][number - 1 :: parts]
    worlds, seeds = (SLOW, 6) if parsed.slow else (QUICK, 2)
    with tempfile.TemporaryDirectory() as folder:
        copy = Copy(Path(folder))
        found = []
        for bug in wanted:
            found.append(copy.look_for(bug, worlds, seeds=seeds))
            print(row_of(found[-1]), flush=True)
    missed = [one for one in found if not one.is_found]
    seconds = sorted(one.seconds for one in found)
    print(f"{len(found) - len(missed)} of {len(found)} found; median {seconds[len(seconds) // 2]:.0f} s")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
