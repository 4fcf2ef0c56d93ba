"""Sentences about how long an agreement runs, how it ends and changes, and what is paid back."""

from servanda.terms.clauses import (
    CancellationFee,
    Notice,
    NoticeChannel,
    OutageExit,
    PriceChange,
    ProviderExit,
    Refund,
    RefundCeiling,
    Renewal,
    Rescission,
    Scope,
    SpecialAgreement,
    Term,
    TermsChange,
)
from servanda.terms.meaning.said import Figure, Said, Sayer, Words, if_so, in_a_row, length, together

CHANNELS: Words = {
    "e-mail": ("e-mail", "e-mail"),
    "letter": ("brev", "letter"),
    "portal": ("kundeportalen", "the customer portal"),
    "website": ("hjemmesiden", "the website"),
}
SPECIAL: Words = {
    "resource limits": ("andre grænser for, hvor meget du må bruge", "other limits on how much you may use"),
    "term": ("en anden løbetid", "another term"),
    "price": ("en anden pris", "another price"),
    "streaming": ("at du må streame", "that you may stream"),
}
TERMS_CHANGES: Words = {
    "any": ("Ændrer vi vilkårene", "If we change the terms"),
    "material": ("Ændrer vi vilkårene væsentligt", "If we change the terms in a way that matters"),
    "ordinary": ("Laver vi en almindelig ændring af vilkårene", "If we make an ordinary change to the terms"),
    "larger": ("Laver vi en større ændring af vilkårene", "If we make a larger change to the terms"),
    "worsening": ("Stiller en ændring dig dårligere", "If a change makes things worse for you"),
    "favourable": ("Er en ændring kun til din fordel", "If a change is only to your advantage"),
    "minor": ("Laver vi en mindre ændring af vilkårene", "If we make a minor change to the terms"),
}
PRICE_CHANGES: Words = {
    "any": ("Ændrer vi prisen", "If we change the price"),
    "material": ("Ændrer vi prisen væsentligt", "If we change the price in a way that matters"),
    "ordinary": ("Ændrer vi prisen på almindelig vis", "If we make an ordinary change to the price"),
    "larger": ("Ændrer vi prisen mere end almindeligt", "If we change the price more than ordinarily"),
    "upgrade": ("Skifter du til noget større", "If you move up to something larger"),
}
COUNTED_TO: Words = {
    "effect": ("før ændringen gælder", "before the change takes effect"),
    "renewal": ("før din aftale bliver fornyet", "before your agreement is renewed"),
}
REFUNDED: Words = {
    "customer default": (
        "Slutter aftalen, fordi du ikke har overholdt den",
        "If the agreement ends because you have not kept it",
    ),
    "customer exit after change": ("Siger du op på grund af en ændring", "If you leave because of a change"),
    "provider exit": ("Siger vi aftalen op", "If we end the agreement"),
    "return": ("Skifter du mening om et køb", "If you change your mind about a purchase"),
    "force majeure": (
        "Slutter aftalen på grund af noget, som ingen er herre over",
        "If the agreement ends because of something nobody is in control of",
    ),
}


def _term(rule: Term, da: Figure, en: Figure) -> Said:
    if rule.is_open_ended:
        return "Din aftale løber, indtil en af os siger den op.", "Your agreement runs until one of us ends it."
    if rule.by_agreement:
        return "Hvor længe din aftale løber, står i din ordre.", "How long your agreement runs is stated in your order."
    usual = if_so(
        rule.months is not None and rule.allowed,
        f"Vælger du ikke selv, er det {da('months') if rule.months else ''}.",
        f"If you do not choose, it is {en('months') if rule.months else ''}.",
    )
    if not rule.allowed:
        return f"Din aftale løber i {da('months')}.", f"Your agreement runs for {en('months')}."
    return together((f"Din aftale løber i {da('allowed')}.", f"Your agreement runs for {en('allowed')}."), usual)


def _renewal(rule: Renewal, da: Figure, en: Figure) -> Said:
    longer = (
        (da("months") + " mere", "another " + en("months")) if rule.months else ("lige så længe igen", "as long again")
    )
    return (
        f"Siger du ikke op i tide, fortsætter aftalen {'i ' if rule.months else ''}{longer[0]}.",
        f"If you do not end it in time, the agreement goes on for {longer[1]}.",
    )


