"""Sentences about offers and deliveries, faults and liability, how long data are kept, and whoever else takes part."""

from servanda.terms.clauses import (
    ActivityBan,
    Age,
    BulkMail,
    ContentBan,
    DataBreach,
    DataLocation,
    Delegation,
    Delivery,
    Exclusion,
    Inspection,
    LiabilityCap,
    Offer,
    Retention,
    VendorTerms,
    Warranty,
)
from servanda.terms.meaning.said import Figure, Said, Sayer, Words, if_so, in_a_row, length, together

INSPECTED: Words = {
    "delivery": ("leverancen", "the delivery"),
    "hardware": ("udstyret", "the hardware"),
    "any defect": ("det, du har fået", "what you have received"),
}
WARRANTED: Words = {
    "hardware": ("på udstyr", "on hardware"),
    "goods": ("på varer", "on goods"),
    "software": ("på software", "on software"),
    "solutions": ("på løsninger", "on solutions"),
    "licensed software": ("på software på licens", "on licensed software"),
    "satisfaction": ("for, at du bliver tilfreds", "that you will be satisfied"),
}
GIVEN: Words = {
    "by the provider": (" fra os", " from us"),
    "by the maker": (" fra producenten", " from the maker"),
    "on the maker's conditions": (" på producentens betingelser", " on the maker's conditions"),
    "for each solution": (", som aftales for hver løsning", ", agreed for each solution"),
}
LOSSES: Words = {
    "any loss": ("Lider du et tab", "If you suffer a loss"),
    "hardware": ("Er der fejl på udstyr", "If hardware is faulty"),
    "any claim": ("Har du et krav mod os", "If you have a claim on us"),
    "loss of data and earnings": ("Mister du data eller indtægt", "If you lose data or earnings"),
}
CAPS: Words = {
    "yearly fee": ("det, du betaler os på et år", "what you pay us in a year"),
    "work performed": ("prisen for det arbejde, vi har lavet", "the price of the work we have done"),
}
KEPT: Words = {
    "orders": ("dine ordrer", "your orders"),
    "payments": ("dine betalinger", "your payments"),
    "transactions": ("dine transaktioner", "your transactions"),
    "hosting backups": ("sikkerhedskopier af din hosting", "backups of your hosting"),
    "monitoring data": ("data fra overvågning", "monitoring data"),
    "customer data": ("dine data", "your data"),
}
HANDED_ON: Words = {
    "technical operation": (
        "Vi kan lade en anden stå for den tekniske drift, når det ikke stiller dig ringere.",
        "We may let somebody else run the technical operation, as long as it makes nothing worse for you.",
    ),
    "server hosting": (
        "Din server kan stå hos en anden, som vi har valgt.",
        "Your server may stand with somebody else, whom we have chosen.",
    ),
    "subscriptions": (
        "Dine abonnementer kan blive leveret af en anden.",
        "Your subscriptions may be delivered by somebody else.",
    ),
}


def _offer(rule: Offer, da: Figure, en: Figure) -> Said:
    return together(
        (f"Vores tilbud til dig gælder i {da('days')}.", f"Our offer to you stands for {en('days')}."),
        if_so(rule.lapses_whole, "Derefter falder hele tilbuddet bort.", "After that the whole offer lapses."),
    )


def _delivery(rule: Delivery, da: Figure, en: Figure) -> Said | None:
    move = late = None
    if rule.postponable_working_days is not None:
        days = da("postponable_working_days"), en("postponable_working_days")
        move = (f"Vi kan flytte en aftalt dag op til {days[0]}.", f"We can move an agreed day by up to {days[1]}.")
    if rule.late_after_working_days is not None:
        days = da("late_after_working_days"), en("late_after_working_days")
        late = (
            f"Vi er først forsinkede, når der er gået {days[0]} ud over den aftalte dag.",
            f"We are only late once {days[1]} have passed beyond the agreed day.",
        )
    return together(move, late) if move or late else None


