"""Whose terms are meant: those of an installed provider, or of a folder whose documents are still being written?"""

from pathlib import Path

from servanda.agreements import PROVIDERS
from servanda.agreements.reading import NoSuchProvider, Shelf, catalogue_of, library_of, read_shelf
from servanda.ground.refusal import Refused, WrongDocument
from servanda.terms.catalogue import Catalogue
from servanda.terms.versions import Library


class NoCatalogue(Refused):
    """The folder says nothing of what is sold."""


def is_named(named: str) -> bool:
    """Tell whether there is an installed provider or a folder of the name; an installed one goes first."""
    return named in PROVIDERS or Path(named).is_dir()


def library_named(named: str) -> Library:
    """Return all versions of the provider or in the folder; raises `WrongDocument` when any file is wrong."""
    return library_of(named) if named in PROVIDERS else _shelf(named).library


def catalogue_named(named: str) -> Catalogue:
    """Return what the provider sells, or what the folder's catalogue has."""
    if named in PROVIDERS:
        return catalogue_of(named)
    catalogue = _shelf(named).catalogue
    if catalogue is None:
        raise NoCatalogue(f"{named} has no catalogue.toml. Write one: it says which products there are.")
    return catalogue


def _shelf(folder: str) -> Shelf:
    if not is_named(folder):
        known = ", ".join(PROVIDERS)
        raise NoSuchProvider(f"There is no provider {folder!r}, nor a folder of that name. Known are: {known}.")
    shelf = read_shelf(Path(folder), shown_as=folder)
    if shelf.problems:
        raise WrongDocument(shelf.problems)
    return shelf
