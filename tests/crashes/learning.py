"""Taking over what a run found with SERVANDA_CRASHES_LEARNT: what each order does when it is given again.

`python -m tests.crashes.learning FILE…` writes it into `scenes.csv` and prints what a person must look at.
"""

import csv
import json
import sys
from pathlib import Path

from tests.crashes.choosing import FIELDS, TABLE


def main(files: list[str]) -> None:
    found = {one["action"]: one for file in files for one in map(json.loads, Path(file).read_text().splitlines())}
    rows = list(csv.DictReader(TABLE.open(newline="", encoding="utf-8")))
    for row in rows:
        one = found.get(row["action"])
        if one is not None and row["action"] == row["outer"]:
            row["again"] = one["again"]
            for told in (*one["wrong"], *map(str, one["by_chance"])):
                print(f"{row['action']}: {told}")
    with TABLE.open("w", newline="", encoding="utf-8") as table:
        writer = csv.DictWriter(table, FIELDS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    points, seconds = (sum(one[name] for one in found.values()) for name in ("points", "seconds"))
    print(f"{len(found)} actions, {points} crashes, {sum(one['partial'] for one in found.values())} states between")
    print(f"{seconds:.0f} s, {points / max(seconds, 0.001):.1f} a second")


if __name__ == "__main__":
    main(sys.argv[1:])
