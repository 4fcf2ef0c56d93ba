"""On which basis is a sale taxed, what must its invoice say, and why is it so? Whole sentences in both languages.

An invoice keeps the basis of each of its lines, so that its notes and its reasons stay as they were when it was issued.
"""

from enum import StrEnum

from servanda.ground.law.sentences import Sentence


class VatBasis(StrEnum):
    """What a treatment rests on. The names are stored with invoices and never change."""

    DANISH = "danish"
    UNCHECKED_NUMBER = "unchecked number"
    BELOW_THRESHOLD = "below threshold"
    PLACE_UNPROVEN = "place unproven"
    ONE_STOP_SHOP = "one stop shop"
    REVERSE_CHARGE = "reverse charge"
    DEALER = "registered dealer"
    GOODS_TO_EU = "goods to eu"
    OUTSIDE_EU = "outside eu"
    EXPORT = "export"
    OUTSIDE_VAT = "outside vat"


def note_of(basis: VatBasis, *, country: str = "DK") -> Sentence | None:
    """Return the note that an invoice must carry for sales on the basis; None where none is needed."""
    found = _NOTES.get(basis)
    return _in(found, country) if found is not None else None


def why_of(basis: VatBasis, *, country: str = "DK") -> Sentence:
    """Return why sales on the basis are taxed as they are."""
    return _in(_WHY[basis], country)


def _in(sentence: Sentence, country: str) -> Sentence:
    return Sentence(sentence.da.format(country=country), sentence.en.format(country=country))


_NOTES = {
    VatBasis.UNCHECKED_NUMBER: Sentence(
        "Dansk moms, fordi køberens momsnummer ikke er kontrolleret.",
        "Danish VAT, because the customer's VAT number has not been checked.",
    ),
    VatBasis.BELOW_THRESHOLD: Sentence(
        "Dansk moms, fordi sælgers salg til forbrugere i andre EU-lande er under grænsen for One Stop Shop.",
        "Danish VAT, because the seller's sales to consumers in other EU countries are below the threshold.",
    ),
    VatBasis.PLACE_UNPROVEN: Sentence(
        "Dansk moms, fordi det ikke er dokumenteret, at kunden bor uden for Danmark.",
        "Danish VAT, because it has not been shown that the customer lives outside Denmark.",
    ),
    VatBasis.ONE_STOP_SHOP: Sentence(
        "Moms i kundens land ({country}), som sælger angiver gennem One Stop Shop.",
        "VAT of the customer's country ({country}), which the seller declares through the One Stop Shop.",
    ),
    VatBasis.REVERSE_CHARGE: Sentence(
        "Omvendt betalingspligt: køber beregner og betaler momsen.",
        "Reverse charge: the customer accounts for the VAT.",
    ),
    VatBasis.DEALER: Sentence(
        "Omvendt betalingspligt: køber er momsregistreret forhandler og betaler momsen (momsloven § 46).",
        "Reverse charge: the customer is a VAT-registered dealer and accounts for the VAT (Danish VAT act, § 46).",
    ),
    VatBasis.GOODS_TO_EU: Sentence(
        "Momsfri levering af varer til et andet EU-land; køber betaler moms af erhvervelsen.",
        "Goods supplied without VAT to another EU country; the customer accounts for VAT on the acquisition.",
    ),
    VatBasis.OUTSIDE_EU: Sentence(
        "Ikke omfattet af dansk moms: ydelsen har leveringssted uden for EU.",
        "Outside the scope of Danish VAT: the place of supply is outside the EU.",
    ),
    VatBasis.EXPORT: Sentence(
        "Momsfri udførsel af varer til et sted uden for EU.",
        "Export of goods to a place outside the EU, without VAT.",
    ),
    VatBasis.OUTSIDE_VAT: Sentence(
        "Uden for momsloven: beløbet er ikke betaling for en vare eller en ydelse.",
        "Outside VAT: the amount is no payment for goods or services.",
    ),
}

_WHY = {
    VatBasis.DANISH: Sentence(
        "Kunden er i Danmark, og salget er momspligtigt her.",
        "The customer is in Denmark, and the sale is taxed here.",
    ),
    VatBasis.UNCHECKED_NUMBER: Sentence(
        "Kunden er en virksomhed i et andet EU-land, men momsnummeret var ikke kontrolleret. Kontrollér det, før der "
        "sælges uden moms.",
        "The customer is a business in another EU country, but the VAT number had not been checked. Check it before "
        "selling without VAT.",
    ),
    VatBasis.BELOW_THRESHOLD: Sentence(
        "Kunden er forbruger i et andet EU-land, og salget til dem alle er ikke over årets grænse for One Stop Shop.",
        "The customer is a consumer in another EU country, and the sales to all of them are not above the year's "
        "threshold of the One Stop Shop.",
    ),
    VatBasis.PLACE_UNPROVEN: Sentence(
        "Kunden siges at bo i udlandet, men der mangler to oplysninger, der ikke modsiger hinanden. Salget beskattes "
        "derfor, hvor sælger er.",
        "The customer is said to live abroad, but two items of evidence that do not contradict each other are missing. "
        "So the sale is taxed where the seller is.",
    ),
    VatBasis.ONE_STOP_SHOP: Sentence(
        "Kunden er forbruger i {country}, og sælger er over grænsen eller har valgt One Stop Shop: momsen er kundens "
        "lands.",
        "The customer is a consumer in {country}, and the seller is above the threshold or has chosen the One Stop "
        "Shop: the VAT is that of the customer's country.",
    ),
    VatBasis.REVERSE_CHARGE: Sentence(
        "Kunden er en virksomhed i et andet EU-land med kontrolleret momsnummer: leveringsstedet er hos kunden, som "
        "selv betaler momsen.",
        "The customer is a business in another EU country with a checked VAT number: the place of supply is theirs, and "
        "they account for the VAT.",
    ),
    VatBasis.DEALER: Sentence(
        "Varen står på listen i momsloven § 46, og kunden er momsregistreret forhandler.",
        "The goods are on the list of § 46 of the Danish VAT act, and the customer is a VAT-registered dealer.",
    ),
    VatBasis.GOODS_TO_EU: Sentence(
        "Varen sendes til en virksomhed i et andet EU-land med kontrolleret momsnummer. Gem beviset for transporten.",
        "The goods are sent to a business in another EU country with a checked VAT number. Keep the proof of transport.",
    ),
    VatBasis.OUTSIDE_EU: Sentence(
        "Kunden er uden for EU, og ydelsen har leveringssted dér.",
        "The customer is outside the EU, and the place of supply is there.",
    ),
    VatBasis.EXPORT: Sentence(
        "Varen sendes ud af EU. Gem beviset for udførslen.",
        "The goods are sent out of the EU. Keep the proof of export.",
    ),
    VatBasis.OUTSIDE_VAT: Sentence(
        "Gebyr, rente, erstatning eller depositum er ikke betaling for en vare eller en ydelse.",
        "A fee, interest, damages or a deposit is no payment for goods or services.",
    ),
}
