"""Amounts in the fields of forms: read as people type them, and written as they type them."""

from django.utils.translation import get_language

from servanda.ground.money import Money, parse_money


def typed_amount(text: str) -> Money:
    """Return an amount as people type it, with a comma or a full stop before the øre; refuses what is none."""
    plain = text.replace("\u00a0", "").replace(" ", "").removesuffix("kr.").removesuffix("kr")
    if "," in plain:
        plain = plain.replace(".", "").replace(",", ".")
    return parse_money(plain)


def amount_to_type(amount: Money) -> str:
    """Return an amount as the reader would type it into a field."""
    text = f"{amount.decimal}"
    return text.replace(".", ",") if get_language() == "da" else text
