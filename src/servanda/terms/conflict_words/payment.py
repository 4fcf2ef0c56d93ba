"""Words for clauses on late payment, invoices, money back, and being cut off for non-payment."""

from servanda.ground.law.consumers import CONSUMER_PREPAID_REFUND, CONSUMER_WITHDRAWAL, WITHDRAWAL_DAYS
from servanda.ground.law.interest import CONSUMER_RATE_MAX, STATUTORY_RATE
from servanda.ground.law.reminders import (
    COLLECTION_FEE,
    COLLECTION_NOTICE,
    COLLECTION_NOTICE_DAYS,
    FEE_SPACING_DAYS,
    LATE_PAYMENT_COMPENSATION,
    REMINDER_FEE,
    REMINDER_SPACING,
)
from servanda.ground.law.sentences import Sentence
from servanda.terms.clauses import (
    Closure,
    CollectionFee,
    Compensation,
    Interest,
    InvoiceQuestion,
    Refund,
    Reminder,
    ReminderFee,
    Reopening,
    Suspension,
)
from servanda.terms.conflict_words.values import Table, Words
from servanda.terms.law_above import MONTHLY_PERCENT_UNCHALLENGED
from servanda.terms.rulings import UNFAIR_CONSUMER_TERM, UNFAIR_TERM

_UNFAIR_RATE = Sentence(
    f"Mere end {MONTHLY_PERCENT_UNCHALLENGED} % om måneden kan tilsidesættes som urimeligt, også mellem erhvervsdrivende, "
    "og her er satsen {written.percent} for hver påbegyndt måned.",
    f"More than {MONTHLY_PERCENT_UNCHALLENGED} % a month can be set aside as unfair between businesses too, "
    "and the rate is {written.percent} for each started month.",
)
_STATUTORY_INTEREST = Sentence(
    "Der beregnes lovens rente, dag for dag.", "Interest by the Act is charged instead, day by day."
)
_UNFAIR_FEE = Words(
    "o",
    "beside",
    Sentence(
        "Et gebyr til en forbruger skal svare til omkostningen og være oplyst på forhånd.",
        "A fee from a consumer must match its cost and be told beforehand.",
    ),
    Sentence(
        "Gebyret opkræves kun, hvis prislisten har det, og en person har set på det.",
        "The fee is charged only if the price list has it, and after a person has looked at it.",
    ),
    is_overridden=False,
)

