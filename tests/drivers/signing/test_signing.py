"""Signing: a signed file is found intact with what it carries, and no file with one byte more, less or other is."""

import stat
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from servanda.drivers.signing import NoKey
from servanda.drivers.signing.keys import KeyRing
from servanda.drivers.signing.pades import PadesSigner

AT = datetime(2026, 11, 30, 13, 5, tzinfo=UTC)
TEXT = "# Vilkår\n\nÆbler og pærer. /ByteRange [0 10 20 30]\n".encode()


def plain_pdf(*, text: bytes = TEXT) -> bytes:
    """A small PDF that carries the text."""
    pdf = pikepdf.new()
    pdf.add_blank_page()
    pdf.attachments["terms.md"] = pikepdf.AttachedFileSpec(pdf, text, mime_type="text/markdown")  # type: ignore[call-arg]
    written = BytesIO()
    pdf.save(written, static_id=True)
    return written.getvalue()


@pytest.fixture(scope="module")
def signer(tmp_path_factory: pytest.TempPathFactory) -> PadesSigner:
    return PadesSigner(KeyRing(tmp_path_factory.mktemp("home") / "signing"))


@pytest.fixture(scope="module")
def signed(signer: PadesSigner) -> bytes:
    return signer.sign(plain_pdf(), slug="safe-it", name="Safe (eksempel) ApS", at=AT)


def signature_place(signed: bytes) -> range:
    """Where the signature itself stands: what it cannot cover."""
    begins = signed.index(b"/Contents <") + len(b"/Contents <")
    return range(begins, signed.index(b">", begins))


def test_a_signed_file_is_intact_and_tells_who_when_and_what_it_carries(signer: PadesSigner, signed: bytes) -> None:
    found = signer.examine(signed)
    assert (found.state, found.signer, found.signed_at) == ("intact", "Safe (eksempel) ApS", AT)
    assert [(file.name, file.content) for file in found.files] == [("terms.md", TEXT)]


def test_a_reader_of_pdf_finds_a_pades_signature_over_the_whole_file(signed: bytes) -> None:
    with pikepdf.open(BytesIO(signed)) as pdf:
        (field,) = pdf.Root.AcroForm.Fields
        assert str(field.V.SubFilter) == "/ETSI.CAdES.detached"
        start, begins, ends, length = (int(number) for number in field.V.ByteRange)
        assert (start, ends + length) == (0, len(signed))
        assert len(field.V.Contents.__bytes__()) * 2 + 2 == ends - begins
        assert bytes(pdf.attachments["terms.md"].get_file().read_bytes()) == TEXT


@given(st.data())
def test_no_file_with_one_byte_changed_is_taken_for_the_signed_one(
    signer: PadesSigner, signed: bytes, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(signed) - 1))
    other = data.draw(st.integers(0, 255).filter(lambda byte: byte != signed[place]))
    assert signer.examine(signed[:place] + bytes([other]) + signed[place + 1 :]).state != "intact"


def test_not_even_in_the_signature_itself_is_a_byte_changed_unseen(signer: PadesSigner, signed: bytes) -> None:
    place = signature_place(signed)
    filled = place[: len(signed[place.start : place.stop].rstrip(b"0")) + 4]
    for index in filled:
        for bit in (0x01, 0x20):  # another digit; the same digit in the other case
            changed = bytearray(signed)
            changed[index] ^= bit
            assert signer.examine(bytes(changed)).state != "intact", index - place.start


