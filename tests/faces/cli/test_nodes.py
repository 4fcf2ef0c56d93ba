"""`servanda nodes`: from the key to a server that enrols and is told, by the commands alone."""

import json
import stat
from datetime import date
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from django.utils import timezone
from pytest_django import Settings

from servanda.business.nodes.actions.enrolling import enrol
from servanda.business.nodes.queries import existing_node
from servanda.faces.cli.main import main
from servanda.ground.nodes.messages import public_bytes
from servanda.ground.nodes.sealing import public_text
from tests.cast import ALMA
from tests.conftest import RealDatabase
from tests.stories.world import World

SEALING = public_text(X25519PrivateKey.generate())


@pytest.fixture
def key_file(tmp_path: Path, settings: Settings, real_database: RealDatabase) -> Path:
    settings.NODE_KEY, settings.DATABASE_URL = tmp_path / "signer" / "key.pem", real_database.url
    settings.DAILY_LIFE = ""
    return tmp_path / "signer" / "key.pem"


def test_a_server_is_added_enrols_and_is_told(key_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    world = World("safe-it", date(2026, 9, 1))
    assert main(["nodes", "key"]) == 0
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o400
    assert main(["nodes", "key"]) == 2, "a key is never overwritten"
    capsys.readouterr()
    add = ["nodes", "add", "node1", "--company", "safe-it", "--address", "192.0.2.1", "--host", "n1.hosting.example"]
    assert main(add) == 0
    token = capsys.readouterr().out.strip()
    now = timezone.now()
    key = Ed25519PrivateKey.generate()
    enrol(token, name="node1", public_key=public_bytes(key), facts={}, today=world.today, at=now, sealing_key=SEALING)
    world.customer(ALMA, "hosting-monthly", began_on=world.today)
    world.round()
    assert main(["nodes", "sign", "--once"]) == 0
    assert capsys.readouterr().out == "Signed: 1.\n"
    assert main(["nodes", "list", "--json"]) == 0
    (node,) = json.loads(capsys.readouterr().out)["nodes"]
    assert (node["name"], node["services"], node["is_trusted"]) == ("node1", 1, True)
    assert main(["nodes", "revoke", "node1", "--because", "sold"]) == 0
    assert not existing_node("node1").is_trusted
    assert main(["nodes", "token", "node1"]) == 2
    key_file.chmod(0o640)
    assert main(["nodes", "sign", "--once"]) == 2, "a key that others can read signs nothing"
    assert "0400" in capsys.readouterr().err
