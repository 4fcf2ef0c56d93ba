"""Sentences about how systems are run: uptime, maintenance, faults, backups and restores."""

from servanda.terms.clauses import (
    Backup,
    Incident,
    Maintenance,
    MaintenanceWindow,
    NoUptime,
    Restore,
    Uptime,
    UsageLimit,
)
from servanda.terms.meaning.said import Figure, Said, Sayer, Words, if_so, in_a_row, together

MAINTAINED: Words = {
    "planned": ("planlagt arbejde", "planned work"),
    "urgent": ("hastearbejde", "urgent work"),
    "security update": ("en sikkerhedsopdatering", "a security update"),
    "upgrade": ("en opgradering", "an upgrade"),
}
NOT_COUNTED: Words = {
    "planned maintenance": ("planlagt arbejde", "planned work"),
    "force majeure": ("noget, ingen er herre over", "something nobody is in control of"),
    "outside causes": ("årsager uden for os", "causes outside us"),
}
FAULTS: Words = {
    "own fault": ("en fejl hos os", "a fault of ours"),
    "unforeseen downtime": ("et uventet nedbrud", "an unforeseen outage"),
    "server problem": ("et problem på serveren", "a problem on the server"),
    "movement": ("noget, der bevæger sig i serverrummet", "movement in the server room"),
    "reported fault": ("en fejl, du melder", "a fault that you report"),
}
USED: Words = {
    "storage": ("mere plads", "more storage"),
    "traffic": ("mere trafik", "more traffic"),
    "load": ("mere serverkraft", "more server load"),
    "mail accounts": ("flere mailkonti", "more mail accounts"),
    "server resources": ("mere af serverens kræfter", "more of the server's resources"),
    "any": ("mere", "more"),
}
EXCESS: Words = {
    "the customer is contacted": ("kontakter vi dig", "we contact you"),
    "more is billed": ("betaler du for det, du bruger", "you pay for what you use"),
    "the scope is agreed anew": ("aftaler vi omfanget på ny", "we agree on the scope anew"),
    "not allowed": ("er det ikke tilladt", "that is not allowed"),
}
COPIED: Words = {
    "everything": ("alt, hvad du har hos os", "everything you have with us"),
    "customer data": ("dine data", "your data"),
    "data copies": ("dine data", "your data"),
    "website": ("din hjemmeside", "your website"),
    "database": ("din database", "your database"),
    "database instances": ("dine databaser", "your databases"),
    "web hotels": ("webhoteller", "web hotels"),
    "server": ("serveren", "the server"),
    "whole servers": ("hele servere", "whole servers"),
    "before our work": ("det, vi arbejder på, før vi går i gang", "what we work on, before we begin"),
}
RHYTHMS: Words = {
    "daily": (" hver dag", " every day"),
    "weekly": (" hver uge", " every week"),
    "monthly": (" hver måned", " every month"),
    "scheduled": (" på faste tider", " at set times"),
    "continuously": (" hele tiden", " continuously"),
    "automatic": (" automatisk", " automatically"),
    "by agreement": (", som vi har aftalt,", ", as we have agreed"),
}
CHOICES: Words = {
    "daily": ("hver dag", "every day"),
    "weekly": ("hver uge", "every week"),
    "monthly": ("hver måned", "every month"),
}
RESTORED: Words = {
    "hosting": ("din hosting", "your hosting"),
    "website": ("din hjemmeside", "your website"),
    "database": ("din database", "your database"),
    "solution": ("din løsning", "your solution"),
    "hacked site": ("en hacket hjemmeside", "a hacked website"),
    "everything": ("alt, hvad du har hos os", "everything you have with us"),
}
PAID: Words = {
    "included": ("Det koster dig ikke noget.", "It costs you nothing."),
    "standard hourly rate": ("Du betaler vores almindelige timepris.", "You pay our standard hourly rate."),
    "consultant hourly rate": (
        "Du betaler vores timepris for konsulenter.",
        "You pay our hourly rate for consultants.",
    ),
}


def _uptime(rule: Uptime, da: Figure, en: Figure) -> Said:
    verb: Said = ("sigter efter", "aim for your service to be")
    if rule.is_guarantee:
        verb = ("lover", "promise that your service is")
    best: Said = ("", "")
    if rule.percent_best is not None:
        best = (f", nogle ydelser {da('percent_best')}", f", some services {en('percent_best')}")
    excluded = None
    if rule.excludes:
        listed = in_a_row(rule.excludes, NOT_COUNTED)
        excluded = (f"Tid, der skyldes {listed[0]}, tæller ikke med.", f"Time due to {listed[1]} does not count.")
    return together(
        (
            f"Vi {verb[0]}, at din ydelse er oppe {da('percent')} af tiden{best[0]}, målt over {da('over_days')}.",
            f"We {verb[1]} up {en('percent')} of the time{best[1]}, measured over {en('over_days')}.",
        ),
        excluded,
    )


