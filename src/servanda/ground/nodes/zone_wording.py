"""What is said about records, in Danish and English side by side: what is wrong, why, and what to do."""

from typing import Literal

_SENTENCES: dict[str, tuple[str, str]] = {
    "outside-zone": (
        "{name} does not belong to the zone {detail}. Write a name that ends in .{detail}.",
        "{name} hører ikke til zonen {detail}. Skriv et navn, der ender på .{detail}.",
    ),
    "text-without-quotes": (
        'The text at {name} has blanks but no quotation marks, so it would be sent in pieces. Write "{detail}".',
        'Teksten ved {name} har mellemrum, men ingen anførselstegn, så den ville blive delt. Skriv "{detail}".',
    ),
    "unreadable": (
        "The content of {type} at {name} cannot be read: {detail}. Correct it after the type's form.",
        "Indholdet af {type} ved {name} kan ikke læses: {detail}. Ret det efter typens form.",
    ),
    "not-at-the-top": (
        "{type} may not stand at {name} itself, because the zone has its own records there. Use A and AAAA, or a name below.",
        "{type} kan ikke stå ved selve {name}, fordi zonen har sine egne poster der. Brug A og AAAA, eller et navn under.",
    ),
    "target-is-an-address": (
        "{type} at {name} must name a server, and {detail} is an address. Give the address an A or AAAA record and name that.",
        "{type} ved {name} skal nævne en server, og {detail} er en adresse. Giv adressen en A- eller AAAA-post, og nævn den.",
    ),
    "target-has-one-label": (
        "{type} at {name} leads to {detail}, which is no full name. Write the full name with its domain.",
        "{type} ved {name} peger på {detail}, som ikke er et fuldt navn. Skriv det fulde navn med domæne.",
    ),
    "two-cnames": (
        "{name} has two CNAME records. Keep one.",
        "{name} har to CNAME-poster. Behold én.",
    ),
    "cname-not-alone": (
        "{name} has a CNAME and also {detail}; a CNAME stands alone. Remove the one or the other.",
        "{name} har en CNAME og også {detail}; en CNAME står alene. Fjern den ene eller de andre.",
    ),
    "ds-without-delegation": (
        "{name} has a DS record but no NS records, so nothing is signed by it. Add the NS records or remove the DS.",
        "{name} har en DS-post, men ingen NS-poster, så den underskriver intet. Tilføj NS-posterne, eller fjern DS.",
    ),
    "differing-ttl": (
        "The {type} records at {name} have different times to live; records of one set share one. Give all the same.",
        "{type}-posterne ved {name} har forskellig levetid; poster i ét sæt deler den. Giv dem alle den samme.",
    ),
    "twice": (
        "{type} {detail} stands twice at {name}. Remove one.",
        "{type} {detail} står to gange ved {name}. Fjern den ene.",
    ),
    "target-is-an-alias": (
        "{type} at {name} leads to {detail}, which is a CNAME; mail and name servers must have addresses of their own. "
        "Name the server that the CNAME leads to.",
        "{type} ved {name} peger på {detail}, som er en CNAME; mail- og navneservere skal have egne adresser. "
        "Nævn den server, som CNAME'en peger på.",
    ),
    "target-without-address": (
        "{type} at {name} leads to {detail}, which has no address in this zone. Add an A or AAAA record for it.",
        "{type} ved {name} peger på {detail}, som ingen adresse har i zonen. Tilføj en A- eller AAAA-post til det.",
    ),
    "two-spf": (
        "{name} has two SPF records, so receivers heed neither. Join them into one that begins with v=spf1.",
        "{name} har to SPF-poster, så modtagere retter sig efter ingen af dem. Saml dem i én, der begynder med v=spf1.",
    ),
    "two-dmarc": (
        "{name} has two DMARC records, so receivers heed neither. Keep one.",
        "{name} har to DMARC-poster, så modtagere retter sig efter ingen af dem. Behold én.",
    ),
    "spf-asks-too-much": (
        "The SPF record at {name} needs {detail} look-ups, and receivers give up after ten. Remove some of its parts.",
        "SPF-posten ved {name} kræver {detail} opslag, og modtagere giver op efter ti. Fjern nogle af dens dele.",
    ),
    "no-name-server": (
        "The zone {name} has no name servers. Add its NS records.",
        "Zonen {name} har ingen navneservere. Tilføj dens NS-poster.",
    ),
    "one-name-server": (
        "The zone {name} has one name server only, and many registries ask for two. Add another.",
        "Zonen {name} har kun én navneserver, og mange registre kræver to. Tilføj en til.",
    ),
    "include": (
        "$INCLUDE was left out: a file may not take in other files. Put the records of {detail} into this file.",
        "$INCLUDE blev udeladt: en fil må ikke hente andre filer. Sæt posterne fra {detail} ind i denne fil.",
    ),
    "unknown-order": (
        "The line {detail} was left out: only $ORIGIN and $TTL are read. Write out the records that it stands for.",
        "Linjen {detail} blev udeladt: kun $ORIGIN og $TTL læses. Skriv de poster ud, som den står for.",
    ),
    "bad-order": (
        "The line {detail} cannot be read. Give one valid name or time.",
        "Linjen {detail} kan ikke læses. Angiv ét gyldigt navn eller én gyldig tid.",
    ),
    "other-class": (
        "A record of the class {detail} was left out: only IN is served. Remove it.",
        "En post af klassen {detail} blev udeladt: kun IN betjenes. Fjern den.",
    ),
    "soa-is-ours": (
        "The SOA record was left out: these name servers keep their own. Nothing needs to be done.",
        "SOA-posten blev udeladt: disse navneservere holder deres egen. Der skal intet gøres.",
    ),
    "signatures-are-ours": (
        "{type} at {name} was left out: these name servers sign the zone with their own keys. Nothing needs to be done.",
        "{type} ved {name} blev udeladt: disse navneservere underskriver zonen med egne nøgler. Der skal intet gøres.",
    ),
    "name-servers-are-ours": (
        "The name server {detail} was left out: the zone is served by ours. Nothing needs to be done.",
        "Navneserveren {detail} blev udeladt: zonen betjenes af vores. Der skal intet gøres.",
    ),
    "unknown-type": (
        "{type} at {name} was left out: this type is not served. Ask us if you need it.",
        "{type} ved {name} blev udeladt: denne type betjenes ikke. Spørg os, hvis du har brug for den.",
    ),
    "no-type": (
        "The line {detail} was left out: it has no type of record. Write name, time, type and content.",
        "Linjen {detail} blev udeladt: den har ingen posttype. Skriv navn, tid, type og indhold.",
    ),
    "no-owner": (
        "The line {detail} was left out: no line before it names its owner. Begin it with a name.",
        "Linjen {detail} blev udeladt: ingen linje før den nævner dens ejer. Begynd den med et navn.",
    ),
    "bad-record": (
        "{type} at {name} was left out: {detail}. Correct it and take in the file again.",
        "{type} ved {name} blev udeladt: {detail}. Ret den, og læs filen ind igen.",
    ),
    "open-bracket": (
        "From this line on the file was left out: a bracket or quotation mark is never closed. Close it.",
        "Fra denne linje blev filen udeladt: en parentes eller et anførselstegn lukkes aldrig. Luk det.",
    ),
    "ttl-changed": (
        "The time to live of {type} at {name} was brought into our bounds: {detail} seconds. Nothing needs to be done.",
        "Levetiden for {type} ved {name} blev bragt inden for vores grænser: {detail} sekunder. Der skal intet gøres.",
    ),
    "too-many": (
        "The file has more than {detail} records, and what comes after was left out. Ask us for a larger zone.",
        "Filen har flere end {detail} poster, og resten blev udeladt. Spørg os om en større zone.",
    ),
}  # fmt: skip


def sentence(code: str, language: Literal["da", "en"], **values: str) -> str:
    """Return what is said about a problem with this code."""
    english, danish = _SENTENCES[code]
    return (danish if language == "da" else english).format(**values)


CODES = tuple(_SENTENCES)
