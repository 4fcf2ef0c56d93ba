"""The processes of a node: `python -m servanda.faces.node PART --root FOLDER`. People use `servanda node` instead.

`--wiring` names the module that puts the node together; tests have one of their own. Whoever can start these processes
under their accounts can run any code under them, so this word gives nobody anything.
"""

import argparse
import logging
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from servanda.faces.node import keeping, processes
from servanda.faces.node.parts import WIRING
from servanda.ground.refusal import Refused

PARTS: Mapping[str, Callable[[processes.Place], int]] = {
    "agent": processes.run_agent,
    "helper": processes.run_helper,
    "errand": processes.run_errand,
    "copies": processes.run_copies,
    "look": processes.run_look,
    "keep": keeping.run_keeper,
    "supervise": processes.run_supervisor,
    "prepare": processes.prepare,
}


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m servanda.faces.node", description=__doc__)
    parser.add_argument("part", choices=PARTS)
    parser.add_argument("key", nargs="?", default="")
    parser.add_argument("--root", type=Path, required=True)
    parser.add_argument("--wiring", default=WIRING)
    args = parser.parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s", stream=sys.stderr)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    try:
        return PARTS[args.part](processes.Place(root=args.root, wiring=args.wiring, key=args.key))
    except Refused as error:
        print(error, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
