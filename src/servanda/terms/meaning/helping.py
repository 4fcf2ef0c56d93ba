"""Sentences about support: when it answers, what time and things cost, and whose yes it needs."""

from collections.abc import Iterator

from servanda.terms.clauses import (
    Check,
    Discount,
    FixedPrice,
    Meeting,
    RemoteConsent,
    SupportHours,
    SupportResponse,
    TimeRate,
    Visit,
)
from servanda.terms.meaning.said import Figure, Said, Sayer, Words, if_so, together

ASKED: Words = {
    "daytime": ("Skriver du i dagtimerne", "If you write in the daytime"),
    "weekends and holidays": (
        "Skriver du i en weekend eller på en helligdag",
        "If you write at a weekend or on a holiday",
    ),
    "outside hours": ("Skriver du uden for åbningstiden", "If you write outside opening hours"),
    "first contact": ("Når du henvender dig", "When you get in touch"),
}
WORK: Words = {
    "consulting": ("Konsulenthjælp", "Consulting"),
    "remote help": ("Hjælp over nettet", "Remote help"),
    "visit": ("Et besøg", "A visit"),
    "weekday evening": ("Hjælp en hverdagsaften", "Help on a weekday evening"),
    "weekend": ("Hjælp i weekenden", "Help at the weekend"),
    "outside hours": ("Hjælp uden for åbningstiden", "Help outside opening hours"),
    "device setup": ("Opsætning af en enhed", "Setting up a device"),
    "restore": ("En gendannelse", "A restore"),
    "customer's own systems": ("Hjælp til dine egne systemer", "Help with your own systems"),
    "customer's own fault": ("En fejl, du selv er skyld i,", "A fault of your own"),
    "beyond the agreement": ("Arbejde ud over din aftale", "Work beyond your agreement"),
    "web outside hours": ("Hjælp til web uden for åbningstiden", "Help with web outside opening hours"),
    "extraordinary": ("Ekstraordinært arbejde", "Extraordinary work"),
}
PRICED: Words = {
    "pc security": ("Sikkerhed til din pc", "Security for your PC"),
    "web security": ("Sikkerhed til din hjemmeside", "Security for your website"),
    "device setup": ("Opsætning af en enhed", "Setting up a device"),
    "small exit copy": ("En lille kopi af dine data, når du flytter,", "A small copy of your data when you leave"),
}
EACH: Words = {
    "device": ("enhed", "device"),
    "site": ("hjemmeside", "site"),
    "user": ("bruger", "user"),
    "visit": ("besøg", "visit"),
}
LOWERED: Words = {
    "yearly payment": ("når du betaler for et år ad gangen", "when you pay for a year at a time"),
    "many devices": ("når du har mange enheder", "when you have many devices"),
    "agreement": ("når du har en serviceaftale", "when you have a service agreement"),
}
MEETINGS: Words = {
    "needs": ("et møde om dine behov", "a meeting on your needs"),
    "status": ("et statusmøde", "a status meeting"),
    "management": ("et møde med ledelsen", "a meeting with the management"),
}
CHECKED: Words = {
    "it systems": ("Et tjek af dine systemer", "A check of your systems"),
    "it systems, in a package": ("Tjekket af dine systemer i pakken", "The check of your systems in the package"),
    "compliance": ("Et tjek af, om I følger reglerne,", "A check of whether you follow the rules"),
    "gdpr package": ("Tjekket i GDPR-pakken", "The check in the GDPR package"),
    "licence accounts": ("Et tjek af jeres licenskonti", "A check of your licence accounts"),
    "half-yearly": ("Det halvårlige tjek", "The half-yearly check"),
}


def _support_response(rule: SupportResponse, da: Figure, en: Figure) -> Said:
    asked = ASKED[rule.when]
    verb: Said = ("sigter vi efter at svare", "we aim to answer") if rule.is_aim else ("svarer vi", "we answer")
    when: Said = (", så snart vi kan", " as soon as we can")
    if rule.hours is not None:
        when = (f" inden for {da('hours')}", f" within {en('hours')}")
    elif rule.working_hours is not None:
        when = (f" inden for {da('working_hours')}", f" within {en('working_hours')}")
    elif rule.same_day:
        when = (" samme dag", " the same day")
    elif rule.by_agreement:
        when = (", som vi har aftalt", " as we have agreed")
    best = None
    if rule.hours_best is not None:
        best = (f"Ofte går der kun {da('hours_best')}.", f"Often it takes only {en('hours_best')}.")
    return together(
        (f"{asked[0]}, {verb[0]}{when[0]}.", f"{asked[1]}, {verb[1]}{when[1]}."),
        best,
        if_so(rule.may_take_longer, "Det kan tage længere tid.", "It can take longer."),
    )


def _support_hours(rule: SupportHours, da: Figure, en: Figure) -> Said:
    other: dict[tuple[bool, bool], Said] = {
        (False, False): ("", ""),
        (True, False): (", også i weekenden", ", at weekends too"),
        (False, True): (", også på helligdage", ", on holidays too"),
        (True, True): (", også i weekender og på helligdage", ", at weekends and on holidays too"),
    }
    too = other[rule.weekends_too, rule.holidays_too]
    return (
        f"Du kan få hjælp mellem kl. {da('from_time')} og {da('to_time')}{too[0]}.",
        f"You can get help between {en('from_time')} and {en('to_time')}{too[1]}.",
    )


