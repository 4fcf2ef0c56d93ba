"""The agreements' own texts, for those who read them without the product's reader."""

from functools import cache

from servanda.agreements.reading import installed_source


@cache
def text_of(provider: str, version: str) -> str:
    """Return the Danish text of an installed version, as it was written."""
    return installed_source(provider, version, "da")
