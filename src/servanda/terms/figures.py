"""How is a figure of a rule written for a reader: with its unit, in Danish or English?"""

from decimal import Decimal

from servanda.ground.money import Money, money_text
from servanda.terms.clauses import Rule, amount_minor
from servanda.terms.document import Language
from servanda.terms.fields import fields_of

_UNITS: dict[tuple[str, Language], tuple[str, str]] = {
    ("days", "da"): ("dag", "dage"),
    ("days", "en"): ("day", "days"),
    ("months", "da"): ("måned", "måneder"),
    ("months", "en"): ("month", "months"),
    ("years", "da"): ("år", "år"),
    ("years", "en"): ("year", "years"),
    ("hours", "da"): ("time", "timer"),
    ("hours", "en"): ("hour", "hours"),
    ("minutes", "da"): ("minut", "minutter"),
    ("minutes", "en"): ("minute", "minutes"),
    ("working days", "da"): ("arbejdsdag", "arbejdsdage"),
    ("working days", "en"): ("working day", "working days"),
    ("working hours", "da"): ("arbejdstime", "arbejdstimer"),
    ("working hours", "en"): ("working hour", "working hours"),
    ("fiscal years", "da"): ("regnskabsår", "regnskabsår"),
    ("fiscal years", "en"): ("fiscal year", "fiscal years"),
}
# Lengths in months are alternatives to choose from; days in a list are all kept.
_LAST_WORD: dict[tuple[bool, Language], str] = {
    (True, "da"): "eller",
    (True, "en"): "or",
    (False, "da"): "og",
    (False, "en"): "and",
}


def figure_text(rule: Rule, field: str, language: Language) -> str:
    """Return the figure in the rule's field with its unit, such as `14 dage` or `1, 12 or 24 months`."""
    value = getattr(rule, field)
    unit = fields_of(type(rule))[field].unit
    assert unit and value is not None, f"{rule.kind}.{field} holds no figure"
    if unit == "amount":
        return money_text(Money(amount_minor(value)), language)
    if unit == "percent":
        return f"{_number(value, language)} %"
    if unit == "number":
        return _number(value, language)
    if unit == "clock time":
        return str(value).replace(":", ".") if language == "da" else str(value)
    values = value if isinstance(value, tuple) else (value,)
    number = _listed(tuple(map(str, values)), is_choice=unit == "months", language=language)
    if unit == "count":
        return number
    one, many = _UNITS[unit, language]
    return f"{number} {one if values == (1,) else many}"


def _listed(numbers: tuple[str, ...], *, is_choice: bool, language: Language) -> str:
    if len(numbers) == 1:
        return numbers[0]
    return f"{', '.join(numbers[:-1])} {_LAST_WORD[is_choice, language]} {numbers[-1]}"


def _number(value: Decimal, language: Language) -> str:
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace(".", ",") if language == "da" else text
