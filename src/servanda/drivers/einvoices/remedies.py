"""What is to be done about a finding of the official rules? They say what is wrong, in English, and stop there."""

import re

from servanda.drivers.einvoices.ports import Finding
from servanda.drivers.einvoices.schemas import NAME as SCHEMA
from servanda.ground.law.sentences import Sentence

_SCHEMA = Sentence(
    "Elementet mangler, står forkert eller har en værdi, som skemaet ikke tillader. Ret rækkefølgen eller værdien.",
    "The element is missing, in the wrong place, or has a value that the schema does not allow. Mend order or value.",
)
_OTHER = Sentence(
    "Ret feltet, eller bed afsenderen om at gøre det, og prøv igen.",
    "Mend the field, or ask the sender to, and try again.",
)
_SUMS = Sentence(
    "Regn igennem igen: linjer, fradrag og tillæg, moms for hver sats, total.",
    "Compute again: lines, allowances and charges, VAT for each rate, total.",
)
_REFERENCE = Sentence(
    "Angiv køberens reference eller et ordrenummer.", "Give the buyer's reference or an order number."
)
_ENDPOINT = Sentence("Angiv EAN-nummer (GLN) eller CVR-nummer.", "Give an EAN number (GLN) or a CVR number.")
_CVR = Sentence("Skriv CVR-nummeret med 8 cifre.", "Write the CVR number with 8 digits.")
_CVR_OIOUBL = Sentence("Skriv CVR-nummeret som DK og 8 cifre.", "Write the CVR number as DK and 8 digits.")
_GLN = Sentence(
    "Kontrollér EAN-nummeret: 13 cifre, og det sidste er et kontrolciffer.",
    "Check the EAN number: 13 digits, the last of which is a check digit.",
)
_PAYMENT = Sentence(
    "Ret betalingsmåden: kontoens eller kortets felter passer ikke til dens kode.",
    "Mend the means of payment: the fields of account or slip do not fit its code.",
)
_PROFILE = Sentence(
    "Ret CustomizationID og ProfileID til dem, formatet foreskriver.",
    "Set CustomizationID and ProfileID to those that the format prescribes.",
)
_VAT = Sentence(
    "Ret momskategori, sats, momsnumre eller fritagelsesgrund, så de passer sammen.",
    "Make VAT category, rate, VAT numbers and reason for exemption fit together.",
)
_CODES = Sentence("Brug en kode fra listen, som reglen nævner.", "Use a code of the list that the rule names.")

_BY_ID: tuple[tuple[re.Pattern[str], Sentence], ...] = tuple(
    (re.compile(pattern + r"\Z"), said)
    for pattern, said in (
        (r"BR-CO-(10|11|12|13|14|15|16|17)", _SUMS),
        (r"BR-(S|Z|E|AE|IC|G|O|IG|IP)-[0-9]+|BR-CO-(09|18)|PEPPOL-EN16931-P01(0[4-9]|1[01])", _VAT),
        (r"BR-CL-[0-9]+|PEPPOL-EN16931-CL[0-9]+|F-LIB(004|298|301|308|318|327|351|403)|F-INV(011|337)", _CODES),
        (
            r"BR-(49|50|51|61)|DK-R-0(0[5-9]|1[01])|PEPPOL-EN16931-R061|F-LIB1[0-6][0-9]|F-LIB(275|277|305|311|336|377)",
            _PAYMENT,
        ),
        (r"PEPPOL-EN16931-R(040|046|053|054|120)", _SUMS),
        (r"F-(INV|CRN)(07[2-9]|12[6-9]|13[0-4]|34[0-9])|F-REM(079|08[0-6])|F-LIB(228|385|40[0-4])", _SUMS),
        (r"PEPPOL-EN16931-R003|F-INV0(46|51)|F-CRN04[27]", _REFERENCE),
        (r"PEPPOL-EN16931-R0[12]0|F-INV0(31|44)|F-CRN0(28|40)|F-LIB179", _ENDPOINT),
        (r"PEPPOL-COMMON-R042|DK-R-0(02|14)", _CVR),
        (r"F-LIB(180|184|190|196)", _CVR_OIOUBL),
        (r"PEPPOL-COMMON-R040|F-LIB(181|185)", _GLN),
        (r"PEPPOL-EN16931-R00[147]|F-LIB00[12]|W-LIB(003|203)", _PROFILE),
    )
)


def remedy_for(finding: Finding) -> Sentence:
    """Return what to do about the finding."""
    if finding.rule_set == SCHEMA:
        return _SCHEMA
    return next((said for pattern, said in _BY_ID if pattern.match(finding.rule_id)), _OTHER)
