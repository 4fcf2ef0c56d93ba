"""Which account of the public standard chart is each account of the ledger, until a company says otherwise?

The chart is the one that Erhvervsstyrelsen and Skattestyrelsen publish (fælles offentlig standardkontoplan, the version of
2026-01-01). Numbers and names were read in a public reproduction of its list of December 2025, not at the authority itself; which
account suits is partly the law's wording (`H`) and partly a choice of the house (`M`), which a company may change.
"""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from servanda.business.books.facts import AccountType, ChartLine, NumberDraft, StandardAccount
from servanda.business.ledger.facts import Account
from servanda.ground.citation import Citation
from servanda.ground.refusal import Refused

CHART = Citation("Bekendtgørelsen om digitale standard bogføringssystemer", "standardkontoplan", "97/2023")
CHART_NAME = "Standardkontoplanen"
CHART_VERSION = "20260101"
FROM_THE_BEGINNING = date(2000, 1, 1)
NUMBER_LETTERS_MAX = 20

# The accounts of the public chart that a sub-ledger of invoices and payments can need: number → name.
STANDARD: Mapping[str, str] = MappingProxyType(
    {
        "1010": "Salg af varer og ydelser",
        "1050": "Salg af varer udland, EU",
        "1100": "Salg af varer udland, ikke-EU",
        "1150": "Salg af ydelser udland, EU",
        "1200": "Salg af ydelser udland, ikke-EU",
        "1550": "Øvrige andre driftsindtægter",
        "2280": "Tab på tilgodehavender fra salg og tjenesteydelser",
        "2390": "Porto og gebyrer",
        "2720": "Øreafrunding/kassedifferencer",
        "3470": "Renter fra banker",
        "3490": "Renter vedr. tilgodehavende fra salg af varer og tjenesteydelser",
        "3530": "Øvrige finansielle indtægter",
        "6190": "Tilgodehavender fra salg og tjenesteydelser",
        "6330": "Øvrige tilgodehavender (kortfristede)",
        "6470": "Likvide beholdninger",
        "6480": "Bankkonto",
        "7410": "Modtagne forudbetalinger fra kunder (kortfristet)",
        "7680": "Salgsmoms",
        "7840": "Skyldig moms",
        "8040": "Øvrig anden gæld",
    }
)


def _standard(number: str, confidence: str, why: str = "") -> StandardAccount:
    return StandardAccount(number=number, name=STANDARD[number], confidence=confidence, why=why)


