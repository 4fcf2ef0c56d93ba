"""`servanda bench node`: a small node, measured on its real daemons."""

import json
import os
import shutil

import pytest

from servanda.faces.cli.main import main
from servanda.faces.node.private import HOMES


def test_a_small_node_is_measured_and_removed(capsys: pytest.CaptureFixture[str]) -> None:
    if os.geteuid() != 0 or not all(shutil.which(name) for name in ("nginx", "php-fpm8.2", "wrk")):
        pytest.skip("needs root, nginx, PHP and wrk: tools/install_daemons.sh --with-trials installs them")
    before = set(HOMES.glob("b*"))
    code = main(["bench", "node", "--sites", "12", "--changes", "2", "--seconds", "2", "--json"])
    found = json.loads(capsys.readouterr().out)
    assert code == 0, found
    assert (found["sites"], found["changes"], found["has_errors"], found["is_same_nginx"]) == (12, 2, False, True)
    for act in ("hold", "release", "add", "quarantine", "purge"):
        assert 0 < found[f"{act}_median_ms"] <= found[f"{act}_slowest_ms"]
    assert found["requests_per_second"] > 0
    assert found["nginx_memory_bytes"] > 1 << 20
    assert set(HOMES.glob("b*")) == before


@pytest.mark.parametrize("number", ["0", "-1", "x", "100001"])
def test_a_number_that_makes_no_sense_is_refused(number: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "node", "--sites", number]) == 2
    assert "is not a number from 1" in capsys.readouterr().err
