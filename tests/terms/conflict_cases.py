"""Rules that are in conflict with the law, each with what must be said of it, and rules that are not."""

from collections.abc import Callable
from datetime import date

from servanda.terms.catalogue import Catalogue
from servanda.terms.clauses import CustomerKind
from servanda.terms.conflicts import conflicts_in
from servanda.terms.document import Agreement

Write = Callable[..., Agreement]
DAY = date(2026, 11, 30)
BUSINESS, CONSUMER, PUBLIC, ASSOCIATION = CustomerKind
ALL = (BUSINESS, CONSUMER, PUBLIC, ASSOCIATION)
OTHERS = (BUSINESS, PUBLIC, ASSOCIATION)
TERM_12 = "term\nmonths = 12"
FEE = 'reminder-fee\namount = "100.00"\nfees_max = 3\nspacing_days = 10'


def clauses(*rules: str) -> str:
    """Write a clause for each rule: 1.1, 1.2 and so on."""
    return "".join(
        f"## 1.{number} Punkt\nTekst.\n\n```toml {rule}\n```\n\n" for number, rule in enumerate(rules, start=1)
    )


Found = tuple[str, str, tuple[CustomerKind, ...], str, str, bool]


def found_in(agreement: Agreement, *, on: date = DAY, catalogue: Catalogue | None = None) -> set[Found]:
    return {
        (each.letter, each.citation.clause, each.against, str(each.provision), each.severity, each.is_overridden)
        for each in conflicts_in(agreement, on=on, catalogue=catalogue)
    }


SPACING = "Renteloven § 9 b, stk. 2, jf. U 2008.1083 V"
UNFAIR, UNFAIR_TO_CONSUMERS = "Aftaleloven § 36", "Aftaleloven §§ 36 og 38 c"
DATA_ACT = "Dataforordningen (EU) 2023/2854 art. 25, stk. 2, litra "
SWITCHING_CHARGES = "Dataforordningen (EU) 2023/2854 art. 29"
REASONS = "Forordningen om digitale tjenester (EU) 2022/2065 art. 17"
TERMINATION, CHANNEL = "Forbrugeraftaleloven § 28, stk. 1", "Forbrugeraftaleloven § 28 a"

