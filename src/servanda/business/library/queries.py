"""Which terms has a company: those that came with the program, and those that it published here.

Versions that came with the program need no question to the database. A published one is read by its name and parsed
once in each process: a published text never changes.
"""

from functools import lru_cache

from servanda.agreements.reading import installed_library
from servanda.business.library.models import PublishedTerms
from servanda.terms.document import Agreement, Language
from servanda.terms.parsing import parse_bytes
from servanda.terms.versions import Library, NoSuchVersion


def library_of(slug: str) -> Library:
    """Return all versions of the company's terms; refuses a company without any."""
    found = [library for library in (installed_library(slug), published_library(slug)) if library is not None]
    if not found:
        raise NoSuchVersion(f"{slug} has no terms. Write a version and publish it first.")
    return Library(slug, tuple(agreement for library in found for agreement in library.agreements))


def published_library(slug: str) -> Library | None:
    """Return the versions that the company published here; None before the first."""
    rows = PublishedTerms.objects.filter(company__slug=slug).order_by("id").values_list("version", "language", "sha256")
    published = tuple(_published(slug, version, language, sha256) for version, language, sha256 in rows)
    return Library(slug, published) if published else None


def version_of(slug: str, version: str, language: Language = "da") -> Agreement:
    """Return a version of the company's terms in the language; refuses one that there is not."""
    installed = installed_library(slug)
    found = installed.find(version, language) if installed is not None else None
    if found is not None:
        return found
    return library_of(slug).version(version, language)


def is_taken(slug: str, version: str) -> bool:
    """Tell whether the company has a version of that name, in any language."""
    return version in library_of(slug).versions


@lru_cache(maxsize=256)
def _published(slug: str, version: str, language: str, sha256: str) -> Agreement:
    """Return a published version. The hash among the arguments makes what was read once true for ever."""
    text = PublishedTerms.objects.get(company__slug=slug, version=version, language=language).text
    read = parse_bytes(text.encode("utf-8"), file=f"{slug}/{version}.{language}.md")
    assert read.agreement is not None, f"{version} was checked before it was published: {read.problems}"
    assert read.agreement.sha256 == sha256, f"the published text of {version} was changed"
    return read.agreement
