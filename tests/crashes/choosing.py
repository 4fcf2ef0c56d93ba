"""Choosing scenes for actions from what `tests.crashes.recording` has seen: `python -m tests.crashes.choosing FILE…`.

A scene that stands is kept. A new one is the call with the most steps among those with no more than `STEPS_MAX`, of its own
before one within another action; what it does when it is given again is filled in by the run that finds it wrong.
"""

import csv
import json
import sys
from pathlib import Path
from typing import Any

STEPS_MAX = 45
FIELDS = ("action", "test", "outer", "call", "again", "reason")
TABLE = Path(__file__).with_name("scenes.csv")


def main(files: list[str]) -> None:
    kept = list(csv.DictReader(TABLE.open(newline="", encoding="utf-8"))) if TABLE.exists() else []
    known = {row["action"] for row in kept}
    seen = [json.loads(line) for file in files for line in Path(file).read_text().splitlines()]
    own: dict[str, dict[str, Any]] = {}
    for one in seen:
        is_quiet = "dies" not in one["test"] and "crash" not in one["test"]
        if is_quiet and one["action"] not in known and one["steps"] and _is_better(one, own.get(one["action"])):
            own[one["action"]] = one
    rows = [*kept, *(_row(name, one) for name, one in own.items())]
    known |= set(own)
    chosen = {(row["test"], row["outer"], int(row["call"])) for row in rows}
    for one in sorted(seen, key=lambda one: -one["steps"]):  # what lies within a scene that is crashed anyhow
        if (one["test"], one["action"], one["call"]) in chosen:
            for name in set(one["nested"]) - known:
                rows.append(_row(name, one))
                known.add(name)
    for one in sorted(seen, key=lambda one: one["steps"]):
        for name in set(one["nested"]) - known:
            rows.append(_row(name, one))
            known.add(name)
    with TABLE.open("w", newline="", encoding="utf-8") as table:
        writer = csv.DictWriter(table, FIELDS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(sorted(rows, key=lambda row: row["action"]))


def _is_better(one: dict[str, Any], other: dict[str, Any] | None) -> bool:
    return other is None or _worth(one) > _worth(other)


def _worth(one: dict[str, Any]) -> tuple[bool, bool, int]:
    fits = one["steps"] <= STEPS_MAX
    return one["writes"] > 0, fits, one["steps"] if fits else -one["steps"]


def _row(name: str, one: dict[str, Any]) -> dict[str, object]:
    return {
        "action": name,
        "test": one["test"],
        "outer": one["action"],
        "call": one["call"],
        "again": "same" if name == one["action"] else "",
        "reason": "",
    }


if __name__ == "__main__":
    main(sys.argv[1:])
