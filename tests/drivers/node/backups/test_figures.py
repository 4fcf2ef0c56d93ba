"""A site of 200 MB in 5,000 files with its database: how long everything takes. The figures go to benchmarks/README.md."""

import json
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from servanda.drivers.node.backups.copying import copy_plan
from servanda.drivers.node.backups.giving import Giving
from servanda.drivers.node.backups.proving import prove_plan
from servanda.ground.nodes.kinds.backups import Restore
from tests.drivers.node.backups.conftest import SITE, TENANT, Node, needs_root

NOW = datetime(2026, 12, 1, 23, 0, tzinfo=UTC)
FILES, EACH = 5000, 40 << 10


@needs_root
@pytest.mark.slow
def test_a_site_of_200_mb(node: Node) -> None:
    for number in range(FILES):
        content = os.urandom(EACH) if number % 2 else (b"text %d " % number) * (EACH // 10)
        node.write(f"htdocs/d{number % 50}/f{number}", content)
    node.sql(
        "USE s7_wp; CREATE TABLE many (id INT PRIMARY KEY AUTO_INCREMENT, t VARCHAR(200));"
        "INSERT INTO many (t) SELECT RPAD(SHA2(seq, 512), 200, 'x') FROM seq_1_to_100000"
    )
    took: dict[str, float] = {}
    told = _timed(took, "copy, first", lambda: copy_plan(node.plan, node.repository, node.databases, now=NOW))
    assert told["files_count"] == FILES
    for number in range(10):
        node.write(f"htdocs/new{number}", os.urandom(EACH))
    later = NOW + timedelta(days=1)
    _timed(took, "copy, ten new files", lambda: copy_plan(node.plan, node.repository, node.databases, now=later))
    proof = _timed(took, "proof", lambda: prove_plan(node.plan, node.repository, node.databases, now=later))
    assert "broken" not in proof
    assert proof["files_compared"] == FILES + 10
    for what, path, name in (("file", "htdocs/d7/f7", "one file"), ("all", None, "everything in place")):
        wanted = Restore(
            errand=what.ljust(4, "0").encode().hex().ljust(32, "0"),
            plan=SITE, tenant=TENANT, snapshot=str(told["files_snapshot"])[:16],
            what=what, path=path, into="in place", not_after=later,
        )  # type: ignore[arg-type]  # fmt: skip
        giving = Giving(wanted, node.plan, node.repository, node.databases, {})
        _timed(took, name, lambda giving=giving: giving.work(now=NOW))  # type: ignore[misc]
    took["store, MB"] = sum(one.stat().st_size for one in node.store.folder.rglob("*") if one.is_file()) / 1e6
    print(json.dumps(took, indent=1))
    Path("/tmp/servanda-backup-figures.json").write_text(json.dumps(took))
    assert took["one file"] < 5


def _timed(took: dict[str, float], name: str, what: Callable[[], Any]) -> Any:
    began = time.monotonic()
    result = what()
    took[name] = round(time.monotonic() - began, 2)
    return result
