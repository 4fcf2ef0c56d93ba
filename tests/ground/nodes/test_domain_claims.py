"""Which domains may be served for whom, and what proves control of one."""

import pytest

from servanda.ground.nodes.domain_claims import is_proven, proof_name, proof_text, refusal_of, registered_domain

HOLDERS = {"alma.dk": "alma", "shop.birk.dk": "birk"}


@pytest.mark.parametrize(
    ("domain", "code"),
    [
        ("carla.dk", None),
        ("alma.dk", None),
        ("sub.alma.dk", None),
        ("xn--rksmrgs-5wao1o.dk", None),
        ("birk.dk", "taken"),
        ("a.shop.birk.dk", "taken"),
        ("shop.birk.dk", "taken"),
        ("notbirk.dk", None),
        ("dk", "not-a-domain"),
        ("http://alma.dk", "not-a-domain"),
        ("Alma.dk", "not-a-domain"),
        ("alma.dk\n", "not-a-domain"),
        ("-a.dk", "not-a-domain"),
        ("1.2.3.4", "not-a-domain"),
        ("", "not-a-domain"),
        ("co.uk", "suffix"),
        ("github.io", "suffix"),
        ("gmail.com", "free-mail"),
        ("mail.gmail.com", "free-mail"),
        ("alma.test", "reserved"),
        ("example.com", "reserved"),
        ("alma.local", "reserved"),
        ("1.in-addr.arpa", "reserved"),
        ("nordlys.dk", "ours"),
        ("mx.nordlys.dk", "ours"),
    ],
)
def test_a_claim_is_allowed_or_refused(domain: str, code: str | None) -> None:
    found = refusal_of(domain, customer="alma", holders=HOLDERS, ours=("nordlys.dk",))
    assert (found.code if found else None) == code
    if found:
        assert found.text("da") != found.text("en")


def test_a_private_node_may_serve_special_names() -> None:
    assert refusal_of("alma.test", customer="alma", holders={}, may_be_special=True) is None


def test_a_proof_is_of_one_domain_and_one_customer() -> None:
    ours = proof_text(b"secret", domain="alma.dk", customer="alma")
    others = [
        proof_text(b"secret", domain="alma.dk", customer="birk"),
        proof_text(b"secret", domain="birk.dk", customer="alma"),
        proof_text(b"other", domain="alma.dk", customer="alma"),
    ]
    assert proof_text(b"secret", domain="alma.dk", customer="alma") == ours
    assert is_proven((f" {ours} ", "v=spf1 -all"), ours)
    assert not is_proven((*others, ours[:-1], ours.upper(), "", "æ"), ours)
    assert not is_proven((), ours)
    assert proof_name("alma.dk") == "_servanda-proof.alma.dk"


def test_the_registered_domain_of_a_name() -> None:
    assert registered_domain("www.shop.alma.co.uk") == "alma.co.uk"
    assert registered_domain("co.uk") is None
