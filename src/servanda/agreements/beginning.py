"""What are the first documents of a provider who has none? The template that comes with Servanda, in the provider's name.

The template is lawful for consumers and businesses in Denmark, and a test keeps it so. It is no provider of its own: nobody
runs on it, and it is not among `PROVIDERS`.
"""

import json
import re
from dataclasses import dataclass
from datetime import date
from importlib.resources import files

from servanda.agreements import PROVIDERS
from servanda.ground.refusal import Refused
from servanda.terms.front_matter import is_slug, is_version

TEMPLATE = "template"
TEMPLATE_VERSION = "2026-01"
_NAME_LENGTH_MAX = 60


class NotAName(Refused):
    """The name, the display name or the version cannot be used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """Who begins, and from which day the first version holds. `slug` names the folder and is cited; `name` is shown."""

    slug: str
    name: str
    version: str
    effective_on: date


def begun_by(slug: str, *, name: str | None, version: str | None, effective_on: date) -> Beginning:
    """Return the beginning with all that was left out put in; refuses what can be no name."""
    _refuse_slug(slug)
    shown = slug.replace("-", " ").title() if name is None else name.strip()
    if not shown or len(shown) > _NAME_LENGTH_MAX or not shown.isprintable():
        raise NotAName(f"{shown!r} cannot be shown as a name. Write 1 to {_NAME_LENGTH_MAX} letters on one line.")
    numbered = f"{effective_on:%Y-%m}" if version is None else version
    if not is_version(numbered) or len(numbered) > _NAME_LENGTH_MAX:
        raise NotAName(f"{numbered!r} cannot be a version. Write letters, digits, dots and hyphens, as in 2027-01.")
    return Beginning(slug=slug, name=shown, version=numbered, effective_on=effective_on)


def documents_for(beginning: Beginning) -> dict[str, str]:
    """Return the texts of the first documents by the names of their files."""
    version, slug = beginning.version, beginning.slug
    catalogue = _with(_template("catalogue.toml"), {"provider": _quoted(slug)})
    return {
        **{f"{version}.{language}.md": _agreement(language, beginning) for language in ("da", "en")},
        "catalogue.toml": re.sub(r"(?m)^since = .*$", f"since = {beginning.effective_on.isoformat()}", catalogue),
        "company.toml": _company(beginning),
    }


def _refuse_slug(slug: str) -> None:
    if not is_slug(slug) or len(slug) > _NAME_LENGTH_MAX:
        raise NotAName(
            f"{slug!r} cannot name a provider. Use small letters a to z, digits and hyphens, as in nordlys-hosting; "
            "the name that customers see is given with --name."
        )
    if slug in (*PROVIDERS, TEMPLATE):
        raise NotAName(f"{slug!r} names documents that come with Servanda. Choose another name.")


def _agreement(language: str, beginning: Beginning) -> str:
    return _with(
        _template(f"{TEMPLATE_VERSION}.{language}.md"),
        {
            "provider": _quoted(beginning.slug),
            "name": _quoted(beginning.name),
            "version": _quoted(beginning.version),
            "effective_on": beginning.effective_on.isoformat(),
        },
    )


def _company(beginning: Beginning) -> str:
    return _with(
        _template("company.toml"),
        {
            "slug": _quoted(beginning.slug),
            "name": _quoted(beginning.name),
            "legal_name": _quoted(f"{beginning.name} (eksempel) ApS"),
            "email": _quoted(f"faktura@{beginning.slug}.example"),
            "web": _quoted(f"https://www.{beginning.slug}.example"),
        },
    )


def _with(text: str, values: dict[str, str]) -> str:
    """Return the text with the first line of each key written anew; a remark behind the value is kept."""
    for key, value in values.items():
        line = re.compile(rf'(?m)^{key} = ("[^"]*"|[^"#\s]+)')
        assert line.search(text), f"the template has no line for {key}"
        text = line.sub(lambda _, written=f"{key} = {value}": written, text, count=1)  # type: ignore[misc]
    return text


def _quoted(value: str) -> str:
    """Return a TOML string; what JSON escapes, TOML escapes alike."""
    return json.dumps(value, ensure_ascii=False)


def _template(name: str) -> str:
    return files("servanda.agreements").joinpath(TEMPLATE, name).read_text(encoding="utf-8")
