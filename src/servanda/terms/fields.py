"""What can a rule of a kind say? Its fields with unit, bounds, choices and whether they must be there.

Read from the annotations in `clauses`, so that reader, checker and prose know a field from one place. Values are
converted field by field, which lets all mistakes of a rule be reported at once, each on its own line.
"""

import re
import types
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

from servanda.terms.clauses import CustomerKind, Rule

ANY = "any"  # the value of a selector that answers every question, after the rules that name it
_CLOCK_TIME = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]")
APPLICABILITY = ("products", "customers", "requirements", "decided_by", "house")


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a kind. `unit` is empty for what is no figure; `choices` is empty where any value may stand."""

    name: str
    annotation: Any
    is_required: bool
    is_list: bool
    is_decimal: bool
    unit: str
    at_least: Decimal | None
    at_most: Decimal | None
    choices: tuple[str, ...]


class NotThisField(Exception):
    """A value cannot stand in the field; the message is a sentence about the value, `remedy` says what can."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.remedy = remedy


@cache
def fields_of(kind: type[Rule]) -> dict[str, Field]:
    """Return the fields of the kind by name, its own ones first."""
    hints = get_type_hints(kind, include_extras=True)
    described = [_described(info, hints[info.name]) for info in msgspec.structs.fields(kind)]
    described.sort(key=lambda field: field.name in APPLICABILITY)
    return {field.name: field for field in described}


def selectors_of(kind: type[Rule]) -> tuple[str, ...]:
    """Return the fields that tell rules of the kind apart, such as the step of a reminder."""
    return kind.selectors or kind.told_apart_by


def figures_of(rule: Rule) -> tuple[str, ...]:
    """Return the names of the fields that hold a figure of the rule."""
    named = fields_of(type(rule)).items()
    return tuple(name for name, field in named if field.unit and getattr(rule, name) not in (None, ()))


def content_of(rule: Rule) -> tuple[tuple[str, object], ...]:
    """Return what the rule says, without what it applies to and which requirements it carries."""
    skipped = ("products", "customers", "requirements", "house")
    return tuple((name, getattr(rule, name)) for name in fields_of(type(rule)) if name not in skipped)


def value_for(field: Field, written: object) -> object:
    """Return the value as the kind holds it; raises `NotThisField` with the reason."""
    if field.is_list and isinstance(written, list):
        _refuse_odd_list(field, written)
    if field.is_decimal:
        return _decimal(field, written)
    if field.unit == "clock time" and isinstance(written, str) and not _CLOCK_TIME.fullmatch(written):
        raise NotThisField(f"{_shown(written)} is no time of day.", "Write it as 22:00.")
    try:
        return msgspec.convert(written, field.annotation)
    except (msgspec.ValidationError, RecursionError) as error:
        if field.unit == "clock time":
            raise NotThisField(f"{_shown(written)} is no time of day.", 'Write it in quotes, as in "22:00".') from None
        raise NotThisField(f"{_shown(written)} cannot stand here: {_plain(error)}.", _allowed(field)) from None


def _described(info: msgspec.structs.FieldInfo, hint: Any) -> Field:
    leaf, metas, is_list = _leaf(hint)
    extra = next((meta.extra for meta in metas if meta.extra), {})
    at_least = next((meta.ge for meta in metas if meta.ge is not None), None)
    at_most = next((meta.le for meta in metas if meta.le is not None), None)
    return Field(
        name=info.name,
        annotation=hint,
        is_required=info.required,
        is_list=is_list,
        is_decimal=leaf is Decimal,
        unit=str(extra.get("unit", "")),
        at_least=None if at_least is None else Decimal(at_least),
        at_most=None if at_most is None else Decimal(at_most),
        choices=_choices(leaf),
    )


def _leaf(hint: Any) -> tuple[Any, tuple[msgspec.Meta, ...], bool]:
    """Look through `| None`, tuples and `Annotated` to the type that a single value has."""
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        return _leaf(next(arg for arg in get_args(hint) if arg is not type(None)))
    if origin is tuple:
        leaf, metas, _ = _leaf(get_args(hint)[0])
        return leaf, metas, True
    if origin is Annotated:
        arguments = get_args(hint)
        return arguments[0], arguments[1:], False
    return hint, (), False


def _choices(leaf: Any) -> tuple[str, ...]:
    if get_origin(leaf) is Literal:
        return tuple(map(str, get_args(leaf)))
    return tuple(map(str, CustomerKind)) if leaf is CustomerKind else ()


def _decimal(field: Field, written: object) -> Decimal:
    if not isinstance(written, str):
        raise NotThisField(
            f"{_shown(written)} is not written as a string.", f'Put it in quotes: {field.name} = "100.00".'
        )
    try:
        value = Decimal(written)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or "e" in written.lower() or "_" in written:
        raise NotThisField(f"{_shown(written)} is not a number.", 'Write digits and a full stop: "100.00".')
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int)
    if exponent < -2:
        raise NotThisField(f"{_shown(written)} has more than two decimals.", "Write at most two.")
    if (field.at_least is not None and value < field.at_least) or (field.at_most is not None and value > field.at_most):
        raise NotThisField(f"{_shown(written)} is out of bounds.", _allowed(field))
    return value


def _refuse_odd_list(field: Field, written: list[object]) -> None:
    if not written:
        remedy = "Name at least one." if field.is_required else "Leave the field out if it applies to all."
        raise NotThisField("The list is empty.", remedy)
    repeated = next((item for index, item in enumerate(written) if item in written[:index]), None)
    if repeated is not None:
        raise NotThisField(f"{_shown(repeated)} stands twice in the list.", "Name each value once.")


def _allowed(field: Field) -> str:
    if field.choices:
        named = " or ".join(f'"{choice}"' for choice in field.choices)
        return f"Write a list of {named}." if field.is_list else f"Write {named}."
    if field.at_least is not None and field.at_most is not None:
        whole = "a number" if field.is_decimal else "a whole number"
        each = f"{whole} from {field.at_least} to {field.at_most}"
        return f"Write a list, each value {each}." if field.is_list else f"Write {each}."
    if field.is_list:
        return 'Write a list of texts: ["…"].'
    return "Write true or false." if field.annotation is bool else "Write a text in quotes."


def _plain(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    sentence = str(error).split(" - at `$")[0].replace("`", "")
    return sentence[:1].lower() + sentence[1:]


def _shown(written: object) -> str:
    try:
        text = repr(written)
    except (RecursionError, ValueError):
        return "the value"
    return text if len(text) <= 60 else text[:57] + "…"