# The rules of a document, and each conflict in it: letter, clause, against whom, section, how far, carried out or shown.
CASES: dict[str, tuple[tuple[str, ...], set[Found]]] = {
    "a: a fee above the cap, too often": (
        ('reminder-fee\namount = "250.00"\nfees_max = 9\nspacing_days = 7',),
        {
            ("a", "1.1", ALL, "Renteloven § 9 b, stk. 2", "limited", True),
            ("a", "1.1", ALL, SPACING, "limited", True),
        },
    ),
    "a: a short collection warning": (
        (
            'reminder\nstep = 1\nsent_after = "due"\nwait_days = 5\ndeadline_days = 7\ndeadline_from = "sending"\n'
            "is_collection_warning = true",
        ),
        {("a", "1.1", ALL, "Inkassoloven § 10", "limited", True)},
    ),
    "a: a collection warning counted from another day": (
        (
            'reminder\nstep = 1\nsent_after = "due"\nwait_days = 5\ndeadline_days = 20\ndeadline_from = "due"\n'
            "is_collection_warning = true",
        ),
        {("a", "1.1", ALL, "Inkassoloven § 10", "beside", True)},
    ),
    "a: compensation from everybody, and too much": (
        ('compensation\namount = "500.00"',),
        {
            ("a", "1.1", OTHERS, "Renteloven § 9 a, stk. 3", "limited", True),
            ("a", "1.1", (CONSUMER,), "Renteloven § 9 a, stk. 3", "void", True),
        },
    ),
    "a: a collection fee above the cap": (
        ('collection-fee\namount = "150.00"',),
        {("a", "1.1", ALL, "Renteloven § 9 b, stk. 3", "limited", True)},
    ),
    "b: six percent a month, approved": (
        ('interest\nmethod = "percent per started month"\npercent = "6.00"\nis_approved = true',),
        {
            ("b", "1.1", (CONSUMER,), "Renteloven § 7", "void", True),
            ("b", "1.1", (PUBLIC,), "Renteloven § 5, stk. 1", "void", True),
            ("b", "1.1", (BUSINESS, ASSOCIATION), UNFAIR, "beside", False),
        },
    ),
    "b: six percent a month that no lawyer has seen": (
        ('interest\nmethod = "percent per started month"\npercent = "6.00"\ncustomers = ["business"]',),
        {("b", "1.1", (BUSINESS,), UNFAIR, "limited", True)},
    ),
    "c: half a year's notice, in writing": (
        (TERM_12, 'notice\ncounted_to = "period end"\nmonths = 6\nin_writing = true'),
        {
            ("c", "1.2", (CONSUMER,), TERMINATION, "limited", True),
            ("c", "1.2", (CONSUMER,), CHANNEL, "beside", True),
            ("c", "1.2", ALL, f"{DATA_ACT}d", "beside", False),
        },
    ),
    "c: a month's notice to the end of a year": (
        (TERM_12, 'notice\ncounted_to = "period end"\nmonths = 1'),
        {("c", "1.2", (CONSUMER,), TERMINATION, "limited", True)},
    ),
    "c: to the end of a period of which nothing is said": (
        ('notice\ncounted_to = "period end"\ndays = 30',),
        {("c", "1.1", (CONSUMER,), TERMINATION, "limited", True)},
    ),
    "c: to the end of the longest period to choose": (
        ("term\nallowed = [1, 12]", 'notice\ncounted_to = "period end"\ndays = 30'),
        {("c", "1.2", (CONSUMER,), TERMINATION, "limited", True)},
    ),
    "c: to the end of a period of some product": (
        ("term\nmonths = 1", 'term\nmonths = 12\nproducts = ["web"]', 'notice\ncounted_to = "period end"\ndays = 30'),
        {("c", "1.3", (CONSUMER,), TERMINATION, "limited", True)},
    ),
    "c: to the agreed end": (
        ('notice\ncounted_to = "agreed end"',),
        {("c", "1.1", (CONSUMER,), TERMINATION, "limited", True)},
    ),
    "c: three months to the end of a month": (
        ('notice\ncounted_to = "month end"\nmonths = 3',),
        {
            ("c", "1.1", (CONSUMER,), TERMINATION, "limited", True),
            ("c", "1.1", ALL, f"{DATA_ACT}d", "beside", False),
        },
    ),
    "c: rescission half a year before the renewal": (
        ("rescission\ndays = 180",),
        {
            ("c", "1.1", (CONSUMER,), TERMINATION, "beside", False),
            ("c", "1.1", ALL, f"{DATA_ACT}d", "beside", False),
        },
    ),
    "c: notices by letter only": (
        ('notice-channel\nparty = "customer"\nchannels = ["letter"]',),
        {("c", "1.1", (CONSUMER,), CHANNEL, "beside", True)},
    ),
    "d: nothing back after a breach": (
        ('refund\ncause = "customer default"\nshare = "none"',),
        {
            ("d", "1.1", (CONSUMER,), "Forbrugeraftaleloven § 29", "void", True),
            ("d", "1.1", OTHERS, UNFAIR, "beside", False),
        },
    ),
    "d: no return of services": (
        ('refund\ncause = "return"\nshare = "none"',),
        {("d", "1.1", (CONSUMER,), "Forbrugeraftaleloven § 18, stk. 1", "limited", True)},
    ),
    "d: payment for the time after a rescission": (
        ('closure\ncause = "non-payment"\ncounted_from = "suspension"\nwait_days = 14\nmay_bill_after = true',),
        {
            ("d", "1.1", (CONSUMER,), "Forbrugeraftaleloven § 29", "void", True),
            ("d", "1.1", OTHERS, UNFAIR, "beside", False),
        },
    ),
    "e: complaints within five days": (
        ('inspection\nof = "delivery"\nclaim_days = 5\nlate_claim_is_lost = true',),
        {("e", "1.1", (CONSUMER,), "Købeloven § 81", "void", True)},
    ),
    "e: a warranty of a year, and software as it is": (
        ('warranty\nof = "hardware"\nmonths = 12', 'warranty\nof = "software"\ngiven = "none"'),
        {
            ("e", "1.1", (CONSUMER,), "Købeloven § 83", "beside", False),
            ("e", "1.2", (CONSUMER,), "Købeloven § 83", "beside", False),
        },
    ),
    "f: silence accepts": (
        ("invoice-question\ndays = 5\nsilence_accepts = true",),
        {
            ("f", "1.1", (CONSUMER,), UNFAIR_TO_CONSUMERS, "void", True),
            ("f", "1.1", OTHERS, UNFAIR, "beside", False),
        },
    ),
    "g: deletion after a week": (
        ('deletion\ncounted_from = "contract end"\ndays = 7',),
        {("g", "1.1", ALL, f"{DATA_ACT}g", "limited", True)},
    ),
    "g: deletion after a month, which February makes short": (
        ('deletion\ncounted_from = "closure"\nmonths = 1',),
        {("g", "1.1", ALL, f"{DATA_ACT}g", "limited", True)},
    ),
    "h: changes that nobody is told of": (
        ('terms-change\nchange = "ordinary"\nis_announced = false', 'price-change\nchange = "ordinary"'),
        {
            ("h", "1.1", (CONSUMER,), UNFAIR_TO_CONSUMERS, "limited", True),
            ("h", "1.2", (CONSUMER,), UNFAIR_TO_CONSUMERS, "limited", True),
        },
    ),
    "h: changes with thirty and forty days' notice": (
        (
            'terms-change\nchange = "material"\ndays = 30',
            'price-change\nchange = "larger"\ndays = 40\ncounted_to = "renewal"',
            'terms-change\nchange = "worsening"\nmonths = 1',
        ),
        {("h", f"1.{number}", (CONSUMER,), TERMINATION, "beside", True) for number in (1, 2, 3)},
    ),
    "i: stopped because of the use": (
        (
            'suspension\ncause = "abuse"\ncounted_from = "finding"',
            'suspension\ncause = "breach"\ncounted_from = "finding"',
            'closure\ncause = "misuse"\ncounted_from = "second misuse"\nwait_days = 0',
            'content-removal\nwhen = ["improper use"]',
            'outbound-block\nlengths = ["temporary"]',
        ),
        {("i", f"1.{number}", ALL, REASONS, "beside", False) for number in (1, 2, 3, 4, 5)},
    ),
    "j: data in the USA on nothing, and on a certificate": (
        (
            'data-location\nof = "all data"\ncountries = ["Denmark", "USA"]',
            'data-location\nof = "package backup"\ncountries = ["USA"]\ntransfer_basis = "adequacy decision"',
            'data-location\nof = "monitoring data"\ncountries = ["USA"]\ntransfer_basis = "not stated"',
        ),
        {
            ("j", f"1.{number}", ALL, f"Databeskyttelsesforordningen (EU) 2016/679 {article}", "limited", False)
            for number, article in ((1, "art. 44-46"), (2, "art. 45, jf. afgørelse (EU) 2023/1795"), (3, "art. 44-46"))
        },
    ),
    "k: a newsletter that is left by a reply": (
        ('newsletter\nabout = ["news"]\nleft_by = ["reply"]',),
        {("k", "1.1", ALL, "Markedsføringsloven § 10", "limited", False)},
    ),
    "l: no liability": (
        (
            'exclusion\nof = ["lost data"]',
            'liability-cap\nof = "any loss"\ncap = "yearly fee"',
        ),
        {
            (letter, clause, against, provision, "limited", False)
            for letter, clause in (("l", "1.1"), ("l", "1.2"))
            for against, provision in (((CONSUMER,), UNFAIR_TO_CONSUMERS), (OTHERS, UNFAIR))
        },
    ),
    "l: no damages": (
        (
            'delay-remedy\nchoices = ["new delivery date"]\nno_damages = true',
            'defect-remedy\nchoices = ["repair"]\nno_damages = true',
        ),
        {
            (letter, clause, against, provision, severity, is_overridden)
            for letter, clause in (("l", "1.1"), ("l", "1.2"))
            for against, provision, severity, is_overridden in (
                ((CONSUMER,), UNFAIR_TO_CONSUMERS, "void", True),
                (OTHERS, UNFAIR, "limited", False),
            )
        },
    ),
    "l: money back for a proven fault only": (
        ('refund-ceiling\npercent = "100"\nsole_fault_required = true',),
        {("l", "1.1", (CONSUMER,), UNFAIR_TO_CONSUMERS, "limited", False)},
    ),
    "m: the provider's court": (
        ('governing-law\ncourt = "Odense"',),
        {("m", "1.1", (CONSUMER,), "Retsplejeloven § 245, stk. 2", "void", True)},
    ),
    "n: cut off and ended without a warning": (
        (
            'suspension\ncause = "non-payment"\ncounted_from = "due"\nwait_days = 1',
            'closure\ncause = "non-payment"\ncounted_from = "due"\nwait_days = 1',
        ),
        {("n", f"1.{number}", (CONSUMER,), UNFAIR, "limited", True) for number in (1, 2)},
    ),
    "o: fees for reopening and leaving": (
        (
            'reopening\ncause = "payment"\nrequires = "all due paid"\nmay_charge_fee = true',
            'reopening\ncause = "misuse"\nrequires = "assurance"\nmay_charge_fee = true',
            'cancellation-fee\namount = "200.00"',
            'exit-copy\nholds = ["website"]\nsmall_fee = true',
            'fixed-price\nof = "small exit copy"\namount = "200.00"\neach = "site"',
        ),
        {
            ("o", "1.1", (CONSUMER,), "Renteloven § 9 b, stk. 2", "beside", False),
            ("o", "1.2", (CONSUMER,), UNFAIR_TO_CONSUMERS, "beside", False),
            ("o", "1.3", (CONSUMER,), UNFAIR_TO_CONSUMERS, "beside", False),
            ("o", "1.4", ALL, SWITCHING_CHARGES, "limited", False),
            ("o", "1.5", ALL, SWITCHING_CHARGES, "limited", False),
        },
    ),
}


