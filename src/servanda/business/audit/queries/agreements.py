"""Is the agreement that binds each customer the one they accepted, and does its text still say what the rules do?"""

from collections.abc import Iterator

from servanda.agreements.reading import package_folder, read_shelf
from servanda.business.audit.facts import Row
from servanda.business.audit.queries.scope import Scope
from servanda.business.library.queries import published_library
from servanda.ground.calendar import parse_day
from servanda.ground.refusal import Refused
from servanda.terms.document import Agreement, Language
from servanda.terms.versions import Library

_ACCEPTED = """
select k.company_id, c.slug, k.accepted_version as terms_version, k.terms_language, k.accepted_sha256 as terms_sha256,
       min((k.accepted_at at time zone 'Europe/Copenhagen')::date)::text as first_accepted_on,
       count(*) as contracts, min(k.number) as first_contract
  from contract k join audited a on a.company_id = k.company_id join company c on c.id = k.company_id
 group by 1, 2, 3, 4, 5
"""


def accepted_before_effect(scope: Scope) -> Iterator[Row]:
    """Yield the contracts concluded under a version before it was in force."""
    for row, document in _accepted(scope):
        if document is not None and parse_day(str(row["first_accepted_on"])) < document.effective_on:
            yield {**row, "effective_on": document.effective_on}


def accepted_text_differs(scope: Scope) -> Iterator[Row]:
    """Yield the acceptances whose hash is not that of the document that is shown for the version and language."""
    for row, document in _accepted(scope):
        if document is None:
            yield {**row, "problem": "there is no such document"}
        elif document.sha256 != row["terms_sha256"]:
            yield {**row, "sha256_of_document": document.sha256}


def text_without_rules(scope: Scope) -> Iterator[Row]:
    """Yield what is wrong with the agreements of the companies: a figure in prose without a rule, most of all."""
    for company in scope.companies:
        try:
            folder = package_folder(company.slug)
        except Refused as refusal:
            if published_library(company.slug) is not None:
                continue  # each text was checked when it was published, and cannot be changed
            yield {"company": company.slug, "problem": str(refusal)}
            continue
        for problem in read_shelf(folder, shown_as=company.slug, provider=company.slug).problems:
            yield {"company": company.slug, "problem": str(problem)}


def _accepted(scope: Scope) -> Iterator[tuple[Row, Agreement | None]]:
    libraries = {company.slug: _library(company.slug) for company in scope.companies}
    for row in scope.rows(_ACCEPTED):
        library = libraries[str(row["slug"])]
        if library is None:
            continue  # a company without documents is found by invariant 41
        language: Language = "en" if row["terms_language"] == "en" else "da"
        yield row, library.find(str(row["terms_version"]), language)


def _library(slug: str) -> Library | None:
    """Return all versions: those installed now, whatever is wrong with them, and those published here."""
    try:
        folder = package_folder(slug)
    except Refused:
        return published_library(slug)
    installed = read_shelf(folder, shown_as=slug, provider=slug).library
    published = published_library(slug)
    return Library(slug, (*installed.agreements, *(published.agreements if published is not None else ())))
