"""The pieces that all UBL documents are written from: elements, amounts, quantities and texts that XML can hold.

Elements are written one per line in the order of the schema; an element without content is not written at all, since the
rules forbid empty ones. The same values always give the same bytes.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from xml.sax.saxutils import escape, quoteattr

from servanda.ground.money import Money

UBL = "urn:oasis:names:specification:ubl:schema:xsd:"

# XML 1.0, production 2: everything else makes a document that no parser reads.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LINE_ENDS = re.compile("\r\n?|\u2028|\u2029")


def xml_text(text: str) -> str:
    """Return the text as XML can hold it: without control signs and half signs, without space around it."""
    return _NOT_XML.sub("", _LINE_ENDS.sub("\n", text)).strip()


def holds_foreign_signs(text: str) -> bool:
    """Tell whether the text has signs that XML cannot hold and that `xml_text` would leave out."""
    return _NOT_XML.search(text) is not None


def cbc(name: str, text: str, attributes: Mapping[str, str] | None = None) -> str:
    """Return a basic element, or nothing when there is no text."""
    said = xml_text(text)
    if not said:
        return ""
    given = "".join(f" {key}={quoteattr(value)}" for key, value in (attributes or {}).items())
    return f"<cbc:{name}{given}>{escape(said)}</cbc:{name}>\n"


def cac(name: str, *content: str) -> str:
    """Return an aggregate element, or nothing when all of its content is nothing."""
    inner = "".join(content)
    return f"<cac:{name}>\n{inner}</cac:{name}>\n" if inner else ""


def amount(name: str, money: Money) -> str:
    """Return an amount with two decimals and its currency."""
    return f'<cbc:{name} currencyID="{money.currency}">{money.decimal:.2f}</cbc:{name}>\n'


def number_text(value: Decimal, *, decimals_min: int = 0) -> str:
    """Return the number without exponent and without zeros at its end, beyond the decimals that it must have."""
    whole, _, fraction = f"{value:f}".partition(".")
    fraction = fraction.rstrip("0").ljust(decimals_min, "0")
    whole = "0" if whole in {"-0", ""} and not fraction.strip("0") else whole
    return f"{whole}.{fraction}" if fraction else whole


def document(root: str, *content: str) -> bytes:
    """Return the whole document."""
    inner = "".join(content)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<{root} xmlns="{UBL}{root}-2" xmlns:cac="{UBL}CommonAggregateComponents-2" '
        f'xmlns:cbc="{UBL}CommonBasicComponents-2">\n{inner}</{root}>\n'
    ).encode()
