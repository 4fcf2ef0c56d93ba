"""How terms and prices may change."""

from typing import ClassVar, Literal

from servanda.terms.kinds.rule import Days, Months, Percent, Rule


class TermsChange(Rule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How terms may change, by class of change: how long before it takes effect or renews, and who may leave until when."""

    kind: ClassVar[str] = "terms-change"
    selectors: ClassVar[tuple[str, ...]] = ("change",)
    change: Literal["any", "material", "ordinary", "larger", "worsening", "favourable", "minor"]
    days: Days | None = None
    months: Months | None = None
    counted_to: Literal["effect", "renewal"] = "effect"
    exit_days_before: Days | None = None  # the last day to leave, counted back from the effect
    exit_months: Months | None = None  # the notice with which a customer may leave after a change
    in_writing: bool = False
    is_announced: bool = True


class PriceChange(Rule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How prices may change, by class of change; `cap_percent` is where an ordinary change ends."""

    kind: ClassVar[str] = "price-change"
    selectors: ClassVar[tuple[str, ...]] = ("change",)
    change: Literal["any", "material", "ordinary", "larger", "upgrade"]
    days: Days | None = None
    counted_to: Literal["effect", "renewal"] = "effect"
    cap_percent: Percent | None = None
    needs_approval: bool = False
    price_on: Literal["period start", "invoice date"] = "period start"
