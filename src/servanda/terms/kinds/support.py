"""Support: where it is reached, how soon it answers, what time and travel cost."""

from typing import ClassVar, Literal

from servanda.terms.kinds.rule import Amount, ClockTime, Hours, Minutes, Rule, ShownRule, WorkingHours


class SupportChannel(ShownRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How support on something is reached; address and number stand on the company's card."""

    kind: ClassVar[str] = "support-channel"
    told_apart_by: ClassVar[tuple[str, ...]] = ("about",)
    about: Literal["anything", "it", "web", "licences", "hosting", "outage", "urgent", "not urgent", "hardware"]
    channels: tuple[Literal["e-mail", "telephone", "helpdesk", "remote", "visit"], ...]
    round_the_clock: bool = False
    plans_a_time: bool = False
    covers: tuple[Literal["setup", "configuration", "security advice", "performance advice"], ...] = ()


class SupportHours(ShownRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What counts as daytime for support, and on which other days there is support too."""

    kind: ClassVar[str] = "support-hours"
    from_time: ClockTime
    to_time: ClockTime
    weekends_too: bool = False
    holidays_too: bool = False


class SupportResponse(ShownRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How soon an enquiry is answered. `hours` and `hours_best` count on the clock, `working_hours` only within working time."""

    kind: ClassVar[str] = "support-response"
    told_apart_by: ClassVar[tuple[str, ...]] = ("when",)
    when: Literal["daytime", "weekends and holidays", "outside hours", "first contact"]
    hours: Hours | None = None
    hours_best: Hours | None = None
    working_hours: WorkingHours | None = None
    same_day: bool = False
    may_take_longer: bool = False
    by_agreement: bool = False
    is_aim: bool = False


class TimeRate(Rule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an hour of some kind of work costs, and in which steps it counts. Without `amount` the price list in force has it."""

    kind: ClassVar[str] = "time-rate"
    told_apart_by: ClassVar[tuple[str, ...]] = ("work",)
    work: Literal[
        "consulting",
        "remote help",
        "visit",
        "weekday evening",
        "weekend",
        "outside hours",
        "device setup",
        "restore",
        "customer's own systems",
        "customer's own fault",
        "beyond the agreement",
        "web outside hours",
        "extraordinary",
    ]
    amount: Amount | None = None
    first_minutes: Minutes | None = None
    started_minutes: Minutes | None = None
    minimum_minutes: Minutes | None = None
    clock: Literal["active work", "door to door", "departure to departure"] = "active work"
    full_day_hours: Hours | None = None
    usual_minutes_max: Minutes | None = None
    dearer_than: Amount | None = None
    covers: tuple[
        Literal["analysis", "fault search", "solution", "implementation", "preparation", "travel time"], ...
    ] = ()
    needs_acceptance: bool = False


class ExtraCost(ShownRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is not in the price of an hour, and that extra cost is told, and approved, before the work."""

    kind: ClassVar[str] = "extra-cost"
    not_included: tuple[Literal["travel time", "hardware", "licences", "spare parts"], ...] = ()
    told_before: bool = True
    approval: Literal["in writing", "any", "none"] = "any"


class Travel(ShownRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How driving is charged."""

    kind: ClassVar[str] = "travel"
    rate: Literal["state mileage rate", "agreed rate"] = "state mileage rate"
    measured_by: Literal["map service", "odometer"] | None = None
    whole_kilometres: bool = False


class Freight(ShownRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who pays when goods travel."""

    kind: ClassVar[str] = "freight"
    told_apart_by: ClassVar[tuple[str, ...]] = ("case",)
    case: Literal["goods sent in", "justified complaint", "device delivered"]
    paid_by: Literal["customer", "provider"]
    at: Literal["cost", "state mileage rate"] = "cost"


class Visit(ShownRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a visit is agreed: within a span of time, never at a clock time. The times are an example of such a span."""

    kind: ClassVar[str] = "visit"
    span_only: bool = True
    example_from: ClockTime | None = None
    example_to: ClockTime | None = None


class SupportForm(ShownRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """In which form help is given, and with what."""

    kind: ClassVar[str] = "support-form"
    told_apart_by: ClassVar[tuple[str, ...]] = ("form",)
    form: Literal["remote", "on site", "break and fix", "ad hoc", "licence tasks", "device handover", "device repair"]
    tools: tuple[
        Literal["approved software only", "no download needed", "encrypted remote tool", "TeamViewer", "SuperOps RMM"],
        ...,
    ] = ()
    by_agreement: bool = False


class RemoteConsent(ShownRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose yes a remote connection needs, and how access without a yes at the time comes about."""

    kind: ClassVar[str] = "remote-consent"
    each_session: bool = True
    unattended_possible: bool = False
    unattended_default_off: bool = True
    only_provider_turns_on: bool = False
    both_agree: bool = False


class Report(ShownRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is reported to the customer, and when."""

    kind: ClassVar[str] = "report"
    told_apart_by: ClassVar[tuple[str, ...]] = ("of",)
    of: Literal["work done", "visit", "hardware accounts", "check"]
    when: Literal["after the work", "month end", "after the visit"]
    to: Literal["customer", "customer's finance department"] = "customer"
    holds: tuple[
        Literal[
            "tasks",
            "hours",
            "improvements",
            "product type",
            "product name",
            "from department",
            "to department",
            "estimated price",
        ],
        ...,
    ] = ()
