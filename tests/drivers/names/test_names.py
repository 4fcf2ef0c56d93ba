"""Every asker of names keeps what the port promises: the one in memory, and the resolver against a real server."""

from collections.abc import Iterator

import pytest

from servanda.drivers.names import Names, NamesUnavailable
from servanda.drivers.names.memory import MemoryNames
from servanda.drivers.names.resolver import ResolvedNames
from servanda.drivers.node.dns import ZoneConverger, daemons, prepare, verbs
from servanda.ground.nodes.domain_claims import is_proven, proof_name, proof_text
from servanda.ground.nodes.kinds.dns import Record, Zone
from servanda.ground.nodes.zone_templates import name_server_records, verification_record
from tests.drivers.node.databases.starting import Helper, needs, private_layout, running

PROOF = proof_text(b"secret", domain="claim.test", customer="42")


@pytest.fixture(scope="module", params=["memory", pytest.param("resolver", marks=needs("pdns_server"))])
def names(request: pytest.FixtureRequest) -> Iterator[Names]:
    if request.param == "memory":
        yield MemoryNames({proof_name("claim.test"): ("other", PROOF)}, {"away.example"})
        return
    with private_layout() as layout:
        prepare(layout)
        with running(daemons(layout)):
            records = (
                *name_server_records("claim.test", ("a.ns.test", "b.ns.test")),
                verification_record(proof_name("claim.test"), "other"),
                verification_record(proof_name("claim.test"), PROOF),
                Record(name="long.claim.test", type="TXT", content='"one" "two"'),
            )
            ZoneConverger(layout, Helper(layout, verbs())).settle(Zone(domain="claim.test", records=records), None)
            yield ResolvedNames(("127.0.0.1",), layout.ports.dns)


def test_a_proof_is_found(names: Names) -> None:
    found = names.texts(proof_name("claim.test"))
    assert sorted(found) == sorted(("other", PROOF))
    assert is_proven(found, PROOF)
    assert not is_proven(found, proof_text(b"secret", domain="claim.test", customer="43"))


def test_nothing_there_is_an_answer(names: Names) -> None:
    assert names.texts("nothing.claim.test") == ()


def test_no_answer_is_not_the_same_as_nothing_there(names: Names) -> None:
    with pytest.raises(NamesUnavailable):
        names.texts("away.example")


def test_strings_of_one_text_are_joined(names: Names) -> None:
    if isinstance(names, ResolvedNames):
        assert names.texts("long.claim.test") == ("onetwo",)