_ABROAD = "sales abroad stand on the same account of this ledger; the VAT return splits them by treatment"
_TWICE = "several accounts of the ledger share it, so the company's own numbers differ"
STANDARD_OF: Mapping[str, StandardAccount] = MappingProxyType(
    {
        Account.RECEIVABLE: _standard("6190", "H"),
        Account.SALES: _standard("1010", "M", _ABROAD),
        Account.VAT_OUT: _standard("7680", "H"),
        Account.BANK: _standard("6480", "H"),
        Account.SUSPENSE: _standard("8040", "M", _TWICE),
        Account.CUSTOMER_CREDIT: _standard("7410", "H"),
        Account.FEES: _standard("1550", "M", _TWICE),
        Account.INTEREST: _standard("3490", "H"),
        Account.COMPENSATION: _standard("1550", "M", _TWICE),
        Account.ROUNDING: _standard("2720", "H"),
        Account.CLEARING: _standard("6330", "M", "money that a payment provider holds for us"),
        Account.PAYOUTS: _standard("8040", "M", _TWICE),
        Account.WRITE_OFF: _standard("2280", "H"),
        Account.VAT_OSS: _standard("8040", "M", "owed to other countries, so neither Salgsmoms nor Skyldig moms"),
        Account.OTHER: _standard("6330", "M", "to be booked on in the bookkeeping program"),
    }
)
TYPE_OF: Mapping[str, AccountType] = MappingProxyType(
    {
        Account.RECEIVABLE: AccountType.ASSET,
        Account.SALES: AccountType.INCOME,
        Account.VAT_OUT: AccountType.LIABILITY,
        Account.BANK: AccountType.ASSET,
        Account.SUSPENSE: AccountType.LIABILITY,
        Account.CUSTOMER_CREDIT: AccountType.LIABILITY,
        Account.FEES: AccountType.INCOME,
        Account.INTEREST: AccountType.INCOME,
        Account.COMPENSATION: AccountType.INCOME,
        Account.ROUNDING: AccountType.EXPENSE,
        Account.CLEARING: AccountType.ASSET,
        Account.PAYOUTS: AccountType.LIABILITY,
        Account.WRITE_OFF: AccountType.EXPENSE,
        Account.VAT_OSS: AccountType.LIABILITY,
        Account.OTHER: AccountType.ASSET,
    }
)
# The company's own numbers to begin with: each account has one of its own, near the public one.
_OWN: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        Account.RECEIVABLE: ("6190", "Debitorer"),
        Account.SALES: ("1010", "Salg"),
        Account.VAT_OUT: ("7680", "Salgsmoms"),
        Account.BANK: ("6480", "Bank"),
        Account.SUSPENSE: ("8041", "Uafklarede bankposter"),
        Account.CUSTOMER_CREDIT: ("7410", "Kunders tilgodehavender"),
        Account.FEES: ("1551", "Rykkergebyrer"),
        Account.INTEREST: ("3490", "Morarenter"),
        Account.COMPENSATION: ("1552", "Kompensationsbeløb"),
        Account.ROUNDING: ("2720", "Øreafrunding"),
        Account.CLEARING: ("6331", "Betalingsudbydere"),
        Account.PAYOUTS: ("8042", "Udbetalinger på vej"),
        Account.WRITE_OFF: ("2280", "Tab på debitorer"),
        Account.VAT_OSS: ("8043", "Moms efter One Stop Shop"),
        Account.OTHER: ("6332", "Øvrige bankposter"),
    }
)


class NotInChart(Refused):
    """An account has no number, or a number is not one of the public chart."""


def default_number(account: str) -> NumberDraft | None:
    """Return the number that an account has to begin with; None for one that this program does not know."""
    if account not in _OWN:
        return None
    number, name = _OWN[account]
    standard = STANDARD_OF[account].number
    return NumberDraft(account=account, number=number, name=name, standard_number=standard, since=FROM_THE_BEGINNING)


def standard_account(account: str, number: str) -> StandardAccount:
    """Return the public account of a number: with our own confidence where it is our choice."""
    ours = STANDARD_OF.get(account)
    if ours is not None and ours.number == number:
        return ours
    return StandardAccount(
        number=number, name=STANDARD.get(number, ""), confidence="company", why="the company's choice"
    )


def refuse_unfit(draft: NumberDraft, *, today: date) -> None:
    """Refuse a number that says nothing, is not in the public chart, or would change what was told before."""
    if draft.account not in STANDARD_OF:
        raise NotInChart(
            "There is no account '%(account)s'. Choose among %(known)s.",
            {"account": draft.account, "known": ", ".join(sorted(STANDARD_OF))},
        )
    if not draft.number.strip() or len(draft.number) > NUMBER_LETTERS_MAX or not draft.name.strip():
        raise NotInChart(
            "Write a number of at most 20 letters and a name: they are what the bookkeeping program shows."
        )
    if draft.standard_number not in STANDARD:
        raise NotInChart(
            "'%(standard_number)s' is not among the accounts of the public standard chart that this ledger can "
            "need. Choose among %(known)s.",
            {"standard_number": draft.standard_number, "known": ", ".join(STANDARD)},
        )
    if draft.since < today:
        raise NotInChart(
            "A number holds from today (%(today)s) at the earliest: %(since)s is past, and exports of past days "
            "stay as they were. Choose a later day.",
            {"today": today, "since": draft.since},
        )


def chart_on(lines: tuple[ChartLine, ...], account: str) -> ChartLine:
    """Return the line of an account; refuses one that has none, with what to do."""
    for line in lines:
        if line.account == account:
            return line
    raise NotInChart(
        "The account '%(account)s' has no number in the chart, so nothing can be handed over. Give it one on the "
        "page of the books, or with `servanda books number`.",
        {"account": account},
    )
