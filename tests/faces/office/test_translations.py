"""Every text of the pages is written in Danish too, and the compiled catalogue says the same as the readable one."""

import ast
import gettext
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils.translation.template import templatize

import servanda.faces
from tests.faces.refusal_texts import made_on_the_spot, texts

FACES = Path(servanda.faces.__path__[0])
APPS = ("parts", "office", "portal")
MARKERS = frozenset({"_", "gettext", "gettext_noop", "gettext_lazy", "ngettext"})
PLACE = re.compile(r"%\((\w+)\)s")


def messages_in_code(app: str) -> Iterator[str]:
    for file in sorted((FACES / app).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKERS:
                first = node.args[0]
                if isinstance(first, ast.Constant):
                    yield str(first.value)


def messages_in_templates(app: str) -> Iterator[str]:
    for file in sorted((FACES / app).rglob("*.html")):
        code = templatize(file.read_text(encoding="utf-8"), origin=str(file))
        for found in re.finditer(r"n?gettext\(u?(\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')", code):
            yield str(ast.literal_eval(found[1]))


def catalogue(app: str) -> dict[str, tuple[str, ...]]:
    """Read the .po file: messages and their translations, one for each form."""
    text = (FACES / app / "locale" / "da" / "LC_MESSAGES" / "django.po").read_text(encoding="utf-8")
    found = {}
    for block in text.split("\n\n")[1:]:
        fields = re.findall(r'^(msgid|msgid_plural|msgstr(?:\[\d\])?) ((?:".*"\n?)+)', block, re.MULTILINE)
        values = {
            name: "".join(map(ast.literal_eval, re.findall(r'"(?:[^"\\]|\\.)*"', value))) for name, value in fields
        }
        assert "fuzzy" not in block
        found[values["msgid"]] = tuple(value for name, value in values.items() if name.startswith("msgstr"))
    return found


@pytest.mark.parametrize("app", APPS)
def test_every_text_is_translated(app: str) -> None:
    used = {*messages_in_code(app), *messages_in_templates(app), *(texts() if app == "parts" else ())}
    translated = catalogue(app)
    assert len(used) > 8
    assert used - set(translated) == set()
    assert [message for message, forms in translated.items() if not all(forms)] == []


@pytest.mark.parametrize("app", APPS)
def test_no_translation_is_left_over(app: str) -> None:
    used = {*messages_in_code(app), *messages_in_templates(app), *(texts() if app == "parts" else ())}
    assert set(catalogue(app)) - used == set()


def test_no_refusal_is_put_together_on_the_spot() -> None:
    assert len(texts()) > 250
    assert made_on_the_spot() == ()


@pytest.mark.parametrize("app", APPS)
def test_a_translation_has_the_same_places_for_figures(app: str) -> None:
    for message, forms in catalogue(app).items():
        for form in forms:
            assert set(PLACE.findall(form)) == set(PLACE.findall(message)), message


@pytest.mark.parametrize("app", APPS)
def test_the_compiled_catalogue_is_up_to_date(app: str) -> None:
    with (FACES / app / "locale" / "da" / "LC_MESSAGES" / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for message, forms in catalogue(app).items():
        is_counted = len(forms) > 1
        said = [
            compiled.ngettext(message, message, count) if is_counted else compiled.gettext(message) for count in (1, 2)
        ]
        assert tuple(said[: len(forms)]) == forms, message