def _notice(rule: Notice, da: Figure, en: Figure) -> Said:
    said: dict[str, Said] = {
        "period end": (
            f"Vil du sige op, skal din opsigelse være hos os senest {length(rule, da)}, før perioden slutter.",
            f"If you want to leave, your notice must reach us no later than {length(rule, en)} before the period ends.",
        ),
        "month end": (
            f"Når du siger op, løber aftalen måneden ud og derefter {length(rule, da)} mere.",
            f"When you give notice, the agreement runs to the end of the month and then for {length(rule, en)} more.",
        ),
        "day": (
            f"Når du siger op, slutter aftalen {length(rule, da)} efter.",
            f"When you give notice, the agreement ends {length(rule, en)} later.",
        ),
        "agreed end": (
            "Du kan sige op når som helst. Aftalen løber til den dag, vi har aftalt.",
            "You can give notice at any time. The agreement runs to the day we have agreed.",
        ),
    }
    return together(
        said[rule.counted_to], if_so(rule.in_writing, "Opsigelsen skal være skriftlig.", "It must be in writing.")
    )


def _rescission(rule: Rescission, da: Figure, en: Figure) -> Said:
    return together(
        (
            f"Har du ret til at ophæve aftalen, skal vi vide det senest {da('days')}, før den bliver fornyet.",
            f"If you are entitled to rescind, we must know no later than {en('days')} before the agreement is renewed.",
        ),
        if_so(rule.in_writing, "Det skal være skriftligt.", "It must be in writing."),
    )


def _notice_channel(rule: NoticeChannel, _: Figure, __: Figure) -> Said:
    da, en = in_a_row(rule.channels, CHANNELS, last=("eller", "or"))
    said: dict[str, Said] = {
        "provider": (f"Vi kan give dig besked via {da}.", f"We can give you notice through {en}."),
        "customer": (f"Du kan give os besked via {da}.", f"You can give us notice through {en}."),
        "both": (
            f"Du og vi kan give hinanden besked via {da}.",
            f"You and we can give each other notice through {en}.",
        ),
    }
    latest = if_so(
        rule.latest_address,
        "Vi bruger den seneste adresse, du har givet os.",
        "We use the latest address you have given us.",
    )
    return together(said[rule.party], latest)


def _provider_exit(rule: ProviderExit, da: Figure, en: Figure) -> Said:
    da_end, en_end = (
        (" til udgangen af en måned", " to the end of a month") if rule.counted_to == "month end" else ("", "")
    )
    notice_da = f" med et varsel på {da('months')}{da_end}" if rule.months else ""
    notice_en = f" with a notice of {en('months')}{en_end}" if rule.months else ""
    said: dict[str, Said] = {
        "any": (f"Vi kan sige aftalen op{notice_da}.", f"We can end the agreement{notice_en}."),
        "discontinuation": (
            f"Holder vi op med en ydelse, kan vi sige den op{notice_da}.",
            f"If we discontinue a service, we can end it{notice_en}.",
        ),
        "force majeure": (
            f"Rammes vi af noget, vi ikke er herre over, kan vi ophæve aftalen{notice_da}.",
            f"If something beyond our control hits us, we can rescind the agreement{notice_en}.",
        ),
    }
    return said[rule.cause]


def _outage_exit(_: OutageExit, da: Figure, en: Figure) -> Said:
    return (
        f"Er din ydelse nede i {da('days')} i træk, kan du ophæve aftalen.",
        f"If your service is down for {en('days')} on end, you can rescind the agreement.",
    )


def _scope(rule: Scope, _: Figure, __: Figure) -> Said | None:
    if not rule.sheet_required:
        return "Din aftale siger, hvad den faste pris dækker.", "Your agreement states what the fixed price covers."
    return (
        "Før vi begynder, skal det stå på skrift, hvad din aftale omfatter. Det hører med til den faste pris.",
        "Before we begin, what your agreement covers must be in writing. That is what the fixed price is for.",
    )


def _special_agreement(rule: SpecialAgreement, _: Figure, __: Figure) -> Said:
    da, en = SPECIAL[rule.about]
    return (
        f"Du og vi kan aftale {da}. Så gælder det, vi har aftalt, i stedet for vilkårene.",
        f"You and we can agree on {en}. What we agreed then holds in place of the terms.",
    )


