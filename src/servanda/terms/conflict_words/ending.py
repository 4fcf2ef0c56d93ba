"""Words for clauses on leaving, changing and ending: how long a customer is held, and what leaving costs."""

from servanda.ground.calendar import day_text
from servanda.ground.law.consumers import CONSUMER_PREPAID_REFUND, CONSUMER_TERMINATION, CONSUMER_TERMINATION_CHANNEL
from servanda.ground.law.sentences import Sentence
from servanda.terms.clauses import (
    CancellationFee,
    Closure,
    Deletion,
    ExitCopy,
    FixedPrice,
    Notice,
    NoticeChannel,
    PriceChange,
    Rescission,
    TermsChange,
)
from servanda.terms.conflict_words.values import Table, Words
from servanda.terms.law_of_data import (
    DATA_RETRIEVAL,
    DATA_RETRIEVAL_DAYS,
    SWITCHING_CHARGES,
    SWITCHING_IS_FREE_SINCE,
    SWITCHING_NOTICE,
)
from servanda.terms.rulings import UNFAIR_CONSUMER_TERM, UNFAIR_TERM

_CHANGE_BESIDE = Words(
    "h",
    "beside",
    Sentence(
        "Forbrugere skal have besked hver for sig og kunne nå at forlade aftalen, før en ændring gælder, "
        "og det kan tage længere end {written.length}.",
        "Consumers must be told individually and be able to leave before a change holds, "
        "which can take longer than {written.length}.",
    ),
    Sentence(
        "Ændringen gælder for en forbruger tidligst, når en opsigelse givet på beskedens dag ville have virket, "
        "og ikke uden en leveret besked.",
        "For a consumer the change holds at the earliest when a notice given on the day of the message would have "
        "ended the contract, and never without a delivered message.",
    ),
)
_CHANGE_REPLACED = Words(
    "h",
    "limited",
    Sentence(
        "Priser og vilkår ændres ikke for forbrugere uden et varsel til hver enkelt og tid til at forlade aftalen.",
        "Prices and terms are not changed for consumers without a notice to each of them and time to leave.",
    ),
    Sentence(
        "Forbrugere får besked hver for sig mindst {law.days} før, kan forlade aftalen indtil da, "
        "og ændringen gælder ikke før det.",
        "Consumers are told individually at least {law.days} before, can leave until then, "
        "and the change does not hold earlier.",
    ),
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
_COST_OF_LEAVING = Words(
    "o",
    "limited",
    Sentence(
        f"Den, der flytter en skytjeneste, betaler indtil {day_text(SWITCHING_IS_FREE_SINCE, 'da')} højst, "
        "hvad flytningen koster udbyderen, og derefter ingenting.",
        f"Whoever moves a cloud service pays until {day_text(SWITCHING_IS_FREE_SINCE, 'en')} at most "
        "what the move costs the provider, and nothing after that.",
    ),
    Sentence(
        "Prisen for en kopi ved flytning sættes højst til kostprisen.",
        "The price of a copy for the move is set at cost at most.",
    ),
    is_overridden=False,
)
_FREE_LEAVING = Words(
    "o",
    "void",
    Sentence(
        "Det koster ikke noget at tage sine data med, når en skytjeneste flyttes.",
        "Taking one's data along costs nothing when a cloud service is moved.",
    ),
    Sentence("Kopien er gratis.", "The copy is free."),
)
_SWITCHING = Words(
    "c",
    "beside",
    Sentence(
        "Den, der flytter en skytjeneste, kan altid gøre det med højst to måneders varsel.",
        "Whoever moves a cloud service can always do so with at most two months' notice.",
    ),
    Sentence(
        "En anmodning om at flytte tages ind for sig, med højst to måneders varsel; en person ser til den.",
        "A request to move is taken in apart, with at most two months' notice; a person sees to it.",
    ),
    is_overridden=False,
)
_HELD_LONGER = Words(
    "c",
    "limited",
    Sentence(
        "En forbruger kan efter fem måneder opsige med en måneds varsel til udgangen af en måned.",
        "After five months a consumer can leave with a month's notice to the end of a month.",
    ),
    Sentence(
        "En forbrugers opsigelse virker fra den dag, loven giver, hvis vilkårenes er senere, "
        "og det forudbetalte for tiden efter betales tilbage.",
        "A consumer's notice takes effect on the day that the law gives, if that of the terms is later, "
        "and what was prepaid for the time after goes back.",
    ),
)

_SAME_PLACE = Words(
    "c",
    "beside",
    Sentence(
        "En forbruger kan opsige samme sted og på samme måde, som aftalen blev indgået.",
        "A consumer can give notice in the place and by the means by which the contract was concluded.",
    ),
    Sentence(
        "En sådan opsigelse virker uden at være skrevet på vilkårenes måde.",
        "Such a notice has effect without being written as the terms want it.",
    ),
)
_RESCINDED = Words(
    "c",
    "beside",
    _HELD_LONGER.why,
    Sentence(
        "En forbrugers ophævelse er også en opsigelse; en person ser til, at den virker senest fra den dag, loven giver.",
        "A consumer's rescission is a notice too; a person sees to it that it takes effect when the law says at the latest.",
    ),
    is_overridden=False,
)

WORDS: Table = {
    (Notice, "beside", CONSUMER_TERMINATION): _HELD_LONGER,
    (Rescission, "beside", CONSUMER_TERMINATION): _RESCINDED,
    (Notice, "beside", CONSUMER_TERMINATION_CHANNEL): _SAME_PLACE,
    (NoticeChannel, "beside", CONSUMER_TERMINATION_CHANNEL): _SAME_PLACE,
    (Notice, "beside", SWITCHING_NOTICE): _SWITCHING,
    (Rescission, "beside", SWITCHING_NOTICE): _SWITCHING,
    (Closure, "replaced", CONSUMER_PREPAID_REFUND): Words(
        "d",
        "void",
        Sentence(
            "En forbruger betaler ikke for tiden efter aftalens ophør.",
            "A consumer does not pay for the time after the end of the contract.",
        ),
        Sentence("Der faktureres ikke efter ophøret.", "Nothing is invoiced after the end."),
    ),
    (Closure, "beside", UNFAIR_TERM): Words(
        "d",
        "beside",
        Sentence(
            "Den, der selv hæver, kan kun kræve sit tab erstattet, ikke ydelsens pris for tiden efter.",
            "Whoever rescinds can claim the loss only, not the price of the service for the time after.",
        ),
        Sentence(
            "En person afgør med begrundelse, hvad der kræves.",
            "A person decides with a reason what is claimed.",
        ),
        is_overridden=False,
    ),
    (Deletion, "replaced", DATA_RETRIEVAL): Words(
        "g",
        "limited",
        Sentence(
            f"Data skal kunne hentes i mindst {DATA_RETRIEVAL_DAYS} dage; her slettes de efter {{written.length}}.",
            f"Data can be fetched for at least {DATA_RETRIEVAL_DAYS} days; here they are erased after {{written.length}}.",
        ),
        Sentence("Data slettes tidligst efter {law.length}.", "Data are erased after {law.length} at the earliest."),
    ),
    (TermsChange, "replaced", UNFAIR_CONSUMER_TERM): _CHANGE_REPLACED,
    (PriceChange, "replaced", UNFAIR_CONSUMER_TERM): _CHANGE_REPLACED,
    (TermsChange, "beside", CONSUMER_TERMINATION): _CHANGE_BESIDE,
    (PriceChange, "beside", CONSUMER_TERMINATION): _CHANGE_BESIDE,
    (CancellationFee, "beside", UNFAIR_CONSUMER_TERM): _UNFAIR_FEE,
    (ExitCopy, "beside", SWITCHING_CHARGES): _COST_OF_LEAVING,
    (FixedPrice, "beside", SWITCHING_CHARGES): _COST_OF_LEAVING,
    (ExitCopy, "replaced", SWITCHING_CHARGES): _FREE_LEAVING,
    (FixedPrice, "replaced", SWITCHING_CHARGES): _FREE_LEAVING,
}
