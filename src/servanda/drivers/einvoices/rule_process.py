"""Runs official rules in a process of its own: `python -m servanda.drivers.einvoices.rule_process`.

The engine aborts a whole Python process when it is used from several threads, and a hostile document may make it swell or
hang; so it lives alone, single-threaded, under a memory limit, and whoever started it may kill it. Each line on standard
input is one JSON order, each line on standard output its answer:

    {"sheets": ["/path/a.xslt", …], "xml": "<Invoice …"}  →  {"results": ["<svrl:…", …], "seconds": [0.01, …], "rss": 123}
                                                         or  {"error": "what the engine said"}

Sheets are compiled when they are first asked for, once per process.
"""

import contextlib
import json
import resource
import sys
import time
from typing import Any, TextIO

from saxonche import PySaxonApiError, PySaxonProcessor

MEMORY_MAX = 3 * 1024**3  # address space; all sheets and a large document need under 1 GB


def main() -> int:
    """Answer orders until the input ends."""
    orders, answers = sys.stdin, sys.stdout
    sys.stdout = sys.stderr  # what a library prints must not be taken for an answer
    with contextlib.suppress(ValueError, OSError):  # a system without this limit, or with a lower one
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MAX, MEMORY_MAX))
    serve(orders, answers)
    return 0


def serve(orders: TextIO, answers: TextIO) -> None:
    """Answer each order with one line."""
    with PySaxonProcessor(license=False) as saxon:
        compiler = saxon.new_xslt30_processor()
        compiled: dict[str, Any] = {}
        for line in orders:
            answers.write(json.dumps(_answer(json.loads(line), saxon, compiler, compiled)) + "\n")
            answers.flush()


def _answer(order: dict[str, Any], saxon: Any, compiler: Any, compiled: dict[str, Any]) -> dict[str, object]:
    results, seconds = [], []
    try:
        node = saxon.parse_xml(xml_text=order["xml"])
        for sheet in order["sheets"]:
            if sheet not in compiled:
                compiled[sheet] = compiler.compile_stylesheet(stylesheet_file=sheet)
            began = time.perf_counter()
            results.append(compiled[sheet].transform_to_string(xdm_node=node))
            seconds.append(time.perf_counter() - began)
    except PySaxonApiError as error:
        return {"error": str(error)}
    return {"results": results, "seconds": seconds, "rss": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}


if __name__ == "__main__":
    sys.exit(main())
