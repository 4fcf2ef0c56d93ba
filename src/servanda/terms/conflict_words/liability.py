"""Words for clauses on complaints, warranty, liability and the court."""

from servanda.ground.law.sentences import Sentence
from servanda.terms.clauses import (
    DefectRemedy,
    DelayRemedy,
    Exclusion,
    GoverningLaw,
    Inspection,
    LiabilityCap,
    RefundCeiling,
    Warranty,
)
from servanda.terms.conflict_words.values import Table, Words
from servanda.terms.law_of_liability import CONSUMER_COMPLAINT, CONSUMER_COURT, CONSUMER_TWO_YEARS
from servanda.terms.rulings import UNFAIR_CONSUMER_TERM, UNFAIR_TERM

_LIABILITY_TO_CONSUMERS = Words(
    "l",
    "limited",
    Sentence(
        "Over for forbrugere kan ansvar ikke fraskrives for grov uagtsomhed eller personskade, og meget andet er urimeligt.",
        "Towards consumers liability for gross negligence or personal injury cannot be excluded, and much else is unfair.",
    ),
    Sentence(
        "Et krav fra en forbruger afvises ikke alene efter dette punkt; en person afgør det efter dansk ret.",
        "A consumer's claim is not refused by this clause alone; a person settles it by Danish law.",
    ),
    is_overridden=False,
)
_LIABILITY_TO_OTHERS = Words(
    "l",
    "limited",
    Sentence(
        "Ansvar for grov uagtsomhed og forsæt kan ikke fraskrives, og punktet undtager dem ikke.",
        "Liability for gross negligence and intent cannot be excluded, and the clause does not except them.",
    ),
    Sentence(
        "Punktet bruges kun om simpel uagtsomhed; en person afgør, hvad der er sket.",
        "The clause is used for simple negligence only; a person settles what happened.",
    ),
    is_overridden=False,
)
_REMEDY_TO_CONSUMERS = Words(
    "l",
    "void",
    Sentence("En forbruger beholder retten til erstatning.", "A consumer keeps the right to damages."),
    Sentence(
        "Et krav om erstatning fra en forbruger tages ind og afgøres af en person efter dansk ret.",
        "A consumer's claim for damages is taken in and settled by a person by Danish law.",
    ),
)

WORDS: Table = {
    (Inspection, "replaced", CONSUMER_COMPLAINT): Words(
        "e",
        "void",
        Sentence(
            "En forbruger kan klage inden rimelig tid efter at have opdaget en fejl, og to måneder er altid i tide.",
            "A consumer can complain within a reasonable time after finding a defect, and two months are always in time.",
        ),
        Sentence(
            "Enhver klage tages ind, og en forbrugers klage afvises ikke som for sen efter dette punkt.",
            "Every complaint is taken in, and a consumer's is not refused as late by this clause.",
        ),
    ),
    (Warranty, "beside", CONSUMER_TWO_YEARS): Words(
        "e",
        "beside",
        Sentence(
            "En forbruger kan klage over fejl i to år, uanset garantien.",
            "A consumer can complain about defects for two years, whatever the warranty.",
        ),
        Sentence(
            "En forbrugers klage inden for to år behandles efter købeloven.",
            "A consumer's complaint within two years is dealt with by the Sale of Goods Act.",
        ),
        is_overridden=False,
    ),
    (Exclusion, "beside", UNFAIR_CONSUMER_TERM): _LIABILITY_TO_CONSUMERS,
    (LiabilityCap, "beside", UNFAIR_CONSUMER_TERM): _LIABILITY_TO_CONSUMERS,
    (RefundCeiling, "beside", UNFAIR_CONSUMER_TERM): Words(
        "l",
        "limited",
        Sentence(
            "En forbruger betaler mindre for det, der ikke blev leveret, også når det ikke kan bevises, hvis skyld det er.",
            "A consumer pays less for what was not delivered, also when nobody can prove whose fault it is.",
        ),
        Sentence(
            "En person afgør afslaget i prisen uden at kræve det bevis.",
            "A person settles the reduction of the price without that proof.",
        ),
        is_overridden=False,
    ),
    (Exclusion, "beside", UNFAIR_TERM): _LIABILITY_TO_OTHERS,
    (LiabilityCap, "beside", UNFAIR_TERM): _LIABILITY_TO_OTHERS,
    (DelayRemedy, "beside", UNFAIR_TERM): _LIABILITY_TO_OTHERS,
    (DefectRemedy, "beside", UNFAIR_TERM): _LIABILITY_TO_OTHERS,
    (DelayRemedy, "replaced", UNFAIR_CONSUMER_TERM): _REMEDY_TO_CONSUMERS,
    (DefectRemedy, "replaced", UNFAIR_CONSUMER_TERM): _REMEDY_TO_CONSUMERS,
    (GoverningLaw, "replaced", CONSUMER_COURT): Words(
        "m",
        "void",
        Sentence(
            "En ret, der er aftalt før tvisten, binder ikke en forbruger.",
            "A court agreed before the dispute does not bind a consumer.",
        ),
        Sentence(
            "En forbruger bruger retten, hvor forbrugeren bor.",
            "A consumer uses the court where the consumer lives.",
        ),
    ),
}
