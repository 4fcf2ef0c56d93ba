"""What may be read as XML, and what each refusal says to whoever asks."""

import codecs

import pytest

from servanda.ground.plain_xml import SIZE_MAX, Flaw, NotPlainXml, read_plain_xml

HOSTILE = '<?xml version="1.0"?>\n<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>\n<a>&b;</a>'


@pytest.mark.parametrize(
    ("content", "flaw", "line", "detail"),
    [
        (b" " * (SIZE_MAX + 1), Flaw.TOO_LARGE, 1, f"{SIZE_MAX + 1:,}"),
        (b"PK\x03\x04", Flaw.OTHER_FORMAT, 1, "zip"),
        (b"%PDF-1.7", Flaw.OTHER_FORMAT, 1, "PDF"),
        (b" \n ", Flaw.EMPTY, 1, ""),
        (codecs.BOM_UTF32_LE + "<a/>".encode("utf-32-le"), Flaw.STRANGE_ENCODING, 1, "utf-32"),
        (b'<?xml version="1.0" encoding="utf-7"?><a/>', Flaw.STRANGE_ENCODING, 1, "utf-7"),
        (b"<a>\n\xe6</a>", Flaw.NOT_AS_DECLARED, 2, "utf-8"),
        ("<a/>".encode("utf-16-le"), Flaw.NUL, 1, ""),
        (b":20:MT940", Flaw.NOT_XML, 1, ""),
        (HOSTILE.encode(), Flaw.UNSAFE, 2, "DOCTYPE"),
        (HOSTILE.encode("utf-16"), Flaw.UNSAFE, 2, "DOCTYPE"),
        (b"<a>" + b"<b/>" * 10 + b"</a>", Flaw.TOO_MANY_ELEMENTS, 1, "11"),
    ],
)
def test_what_may_not_be_read_is_refused_with_its_flaw_and_place(
    content: bytes, flaw: Flaw, line: int, detail: str
) -> None:
    with pytest.raises(NotPlainXml) as refused:
        read_plain_xml(content, elements_max=10)
    assert (refused.value.flaw, refused.value.line, refused.value.detail) == (flaw, line, detail)


def test_what_is_broken_names_the_line_of_the_file_and_the_reason() -> None:
    with pytest.raises(NotPlainXml) as refused:
        read_plain_xml(b'<?xml version="1.0"\n\n?>\n<a>\n</b>', elements_max=10)
    assert (refused.value.flaw, refused.value.line) == (Flaw.BROKEN, 5)
    assert refused.value.detail


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1"])
def test_plain_documents_are_read_in_the_encodings_that_people_use(encoding: str) -> None:
    named = "utf-8" if encoding == "utf-8-sig" else encoding
    text = f'<?xml version="1.0" encoding="{named}"?>\n<a>æøå</a>'
    assert read_plain_xml(text.encode(encoding), elements_max=10).text == "æøå"