def _no_uptime(_: NoUptime, __: Figure, ___: Figure) -> Said:
    return (
        "Vi gør, hvad vi kan, men lover dig ikke en bestemt oppetid.",
        "We do what we can, but do not promise you any particular uptime.",
    )


def _maintenance(rule: Maintenance, da: Figure, en: Figure) -> Said:
    work = MAINTAINED[rule.cause]
    notice = next((name for name in ("notice_hours", "notice_working_days") if getattr(rule, name) is not None), "")
    said: Said | None = None
    if notice:
        said = (
            f"Du får besked om {work[0]} mindst {da(notice)} før.",
            f"We tell you of {work[1]} at least {en(notice)} before.",
        )
    elif rule.may_come_unannounced:
        said = (f"Der kan komme {work[0]} uden varsel.", f"There can be {work[1]} without notice.")
    usual = None
    if rule.usual_minutes is not None:
        minutes = da("usual_minutes"), en("usual_minutes")
        usual = (
            f"{work[0].capitalize()} varer normalt højst {minutes[0]}.",
            f"{work[1].capitalize()} normally lasts {minutes[1]} at most.",
        )
    counted = None
    if rule.counts_as_downtime_without is not None:
        days = da("counts_as_downtime_without"), en("counts_as_downtime_without")
        counted = (
            f"Får du ikke besked {days[0]} før, tæller det som nedetid.",
            f"If you are not told {days[1]} before, it counts as downtime.",
        )
    if said is None and usual is None and counted is None:
        said = (f"Der kan komme {work[0]}, som afbryder din ydelse.", f"There can be {work[1]} that interrupts you.")
    return together(said, usual, counted)


def _maintenance_window(_: MaintenanceWindow, da: Figure, en: Figure) -> Said:
    return (
        f"Arbejde, der kan vente, laver vi mellem kl. {da('from_time')} og {da('to_time')}.",
        f"Work that can wait is done between {en('from_time')} and {en('to_time')}.",
    )


def _incident(rule: Incident, da: Figure, en: Figure) -> Said | None:
    fault = FAULTS[rule.cause]
    if rule.begins_within_minutes is not None:
        return (
            f"Er der {fault[0]}, går vi i gang inden for {da('begins_within_minutes')}.",
            f"If there is {fault[1]}, we begin within {en('begins_within_minutes')}.",
        )
    return if_so(
        rule.as_soon_as_possible,
        f"Er der {fault[0]}, går vi i gang så hurtigt, vi kan.",
        f"If there is {fault[1]}, we begin as soon as we can.",
    )


def _usage_limit(rule: UsageLimit, _: Figure, __: Figure) -> Said:
    used, then = USED[rule.of], EXCESS[rule.on_excess]
    return f"Bruger du {used[0]} end aftalt, {then[0]}.", f"If you use {used[1]} than agreed, {then[1]}."


def _backup(rule: Backup, da: Figure, en: Figure) -> Said:
    what = COPIED[rule.of]
    if rule.by == "customer":
        return f"Du tager selv sikkerhedskopier af {what[0]}.", f"You yourself make backups of {what[1]}."
    if not rule.included:
        return (
            f"Sikkerhedskopier af {what[0]} er kun med, når vi har aftalt det.",
            f"Backups of {what[1]} are only included when we have agreed so.",
        )
    rhythm: Said = RHYTHMS[rule.rhythm] if rule.rhythm else ("", "")
    if rule.choices:
        chosen = in_a_row(rule.choices, CHOICES, last=("eller", "or"))
        rhythm = (f" {chosen[0]}", f" {chosen[1]}")
    kept: Said = ("", "")
    if rule.keep_days is not None:
        kept = (f", og vi gemmer dem i {da('keep_days')}", f", and we keep them for {en('keep_days')}")
    return (
        f"Vi tager{rhythm[0]} sikkerhedskopier af {what[0]}{kept[0]}.",
        f"We make backups of {what[1]}{rhythm[1]}{kept[1]}.",
    )


def _restore(rule: Restore, _: Figure, __: Figure) -> Said:
    what = RESTORED[rule.of]
    if rule.by == "customer":
        return f"Du gendanner selv {what[0]}.", f"You yourself restore {what[1]}."
    said: Said = (
        (f"Du kan selv gendanne {what[0]}.", f"You can restore {what[1]} yourself.")
        if rule.self_service
        else (f"Vi gendanner {what[0]}, når du beder om det.", f"We restore {what[1]} when you ask us to.")
    )
    return together(
        said,
        if_so(rule.in_writing, "Bed om det på skrift.", "Ask in writing."),
        PAID[rule.paid_by],
        if_so(
            not rule.full_recovery_promised,
            "Vi kan ikke love, at alt kommer tilbage.",
            "We cannot promise that everything comes back.",
        ),
    )


SAYERS: dict[str, Sayer] = {
    "uptime": _uptime,
    "no-uptime": _no_uptime,
    "maintenance": _maintenance,
    "maintenance-window": _maintenance_window,
    "incident": _incident,
    "usage-limit": _usage_limit,
    "backup": _backup,
    "restore": _restore,
}