def _terms_change(rule: TermsChange, da: Figure, en: Figure) -> Said:
    case, to = TERMS_CHANGES[rule.change], COUNTED_TO[rule.counted_to]
    if length(rule, da):
        told: Said = (
            f"{case[0]}, får du besked mindst {length(rule, da)}, {to[0]}.",
            f"{case[1]}, we tell you at least {length(rule, en)} {to[1]}.",
        )
    elif rule.is_announced:
        told = f"{case[0]}, får du besked.", f"{case[1]}, we tell you."
    else:
        told = f"{case[0]}, kan den gælde uden varsel.", f"{case[1]}, it can hold without notice."
    return together(told, _way_out(rule, da, en))


def _way_out(rule: TermsChange, da: Figure, en: Figure) -> Said | None:
    with_notice = (
        (f" med et varsel på {da('exit_months')}", f" with a notice of {en('exit_months')}")
        if rule.exit_months
        else ("", "")
    )
    if rule.exit_days_before is not None:
        return (
            f"Du kan sige op{with_notice[0]}, når det sker senest {da('exit_days_before')}, før ændringen gælder.",
            f"You can leave{with_notice[1]}, no later than {en('exit_days_before')} before the change takes effect.",
        )
    return if_so(rule.exit_months, f"Du kan da sige op{with_notice[0]}.", f"You can then leave{with_notice[1]}.")


def _price_change(rule: PriceChange, da: Figure, en: Figure) -> Said:
    case, to = PRICE_CHANGES[rule.change], COUNTED_TO[rule.counted_to]
    told: Said = (
        (
            f"{case[0]}, får du besked mindst {da('days')}, {to[0]}.",
            f"{case[1]}, we tell you at least {en('days')} {to[1]}.",
        )
        if rule.days is not None
        else (f"{case[0]}, kan den nye pris gælde uden varsel.", f"{case[1]}, the new price can hold without notice.")
    )
    if rule.needs_approval:
        told = f"{case[0]}, sker det kun, hvis du siger ja.", f"{case[1]}, it only happens if you say yes."
    cap = None
    if rule.cap_percent is not None:
        cap = (f"En sådan ændring er højst {da('cap_percent')}.", f"Such a change is {en('cap_percent')} at most.")
    by_invoice = if_so(
        rule.price_on == "invoice date",
        "Du betaler den pris, der gælder på fakturaens dag.",
        "You pay the price that holds on the day of the invoice.",
    )
    return together(told, cap, by_invoice)


def _refund(rule: Refund, _: Figure, __: Figure) -> Said:
    da, en = REFUNDED[rule.cause]
    if rule.share == "none":
        return f"{da}, får du ikke penge tilbage.", f"{en}, you get no money back."
    return (
        f"{da}, får du pengene tilbage for den tid, du har betalt for og ikke får brugt.",
        f"{en}, you get back what you paid for the time you do not get to use.",
    )


def _refund_ceiling(rule: RefundCeiling, da: Figure, en: Figure) -> Said:
    only_da, only_en = (", og kun når fejlen alene er vores", ", and only when the fault is ours alone")
    return (
        f"Er din ydelse nede, kan du højst få {da('percent')} af prisen for den tid tilbage"
        f"{only_da if rule.sole_fault_required else ''}.",
        f"If your service is down, you can get back {en('percent')} of the price of that time at most"
        f"{only_en if rule.sole_fault_required else ''}.",
    )


def _cancellation_fee(rule: CancellationFee, da: Figure, en: Figure) -> Said:
    if not rule.amount:
        return "Det koster dig ikke noget at sige op.", "It costs you nothing to leave."
    return f"Det koster dig {da('amount')} at sige op.", f"It costs you {en('amount')} to leave."


SAYERS: dict[str, Sayer] = {
    "term": _term,
    "renewal": _renewal,
    "notice": _notice,
    "rescission": _rescission,
    "notice-channel": _notice_channel,
    "provider-exit": _provider_exit,
    "outage-exit": _outage_exit,
    "scope": _scope,
    "special-agreement": _special_agreement,
    "terms-change": _terms_change,
    "price-change": _price_change,
    "refund": _refund,
    "refund-ceiling": _refund_ceiling,
    "cancellation-fee": _cancellation_fee,
}