def _inspection(rule: Inspection, da: Figure, en: Figure) -> Said | None:
    what = INSPECTED[rule.of]
    looked = claimed = None
    if rule.examine_days is not None:
        looked = (
            f"Se {what[0]} efter inden for {da('examine_days')}.",
            f"Examine {what[1]} within {en('examine_days')}.",
        )
    elif rule.at_once:
        looked = (f"Se {what[0]} efter med det samme.", f"Examine {what[1]} at once.")
    if rule.claim_days is not None:
        how: Said = (" skriftligt", " in writing") if rule.in_writing else ("", "")
        claimed = (
            f"Er der en fejl, skal du sige det{how[0]} inden for {da('claim_days')}.",
            f"If there is a defect, tell us{how[1]} within {en('claim_days')}.",
        )
    lost = if_so(
        rule.late_claim_is_lost, "Siger du det senere, er det for sent.", "If you tell us later, it is too late."
    )
    return together(looked, claimed, lost) if looked or claimed or lost else None


def _warranty(rule: Warranty, da: Figure, en: Figure) -> Said | None:
    what = WARRANTED[rule.of]
    if rule.given == "none":
        return f"Der er ingen garanti {what[0]}.", f"There is no warranty {what[1]}."
    given = GIVEN[rule.given]
    if rule.months is None:
        return f"Du har garanti {what[0]}{given[0]}.", f"You have a warranty {what[1]}{given[1]}."
    return (
        f"Du har {da('months')} garanti {what[0]}{given[0]}.",
        f"You have {en('months')} of warranty {what[1]}{given[1]}.",
    )


def _liability_cap(rule: LiabilityCap, da: Figure, en: Figure) -> Said | None:
    loss = LOSSES[rule.of]
    if rule.cap == "nothing":
        return f"{loss[0]}, betaler vi ikke erstatning.", f"{loss[1]}, we pay no damages."
    if rule.cap != "share or amount":
        cap = CAPS[rule.cap]
        return f"{loss[0]}, betaler vi højst {cap[0]}.", f"{loss[1]}, we pay {cap[1]} at most."
    parts_da = [f"{da('percent')} af det, du betaler os på et år"] if rule.percent is not None else []
    parts_en = [f"{en('percent')} of what you pay us in a year"] if rule.percent is not None else []
    if rule.amount is not None:
        parts_da.append(da("amount"))
        parts_en.append(en("amount"))
    if not parts_da:
        return None
    lowest: Said = (", det laveste af de to", ", whichever is lower") if len(parts_da) > 1 else ("", "")
    return (
        f"{loss[0]}, betaler vi højst {' eller '.join(parts_da)}{lowest[0]}.",
        f"{loss[1]}, we pay at most {' or '.join(parts_en)}{lowest[1]}.",
    )


def _retention(rule: Retention, da: Figure, en: Figure) -> Said | None:
    what = KEPT[rule.of]
    time: Said = (f" i {length(rule, da)}", f" for {length(rule, en)}")
    if not length(rule, da):
        time = (", så længe du har ydelsen", " for as long as you have the service")
        if not rule.while_service:
            return None
    return f"Vi gemmer {what[0]}{time[0]}.", f"We keep {what[1]}{time[1]}."


def _data_breach(_: DataBreach, da: Figure, en: Figure) -> Said:
    return (
        f"Slipper persondata ud, siger vi det til Datatilsynet inden for {da('hours')}.",
        f"If personal data get out, we tell the Danish data protection authority within {en('hours')}.",
    )


def _age(rule: Age, da: Figure, en: Figure) -> Said:
    return together(
        (
            f"Du skal være fyldt {da('years')} for at være kunde.",
            f"You must be at least {en('years')} old to be a customer.",
        ),
        if_so(
            rule.guardian_accepts,
            "Er du yngre, skal din værge sige ja.",
            "If you are younger, your guardian must say yes.",
        ),
    )


def _delegation(rule: Delegation, _da: Figure, _en: Figure) -> Said:
    own_terms = if_so(
        rule.vendor_terms_too,
        "Så gælder den andens vilkår også for dig.",
        "The terms of that other one then hold for you too.",
    )
    return together(HANDED_ON[rule.of], own_terms)


def _vendor_terms(rule: VendorTerms, _da: Figure, _en: Figure) -> Said:
    return together(
        (
            "Leverandøren har sine egne vilkår for det, du køber.",
            "The vendor has terms of its own for what you buy.",
        ),
        if_so(rule.handed_out, "Dem får du af os.", "You get them from us."),
        if_so(rule.accepted_by_name, "Du siger ja til dem for sig.", "You say yes to them separately."),
        if_so(rule.binding, "De er bindende for dig.", "They bind you."),
        if_so(rule.on_top, "De gælder ved siden af vores vilkår.", "They hold beside our terms."),
    )