WORDS: Table = {
    (ReminderFee, "replaced", REMINDER_FEE): Words(
        "a",
        "limited",
        Sentence(
            "Loven har et loft over et rykkergebyr og over, hvor mange der tages i samme restance.",
            "The law caps a reminder fee, and how many are taken in one arrears.",
        ),
        Sentence(
            "Der tages {law.amount} pr. rykker og højst {law.fees_max} gebyrer.",
            "{law.amount} is charged for each reminder, and at most {law.fees_max} fees.",
        ),
    ),
    (ReminderFee, "replaced", REMINDER_SPACING): Words(
        "a",
        "limited",
        Sentence(
            f"Der skal være mindst {FEE_SPACING_DAYS} dage mellem breve med gebyr.",
            f"Letters with a fee lie at least {FEE_SPACING_DAYS} days apart.",
        ),
        Sentence(
            "Et brev, der kommer før, sendes uden gebyr.",
            "A letter that comes sooner is sent without a fee.",
        ),
    ),
    (Reminder, "ladder", REMINDER_SPACING): Words(
        "a",
        "limited",
        Sentence(
            f"Brevet kommer mindre end {FEE_SPACING_DAYS} dage efter det forrige, og så kan det ikke koste et gebyr.",
            f"The letter comes less than {FEE_SPACING_DAYS} days after the one before, and can then cost no fee.",
        ),
        Sentence(
            "Brevet sendes på sin dag, men uden gebyr.",
            "The letter is sent on its day, but without a fee.",
        ),
    ),
    (Reminder, "replaced", COLLECTION_NOTICE): Words(
        "a",
        "limited",
        Sentence(
            f"Et inkassovarsel giver mindst {COLLECTION_NOTICE_DAYS} dage fra afsendelsen.",
            f"A collection warning gives at least {COLLECTION_NOTICE_DAYS} days from its sending.",
        ),
        Sentence(
            "Varslets frist sættes til {law.deadline_days}.",
            "The warning's deadline is set to {law.deadline_days}.",
        ),
    ),
    (Reminder, "beside", COLLECTION_NOTICE): Words(
        "a",
        "beside",
        Sentence(
            f"Et inkassovarsel giver mindst {COLLECTION_NOTICE_DAYS} dage fra afsendelsen, "
            "og her tælles fristen fra en anden dag.",
            f"A collection warning gives at least {COLLECTION_NOTICE_DAYS} days from its sending, "
            "and here the deadline counts from another day.",
        ),
        Sentence(
            "Fristen regnes fra brevets afsendelse og er mindst så lang, som loven vil.",
            "The deadline is counted from the sending of the letter and is at least as long as the law wants.",
        ),
    ),
    (Compensation, "forbidden", LATE_PAYMENT_COMPENSATION): Words(
        "a",
        "void",
        Sentence(
            "Kompensationsbeløbet gælder kun krav mod erhvervsdrivende og offentlige.",
            "The compensation is for claims on businesses and public bodies only.",
        ),
        Sentence("Forbrugere betaler den ikke.", "Consumers do not pay it."),
    ),
    (Compensation, "replaced", LATE_PAYMENT_COMPENSATION): Words(
        "a",
        "limited",
        Sentence("Loven fastsætter kompensationsbeløbet.", "The law sets the compensation."),
        Sentence("Der tages {law.amount}.", "{law.amount} is charged."),
    ),
    (CollectionFee, "replaced", COLLECTION_FEE): Words(
        "a",
        "limited",
        Sentence("Loven har et loft over inkassogebyret.", "The law caps the collection fee."),
        Sentence("Der tages {law.amount}.", "{law.amount} is charged."),
    ),
    (Interest, "replaced", CONSUMER_RATE_MAX): Words(
        "b",
        "void",
        Sentence(
            "En forbruger kan ikke på forhånd love en højere rente end lovens; "
            "her er den {written.percent} for hver påbegyndt måned.",
            "A consumer cannot promise beforehand more interest than the Act gives; "
            "here it is {written.percent} for each started month.",
        ),
        _STATUTORY_INTEREST,
    ),
    (Interest, "replaced", STATUTORY_RATE): Words(
        "b",
        "void",
        Sentence(
            "Over for offentlige gælder lovens rente, ikke {written.percent} for hver påbegyndt måned.",
            "For public bodies the interest is that of the Act, not {written.percent} for each started month.",
        ),
        _STATUTORY_INTEREST,
    ),
    (Interest, "replaced", UNFAIR_TERM): Words("b", "limited", _UNFAIR_RATE, _STATUTORY_INTEREST),
    (Interest, "beside", UNFAIR_TERM): Words(
        "b",
        "beside",
        _UNFAIR_RATE,
        Sentence(
            "Satsen bruges, fordi en jurist har godkendt den; en domstol kan sætte den ned.",
            "The rate is used because a lawyer has approved it; a court can lower it.",
        ),
        is_overridden=False,
    ),
    (Refund, "replaced", CONSUMER_PREPAID_REFUND): Words(
        "d",
        "void",
        Sentence(
            "En forbruger får det tilbage, som er betalt for tiden efter aftalens ophør.",
            "A consumer gets back what was paid for the time after the end of the contract.",
        ),
        Sentence(
            "Det ubrugte krediteres dag for dag.",
            "What is unused is credited by days.",
        ),
    ),
    (Refund, "beside", CONSUMER_WITHDRAWAL): Words(
        "d",
        "limited",
        Sentence(
            f"En forbruger kan fortryde et køb på nettet i {WITHDRAWAL_DAYS} dage.",
            f"A consumer can withdraw from a purchase online for {WITHDRAWAL_DAYS} days.",
        ),
        Sentence(
            "En fortrydelse inden for fristen tages imod, og betalingen går tilbage efter loven.",
            "A withdrawal in time is accepted, and the payment goes back as the law says.",
        ),
    ),
    (Refund, "beside", UNFAIR_TERM): Words(
        "d",
        "beside",
        Sentence(
            "Kun det, der svarer til et tab, kan beholdes; mere er en bod, der kan sættes ned.",
            "Only what matches a loss can be kept; more is a penalty that can be lowered.",
        ),
        Sentence(
            "En person afgør med begrundelse, om det ubrugte beholdes.",
            "A person decides with a reason whether what is unused is kept.",
        ),
        is_overridden=False,
    ),
    (InvoiceQuestion, "replaced", UNFAIR_CONSUMER_TERM): Words(
        "f",
        "void",
        Sentence(
            "En forbrugers tavshed i {written.days} godkender ikke en faktura.",
            "A consumer's silence for {written.days} does not accept an invoice.",
        ),
        Sentence(
            "Indsigelser tages ind, så længe kravet ikke er forældet.",
            "Objections are taken in until the claim has lapsed.",
        ),
    ),
    (InvoiceQuestion, "beside", UNFAIR_TERM): Words(
        "f",
        "beside",
        Sentence(
            "Tavshed i {written.days} er højst et bevis; en forkert faktura skal rettes alligevel.",
            "Silence for {written.days} is evidence at most; a wrong invoice must be corrected anyway.",
        ),
        Sentence(
            "En sen indsigelse tages ind og mærkes som sen; en person afgør den.",
            "A late objection is taken in and marked as late; a person settles it.",
        ),
        is_overridden=False,
    ),
    (Suspension, "warned", UNFAIR_TERM): Words(
        "n",
        "limited",
        Sentence(
            "En forbruger skal have en skriftlig advarsel med en dato, før der lukkes for manglende betaling.",
            "A consumer must have a written warning with a date before being cut off for non-payment.",
        ),
        Sentence(
            "Der lukkes først, når fristen i et leveret brev er gået.",
            "Access is stopped only after the deadline of a delivered letter has passed.",
        ),
    ),
    (Closure, "warned", UNFAIR_TERM): Words(
        "n",
        "limited",
        Sentence(
            "En forbruger skal have en skriftlig advarsel med en dato, før aftalen ophæves for manglende betaling.",
            "A consumer must have a written warning with a date before the contract is ended for non-payment.",
        ),
        Sentence(
            "Aftalen ophæves først, når fristen i et leveret brev er gået.",
            "The contract is ended only after the deadline of a delivered letter has passed.",
        ),
    ),
    (Reopening, "beside", REMINDER_FEE): Words(
        "o",
        "beside",
        Sentence(
            "Et genåbningsgebyr må ikke være et skjult rykkergebyr: det skal svare til omkostningen og være oplyst.",
            "A fee for reopening must be no reminder fee in disguise: it must match its cost and be told beforehand.",
        ),
        Sentence(
            "Gebyret opkræves kun som en ydelse for sig, hvis prislisten har den.",
            "The fee is charged only as a service of its own, if the price list has it.",
        ),
        is_overridden=False,
    ),
    (Reopening, "beside", UNFAIR_CONSUMER_TERM): _UNFAIR_FEE,
}
