"""`servanda simulate`: what it prints, how it ends, and the page that it writes."""

import json
from pathlib import Path

import pytest

from servanda.faces.cli.main import main


def test_a_sound_world_ends_with_nothing_found(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["simulate", "--customers", "5", "--years", "1", "--providers", "safe-it", "--seeds", "2", "--json"])
    told = json.loads(capsys.readouterr().out)
    assert code == 0
    assert told["customer_years"] == 10
    assert told["violations"] == []
    assert {world["seed"] for world in told["worlds"]} == {1, 2}


def test_a_provider_and_a_fault_that_are_not_there_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", "--providers", "nobody"]) == 2
    assert main(["simulate", "--faults", "F99"]) == 2
    said = capsys.readouterr().err
    assert "nobody" in said
    assert "F99" in said


def test_the_movie_is_one_page_that_asks_for_nothing(tmp_path: Path) -> None:
    page = tmp_path / "world.html"
    main(["simulate", "--customers", "4", "--years", "1", "--providers", "safe-it", "--movie", str(page)])
    text = page.read_text(encoding="utf-8")
    assert "default-src 'none'" in text
    assert "invoice.issued" in text
    assert "http://" not in text.replace("http-equiv", "")
    assert "https://" not in text
