"""A bank file comes from outside: what could harm us is refused before it is parsed, and at once."""

import bz2
import gzip
import io
import time
import zipfile
from pathlib import Path

import pytest

from servanda.drivers.payments import WrongBankFile
from servanda.drivers.payments.camt053 import read_camt053

SAMPLES = Path(__file__).parent / "data"
GOOD = (SAMPLES / "statement-02.xml").read_bytes()
EXTERNAL = (SAMPLES / "external-entity.xml").read_text()
ROOT = '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02">'


def zipped(content: bytes) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("statement.xml", content)
    return written.getvalue()


def refusal_of(content: bytes) -> str:
    """Return the message of the refusal, which must come in well under a second."""
    began = time.process_time()
    with pytest.raises(WrongBankFile) as refusal:
        read_camt053(content, file="bank.xml")
    assert time.process_time() - began < 0.8
    (problem,) = refusal.value.problems
    return str(problem)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param((SAMPLES / "external-entity.xml").read_bytes(), id="external entity"),
        pytest.param((SAMPLES / "billion-laughs.xml").read_bytes(), id="billion laughs"),
        pytest.param(b"\xef\xbb\xbf" + EXTERNAL.encode(), id="UTF-8 with byte order mark"),
        pytest.param(EXTERNAL.encode("utf-16"), id="UTF-16, little end first"),
        pytest.param(b"\xfe\xff" + EXTERNAL.encode("utf-16-be"), id="UTF-16, big end first"),
        pytest.param(EXTERNAL.replace("UTF-8", "ISO-8859-1").encode("latin-1"), id="Latin-1"),
        pytest.param(b"\n\n" + EXTERNAL.encode(), id="blank lines first"),
        pytest.param(EXTERNAL.replace("DOCTYPE", "doctype").encode(), id="small letters"),
        pytest.param(b"<!-- x --><!DOCTYPE a SYSTEM 'http://192.0.2.1/a.dtd'>" + ROOT.encode(), id="remote DTD"),
    ],
)
def test_a_doctype_is_refused_in_every_encoding(content: bytes) -> None:
    assert "DOCTYPE" in refusal_of(content)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(EXTERNAL.encode("utf-16-le"), id="UTF-16 without mark"),
        pytest.param(EXTERNAL.encode("utf-16-be"), id="UTF-16 without mark, big end first"),
        pytest.param(EXTERNAL.encode("utf-32"), id="UTF-32"),
        pytest.param(b"\x00\x00\xfe\xff" + EXTERNAL.encode("utf-32-be"), id="UTF-32, big end first"),
        pytest.param(EXTERNAL.replace("UTF-8", "UTF-7").encode("utf-7"), id="UTF-7"),
        pytest.param(
            b'<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE a+AD4-' + ROOT.encode(),
            id="UTF-7, half hidden",
        ),
        pytest.param(EXTERNAL.encode("cp037"), id="EBCDIC"),
        pytest.param(EXTERNAL.replace("UTF-8", "cp037").encode(), id="declared EBCDIC"),
    ],
)
def test_an_encoding_that_could_hide_a_doctype_is_refused(content: bytes) -> None:
    assert any(word in refusal_of(content) for word in ("encoding", "NUL", "not XML", "bytes here"))


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (zipped(GOOD), "a zip archive"),
        (gzip.compress(GOOD), "a gzip archive"),
        (bz2.compress(GOOD), "a bzip2 archive"),
        (b"%PDF-1.7 ...", "a PDF"),
    ],
)
def test_a_packed_file_is_refused_by_its_first_bytes(content: bytes, name: str) -> None:
    message = refusal_of(content)
    assert f"The file is {name}" in message
    assert "Unpack it first" in message


@pytest.mark.parametrize("content", [b"", b"  \r\n\t ", b"\xef\xbb\xbf"])
def test_an_empty_file_is_refused(content: bytes) -> None:
    message = refusal_of(content)
    assert "empty" in message or "not XML" in message


def test_a_file_cut_short_is_refused_with_the_line_where_it_ends() -> None:
    lines = GOOD.splitlines(keepends=True)
    message = refusal_of(b"".join(lines[:40]) + lines[40][:20])
    assert message.startswith("bank.xml:41: The XML breaks or ends here")
    assert "cut short" in message


@pytest.mark.parametrize("length", range(1, len(GOOD), 97))
def test_no_part_of_a_file_is_taken_for_the_whole(length: int) -> None:
    with pytest.raises(WrongBankFile):
        read_camt053(GOOD.rstrip()[:length], file="bank.xml")


def test_an_entity_that_nobody_declared_is_refused() -> None:
    assert "breaks or ends here" in refusal_of(GOOD.replace(b"Birks Cykler", b"&secret;"))


def test_bytes_of_another_encoding_are_refused_with_their_line() -> None:
    message = refusal_of(GOOD.replace("ø".encode(), "ø".encode("latin-1")))
    assert "bank.xml:77" in message
    assert "utf-8" in message


def test_more_bytes_than_the_limit_are_refused() -> None:
    assert "20,971,520" in refusal_of(GOOD + b" " * (20 * 1024 * 1024))


def test_more_elements_than_the_limit_are_refused() -> None:
    assert "at most 200,000" in refusal_of(ROOT.encode() + b"<a/>" * 200_001 + b"</Document>")


def test_deep_nesting_is_refused() -> None:
    assert "breaks or ends here" in refusal_of(ROOT.encode() + b"<a>" * 90_000 + b"</a>" * 90_000 + b"</Document>")


@pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-1", "windows-1252"])
def test_a_good_file_is_read_in_the_encodings_that_banks_use(encoding: str) -> None:
    text = GOOD.decode().replace('encoding="UTF-8"', f'encoding="{encoding.upper()}"')
    (statement,) = read_camt053(text.encode(encoding), file="bank.xml")
    assert statement.entries[-1].text == "Tilbageført indbetaling"


def test_a_byte_order_mark_is_no_part_of_the_document() -> None:
    (statement,) = read_camt053(b"\xef\xbb\xbf" + GOOD, file="bank.xml")
    assert len(statement.entries) == 5
