"""A sealed password opens for its node and its errand, and for nobody else."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from servanda.ground.nodes.messages import public_bytes
from servanda.ground.nodes.words import WordRefused, open_word, seal_word

WORD = "æble pære %s 'citron'\n"


def test_a_word_opens_for_its_node_and_errand_only() -> None:
    for _ in range(50):
        key, other = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
        sealed = seal_word(WORD, public_key=public_bytes(key), errand="a" * 32)
        assert "pære" not in sealed
        assert open_word(sealed, key=key, errand="a" * 32) == WORD
        for holder, errand in ((other, "a" * 32), (key, "b" * 32)):
            with pytest.raises(WordRefused):
                open_word(sealed, key=holder, errand=errand)


@pytest.mark.parametrize("rubbish", ["", "AAAA", "not base64!", "A" * 400])
def test_what_is_no_sealed_word_is_refused(rubbish: str) -> None:
    with pytest.raises(WordRefused):
        open_word(rubbish, key=Ed25519PrivateKey.generate(), errand="a" * 32)


def test_the_same_word_is_never_sealed_alike() -> None:
    key = public_bytes(Ed25519PrivateKey.generate())
    assert len({seal_word(WORD, public_key=key, errand="a" * 32) for _ in range(20)}) == 20
