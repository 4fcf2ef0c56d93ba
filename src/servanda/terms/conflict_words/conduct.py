"""Words for clauses on content and use, on newsletters, and on where data lie."""

from servanda.ground.law.sentences import Sentence
from servanda.terms.clauses import Closure, ContentRemoval, DataLocation, Newsletter, OutboundBlock, Suspension
from servanda.terms.conflict_words.values import Table, Words
from servanda.terms.law_of_data import EASY_OPT_OUT, STATEMENT_OF_REASONS, TRANSFER, TRANSFER_TO_CERTIFIED

_REASONS = Words(
    "i",
    "beside",
    Sentence(
        "Den, hvis indhold eller ydelse begrænses på grund af brugen, har krav på en begrundelse senest samtidig.",
        "Whoever has content or a service restricted because of its use is owed the reasons at the latest then.",
    ),
    Sentence(
        "En person sender begrundelsen (grundlag, fakta, omfang, varighed og klageadgang) sammen med indgrebet, "
        "og det mildeste indgreb, der virker, vælges først.",
        "A person sends the reasons (ground, facts, scope, duration and redress) with the restriction, "
        "and takes the mildest measure that works first.",
    ),
    is_overridden=False,
)

WORDS: Table = {
    (Suspension, "beside", STATEMENT_OF_REASONS): _REASONS,
    (Closure, "beside", STATEMENT_OF_REASONS): _REASONS,
    (ContentRemoval, "beside", STATEMENT_OF_REASONS): _REASONS,
    (OutboundBlock, "beside", STATEMENT_OF_REASONS): _REASONS,
    (DataLocation, "beside", TRANSFER): Words(
        "j",
        "limited",
        Sentence(
            "Personoplysninger ligger kun lovligt i USA på et grundlag, og vilkårene nævner intet.",
            "Personal data lie lawfully in the USA only on a legal basis, and the terms name none.",
        ),
        Sentence(
            "Data lægges ikke i USA, før en person har noteret grundlaget og dets udløb.",
            "No data are placed in the USA before a person has recorded the basis and its expiry.",
        ),
        is_overridden=False,
    ),
    (DataLocation, "beside", TRANSFER_TO_CERTIFIED): Words(
        "j",
        "limited",
        Sentence(
            "USA er ikke som land et sikkert tredjeland: afgørelsen om tilstrækkeligt niveau gælder kun certificerede modtagere.",
            "The USA as a country is no safe third country: the adequacy decision covers certified recipients only.",
        ),
        Sentence(
            "Data lægges kun hos en modtager, hvis certificering og dens udløb er noteret; ellers bruges standardklausuler.",
            "Data are placed only with a recipient whose certification and its expiry are recorded; "
            "standard clauses are used otherwise.",
        ),
        is_overridden=False,
    ),
    (Newsletter, "beside", EASY_OPT_OUT): Words(
        "k",
        "limited",
        Sentence(
            "Det skal være let og gratis at sige nej tak, og adressen til det skal stå i hvert brev; et svar alene er svagt.",
            "Saying no must be easy and free, with the address for it in every mail; a reply alone is weak.",
        ),
        Sentence(
            "Hvert nyhedsbrev får et link til at framelde sig; svar og andre veje gælder også.",
            "Every newsletter gets a link to leave it; replies and other ways count too.",
        ),
        is_overridden=False,
    ),
}