@pytest.mark.parametrize(
    "change",
    [
        lambda file: file + b"\n",
        lambda file: file + b"1 0 obj <</Type /Catalog>> endobj\n%%EOF\n",
        lambda file: file[:-1],
        lambda file: file[: len(file) // 2],
        lambda file: file.replace(b"%%EOF", b"%%EOF\n%", 1),
        lambda file: file.replace(b"/ByteRange", b"/ByteRangE"),
        lambda file: file + file,
    ],
)
def test_a_file_with_bytes_added_or_lost_is_refused(
    signer: PadesSigner, signed: bytes, change: Callable[[bytes], bytes]
) -> None:
    assert signer.examine(change(signed)).state in {"changed", "unsigned"}


def test_the_signature_of_one_file_does_not_fit_another(signer: PadesSigner, signed: bytes) -> None:
    other = bytearray(signer.sign(plain_pdf(text=TEXT[::-1]), slug="safe-it", name="Safe (eksempel) ApS", at=AT))
    mine, theirs = signature_place(signed), signature_place(bytes(other))
    other[theirs.start : theirs.stop] = signed[mine.start : mine.stop]
    assert signer.examine(bytes(other)).state == "changed"


@given(st.binary(min_size=1, max_size=200))
def test_anything_can_be_examined(signer: PadesSigner, signed: bytes, noise: bytes) -> None:
    assert signer.examine(noise).state == ("unsigned" if noise.startswith(b"%PDF-") else "no pdf")
    begins = signature_place(signed).start
    assert signer.examine(signed[:begins] + noise.hex().encode() + signed[begins:]).state != "intact"


def test_a_foreign_signature_is_told_as_such_and_fits_the_foreign_certificate(
    signer: PadesSigner, signed: bytes, tmp_path: Path
) -> None:
    other = PadesSigner(KeyRing(tmp_path / "signing"))
    foreign = other.sign(plain_pdf(), slug="safe-it", name="Safe (eksempel) ApS", at=AT)
    found = signer.examine(foreign)
    assert (found.state, found.files) == ("other key", ())
    assert "Safe (eksempel) ApS" in found.signer
    certificate = (tmp_path / "signing" / "safe-it.crt").read_bytes()
    assert signer.examine(foreign, certificate=certificate).state == "intact"
    assert signer.examine(signed, certificate=certificate).state == "other key"


@pytest.mark.usefixtures("signed")  # whoever examines files has a certificate
def test_files_without_a_signature_are_told_apart(signer: PadesSigner) -> None:
    assert signer.examine(plain_pdf(text=b"nothing")).state == "unsigned"
    assert signer.examine(b"PK\x03\x04").state == "no pdf"


def test_each_company_has_a_key_of_its_own_which_is_made_once_and_kept_from_others(tmp_path: Path) -> None:
    ring = KeyRing(tmp_path / "signing")
    first = ring.key_of("safe-it", name="Safe (eksempel) ApS", at=AT)
    again = ring.key_of("safe-it", name="Another name", at=AT + timedelta(days=400))
    other = ring.key_of("simsoft", name="Sim (eksempel) ApS", at=AT)
    assert first.certificate == again.certificate
    assert first.certificate.public_key() != other.certificate.public_key()
    assert set(ring.certificates()) == {first.certificate, other.certificate}
    assert stat.S_IMODE((tmp_path / "signing").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "signing" / "safe-it.pem").stat().st_mode) == 0o600
    assert sorted(file.name for file in (tmp_path / "signing").iterdir()) == [
        "safe-it.crt", "safe-it.pem", "simsoft.crt", "simsoft.pem",
    ]  # fmt: skip


def test_a_certificate_that_was_handed_out_is_made_again_from_the_key(tmp_path: Path) -> None:
    ring = KeyRing(tmp_path)
    ring.key_of("safe-it", name="Safe (eksempel) ApS", at=AT)
    handed_out = (tmp_path / "safe-it.crt").read_bytes()
    (tmp_path / "safe-it.crt").unlink()
    ring.key_of("safe-it", name="Safe (eksempel) ApS", at=AT)
    assert (tmp_path / "safe-it.crt").read_bytes() == handed_out
    assert b"PRIVATE" not in handed_out


def test_a_key_that_others_can_read_signs_nothing(tmp_path: Path) -> None:
    signer = PadesSigner(KeyRing(tmp_path))
    signer.ring.key_of("safe-it", name="Safe (eksempel) ApS", at=AT)
    (tmp_path / "safe-it.pem").chmod(0o640)
    with pytest.raises(NoKey, match="can be read by others"):
        signer.sign(plain_pdf(), slug="safe-it", name="Safe (eksempel) ApS", at=AT)


def test_a_proof_by_a_replaced_key_counts_while_its_certificate_is_kept(tmp_path: Path) -> None:
    signer = PadesSigner(KeyRing(tmp_path))
    old = signer.sign(plain_pdf(), slug="safe-it", name="Safe (eksempel) ApS", at=AT)
    (tmp_path / "safe-it.crt").rename(tmp_path / "safe-it-until-2027.crt")
    (tmp_path / "safe-it.pem").unlink()
    new = signer.sign(plain_pdf(), slug="safe-it", name="Safe (eksempel) ApS", at=AT)
    assert [signer.examine(file).state for file in (old, new)] == ["intact", "intact"]
    (tmp_path / "safe-it-until-2027.crt").unlink()
    assert [signer.examine(file).state for file in (old, new)] == ["other key", "intact"]


def test_nothing_is_compared_with_no_key_at_all(tmp_path: Path, signed: bytes, signer: PadesSigner) -> None:
    with pytest.raises(NoKey, match="Nothing was ever signed here"):
        PadesSigner(KeyRing(tmp_path / "empty")).examine(signed)
    with pytest.raises(NoKey, match="no certificate"):
        signer.examine(signed, certificate=b"-----BEGIN NONSENSE-----")


def test_a_certificate_lasts_for_decades_and_may_only_sign(tmp_path: Path) -> None:
    certificate = KeyRing(tmp_path).key_of("safe-it", name="Æ" * 200, at=AT).certificate
    assert certificate.not_valid_after_utc.date() > date(2056, 1, 1)
    assert [value.value for value in certificate.subject] == ["Æ" * 32] * 2