def _bulk_mail(rule: BulkMail, da: Figure, en: Figure) -> Said:
    ways = in_a_row(rule.ways, BULK_WAYS, last=("eller", "or")) if rule.ways else ("", "")
    return together(
        (
            "Vil du sende mange mails, skal du spørge først og skrive, hvor mange du sender om ugen.",
            "If you want to send much mail, ask first, and write how many messages you send in a week.",
        ),
        if_so(rule.ways, f"Du kan få {ways[0]}.", f"You can get {ways[1]}."),
        if_so(rule.by_offer, "Du får et tilbud på det.", "You get an offer for it."),
    )


def _data_location(rule: DataLocation, da: Figure, en: Figure) -> Said:
    what, where = LOCATED[rule.of], in_a_row(rule.countries, COUNTRIES)
    return together(
        (f"{what[0]} ligger i {where[0]}.", f"{what[1]} in {where[1]}."),
        TRANSFERRED[rule.transfer_basis] if rule.transfer_basis is not None else None,
    )


def _content_ban(rule: ContentBan, da: Figure, en: Figure) -> Said:
    if rule.unless_agreed:
        return (
            "Det indhold, som punktet nævner, må kun ligge hos os, når vi har aftalt det først.",
            "The content that the clause names may lie with us only when we have agreed so first.",
        )
    return together(
        (
            "Det indhold, som punktet nævner, må ikke ligge hos os.",
            "The content that the clause names may not lie with us.",
        ),
        if_so(
            "links to banned content" in rule.bans,
            "Du må heller ikke linke til det.",
            "Nor may you link to it.",
        ),
    )


def _activity_ban(rule: ActivityBan, da: Figure, en: Figure) -> Said:
    return together(
        (
            "Det, som punktet nævner, må du ikke bruge vores ydelser til.",
            "You may not use our services for what the clause names.",
        ),
        if_so(rule.except_own_use, "Til dig selv må du gerne.", "For yourself you may."),
    )


def _exclusion(rule: Exclusion, da: Figure, en: Figure) -> Said:
    return together(
        (
            "Der er ting, vi ikke svarer for; punktet nævner dem.",
            "There are things we do not answer for; the clause names them.",
        ),
        if_so(
            rule.except_gross_negligence,
            "Har vi handlet groft uagtsomt, svarer vi alligevel.",
            "If we have been grossly negligent, we answer all the same.",
        ),
        (
            "Det, loven ikke lader os fraskrive os, svarer vi for.",
            "What the law does not let us exclude, we answer for.",
        ),
    )


BULK_WAYS: Words = {
    "permit on the shared relay": (
        "lov til at sende over vores fælles mailserver",
        "leave to send by our shared mail server",
    ),
    "dedicated relay": ("en mailserver for dig alene", "a mail server for you alone"),
}
LOCATED: Words = {
    "all data": ("Dine data", "Your data lie"),
    "package backup": ("Kopierne i din pakke", "The copies in your package lie"),
    "monitoring data": ("Det, overvågningen måler,", "What monitoring measures lies"),
}
COUNTRIES: Words = {"Denmark": ("Danmark", "Denmark"), "EU": ("EU", "the EU"), "USA": ("USA", "the USA")}
TRANSFERRED: Words = {
    "adequacy decision": (
        "De må ligge uden for EU, fordi EU-Kommissionen har godkendt beskyttelsen dér.",
        "They may lie outside the EU because the European Commission has found the protection there adequate.",
    ),
    "standard clauses": (
        "De må ligge uden for EU efter EU-Kommissionens standardbestemmelser.",
        "They may lie outside the EU under the European Commission's standard clauses.",
    ),
    "not stated": (
        "Vilkårene siger ikke, på hvilket grundlag de ligger uden for EU.",
        "The terms do not say on what ground they lie outside the EU.",
    ),
}

SAYERS: dict[str, Sayer] = {
    "offer": _offer,
    "delivery": _delivery,
    "inspection": _inspection,
    "warranty": _warranty,
    "liability-cap": _liability_cap,
    "retention": _retention,
    "data-breach": _data_breach,
    "data-location": _data_location,
    "content-ban": _content_ban,
    "activity-ban": _activity_ban,
    "exclusion": _exclusion,
    "bulk-mail": _bulk_mail,
    "age": _age,
    "delegation": _delegation,
    "vendor-terms": _vendor_terms,
}