LAWFUL = (
    "term\nmonths = 12",
    "renewal\nmonths = 12",
    'notice\ncounted_to = "month end"\nmonths = 1',
    'notice\ncounted_to = "day"\ndays = 30\nproducts = ["mail"]',
    'notice-channel\nparty = "both"\nchannels = ["portal", "e-mail"]',
    'payment-term\ndays = 14\ncounted_from = "invoice date"',
    "invoice-question\ndays = 5",
    'reminder\nstep = 1\nsent_after = "due"\nwait_days = 5\ndeadline_days = 10\ndeadline_from = "sending"',
    'reminder\nstep = 2\nsent_after = "reminder"\nwait_days = 10\ndeadline_days = 10\ndeadline_from = "sending"\n'
    "is_collection_warning = true",
    FEE,
    'interest\nmethod = "statutory"',
    'compensation\namount = "310.00"\ncustomers = ["business", "public"]',
    'collection-fee\namount = "100.00"',
    'suspension\ncause = "non-payment"\ncounted_from = "reminder deadline"\nafter_step = 1\nwait_days = 1',
    'suspension\ncause = "load"\ncounted_from = "finding"\nhours_max = 4',
    'closure\ncause = "non-payment"\ncounted_from = "suspension"\nwait_days = 30',
    'reopening\ncause = "payment"\nrequires = "all due paid"',
    'refund\ncause = "provider exit"\nshare = "unused time"',
    'cancellation-fee\namount = "0.00"',
    'refund-ceiling\npercent = "100"',
    'deletion\ncounted_from = "contract end"\ndays = 30',
    'deletion\ncounted_from = "closure"\nmonths = 3',
    'terms-change\nchange = "any"\nmonths = 3',
    'terms-change\nchange = "material"\ndays = 62\nexit_days_before = 1',
    'terms-change\nchange = "favourable"\nis_announced = false',
    'price-change\nchange = "any"\ndays = 62',
    'price-change\nchange = "upgrade"\nneeds_approval = true',
    'inspection\nof = "delivery"\nexamine_days = 7',
    'inspection\nof = "hardware"\nclaim_days = 5\nlate_claim_is_lost = true\ncustomers = ["business"]',
    'warranty\nof = "hardware"\nmonths = 24',
    'warranty\nof = "satisfaction"\ngiven = "none"',
    'warranty\nof = "solutions"\ngiven = "for each solution"',
    'exclusion\nof = ["indirect loss"]\nexcept_gross_negligence = true',
    'exclusion as theirs\nof = ["customer\'s code", "outside outages"]',
    "product-liability",
    "governing-law",
    'data-location\nof = "all data"\ncountries = ["Denmark", "EU"]',
    'data-location\nof = "package backup"\ncountries = ["USA"]\ntransfer_basis = "standard clauses"',
    'newsletter\nabout = ["news"]\nleft_by = ["link", "reply"]',
    'exit-copy\nholds = ["website"]',
    'fixed-price\nof = "device setup"\namount = "650.00"\neach = "device"',
    'payment-methods\nmethods = ["card"]',
    "age\nyears = 18\nguardian_accepts = true",
)


WEEKLY = (
    'reminder\nstep = 1\nsent_after = "due"\nwait_days = 1\ndeadline_days = 7\ndeadline_from = "due"',
    'reminder\nstep = 2\nsent_after = "reminder deadline"\nwait_days = 1\ndeadline_days = 7\n'
    'deadline_from = "reminder deadline"',
    'reminder\nstep = 3\nsent_after = "reminder deadline"\nwait_days = 1\ndeadline_days = 10\ndeadline_from = "sending"',
)