def _time_rate(rule: TimeRate, da: Figure, en: Figure) -> Said:
    work = WORK[rule.work]
    price: Said = ("efter vores prisliste", "by our price list")
    if rule.amount is not None:
        price = (f"{da('amount')} i timen", f"{en('amount')} an hour")
    elif rule.dearer_than is not None:
        price = (f"mere end {da('dearer_than')} i timen", f"more than {en('dearer_than')} an hour")
    return together(
        (f"{work[0]} koster {price[0]}.", f"{work[1]} costs {price[1]}."),
        *_lengths(rule, da, en),
        if_so(rule.needs_acceptance, "Vi begynder først, når du har sagt ja.", "We only begin once you have said yes."),
    )


def _lengths(rule: TimeRate, da: Figure, en: Figure) -> Iterator[Said]:
    """Say how the time is counted; a first stretch that is as long as the least is said once."""
    told: dict[str, Said] = {
        "first_minutes": ("Du betaler altid for de første {0}.", "You always pay for the first {0}."),
        "minimum_minutes": ("Du betaler for mindst {0}.", "You pay for {0} at least."),
        "started_minutes": (
            "Tiden bliver regnet i påbegyndte stykker på {0}.",
            "Time is counted in started stretches of {0}.",
        ),
        "usual_minutes_max": ("Det tager normalt højst {0}.", "It normally takes {0} at most."),
        "full_day_hours": ("En hel dag er {0}.", "A full day is {0}."),
    }
    for name, (danish, english) in told.items():
        is_said_before = name == "minimum_minutes" and rule.minimum_minutes == rule.first_minutes
        if getattr(rule, name) is not None and not is_said_before:
            yield danish.format(da(name)), english.format(en(name))


def _visit(rule: Visit, da: Figure, en: Figure) -> Said:
    example: Said = ("", "")
    if rule.example_from is not None and rule.example_to is not None:
        example = (
            f", for eksempel mellem kl. {da('example_from')} og {da('example_to')}",
            f", for example between {en('example_from')} and {en('example_to')}",
        )
    return (
        f"Vi aftaler et tidsrum for et besøg hos dig{example[0]}, ikke et klokkeslæt.",
        f"We agree on a span of time for a visit to you{example[1]}, not a clock time.",
    )


def _remote_consent(rule: RemoteConsent, _: Figure, __: Figure) -> Said:
    each: Said = (
        (
            "Vi kommer kun ind på din computer, når du siger ja hver gang.",
            "We only get into your computer when you say yes each time.",
        )
        if rule.each_session
        else (
            "Vi kommer kun ind på din computer, når du har sagt ja.",
            "We only get into your computer when you have said yes.",
        )
    )
    unattended = if_so(
        rule.unattended_possible,
        "Vi kan aftale adgang, uden at du er der."
        + (" Den er slået fra, til du har sagt ja." if rule.unattended_default_off else ""),
        "We can agree on access without you being there."
        + (" It is off until you have said yes." if rule.unattended_default_off else ""),
    )
    return together(each, unattended)


def _fixed_price(rule: FixedPrice, da: Figure, en: Figure) -> Said:
    what, each = PRICED[rule.of], EACH[rule.each]
    every: Said = ("", "")
    if rule.each_months is not None:
        every = (f" for {da('each_months')}", f" for {en('each_months')}")
    return together(
        (
            f"{what[0]} koster {da('amount')} pr. {each[0]}{every[0]}.",
            f"{what[1]} costs {en('amount')} per {each[1]}{every[1]}.",
        ),
        if_so(rule.can_deviate, "Prisen kan være en anden hos dig.", "The price can be another for you."),
    )


def _discount(rule: Discount, da: Figure, en: Figure) -> Said:
    cause = LOWERED[rule.cause]
    size: Said = ("rabat, som vi aftaler", "a discount that we agree on")
    if rule.percent is not None:
        size = (f"{da('percent')} rabat", f"a discount of {en('percent')}")
    elif not rule.by_agreement:
        size = ("rabat", "a discount")
    return f"Du får {size[0]}, {cause[0]}.", f"You get {size[1]} {cause[1]}."


def _meeting(rule: Meeting, da: Figure, en: Figure) -> Said | None:
    if rule.minutes_max is None:
        return None
    what = MEETINGS[rule.of]
    return (
        f"Du kan få {what[0]} på højst {da('minutes_max')}.",
        f"You can have {what[1]} of {en('minutes_max')} at most.",
    )


def _check(rule: Check, da: Figure, en: Figure) -> Said | None:
    what = CHECKED[rule.of]
    takes = first = None
    if rule.hours_max is not None:
        takes = (f"{what[0]} tager højst {da('hours_max')}.", f"{what[1]} takes {en('hours_max')} at most.")
    if rule.first_after_months is not None:
        months = da("first_after_months"), en("first_after_months")
        first = (f"{what[0]} kommer første gang efter {months[0]}.", f"{what[1]} comes first after {months[1]}.")
    return together(takes, first) if takes or first else None


SAYERS: dict[str, Sayer] = {
    "support-response": _support_response,
    "support-hours": _support_hours,
    "time-rate": _time_rate,
    "visit": _visit,
    "remote-consent": _remote_consent,
    "fixed-price": _fixed_price,
    "discount": _discount,
    "meeting": _meeting,
    "check": _check,
}
