"""Takes pictures of the office as it runs, in both languages, light and dark, on a telephone and on a desk.

    python tools/screenshots.py --address http://127.0.0.1:8000 --user eva --password … --to docs/pictures

Needs Debian's package `chromium`. The pages are found by following links, so that any running demo will do. It fails
when a page has an error in the browser's console, which is where a broken content policy would show.
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
LANGUAGES = ("da", "en")
THEMES = ("light", "dark")
WIDTHS = {360: 780, 1440: 900}


@dataclass(frozen=True, slots=True)
class Look:
    """One way to look at the pages."""

    language: str
    theme: str
    width: int

    @property
    def name(self) -> str:
        return f"{self.language}-{self.theme}-{self.width}"


def main() -> int:
    parser = argparse.ArgumentParser(description="Take pictures of the running office.")
    parser.add_argument("--address", default="http://127.0.0.1:8000")
    parser.add_argument("--user", required=True)
    parser.add_argument("--password", required=True)
    parser.add_argument("--company", default="safe-it", help="whose pages are taken")
    parser.add_argument("--customer", default="", help="the number of the customer shown; otherwise one who is late")
    parser.add_argument("--to", type=Path, default=Path("docs/pictures"))
    parser.add_argument("--only", default="", help="a part of the picture's name, as in da-light-1280")
    parser.add_argument("--first-screen", action="store_true", help="take what fits the screen, not the whole page")
    arguments = parser.parse_args()
    arguments.to.mkdir(parents=True, exist_ok=True)
    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for look in _looks(arguments.only):
            complaints += _take(browser, look, arguments)
        browser.close()
    for complaint in complaints:
        print(complaint, file=sys.stderr)
    return 1 if complaints else 0


def _looks(only: str) -> Iterator[Look]:
    for language, theme, width in product(LANGUAGES, THEMES, WIDTHS):
        look = Look(language, theme, width)
        if only in look.name:
            yield look


def _take(browser: Browser, look: Look, arguments: argparse.Namespace) -> list[str]:
    """Sign in, walk the pages, take each, and return what the browser complained of."""
    complaints: list[str] = []
    context = browser.new_context(
        viewport={"width": look.width, "height": WIDTHS[look.width]},
        color_scheme="dark" if look.theme == "dark" else "light",
        locale=look.language,
        reduced_motion="reduce",
    )
    host = arguments.address.partition("//")[2].partition(":")[0].partition("/")[0]
    context.add_cookies([{"name": "django_language", "value": look.language, "domain": host, "path": "/"}])
    page = context.new_page()

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error":
            complaints.append(f"{look.name} {page.url}: {message.text}")

    page.on("console", hear)
    page.goto(f"{arguments.address}/login/")
    _save(page, look, "login", arguments)
    page.fill("input[name=username]", arguments.user)
    page.fill("input[name=password]", arguments.password)
    page.click("form button.main")
    for name, path in _walk(page, arguments):
        page.goto(f"{arguments.address}{path}")
        _save(page, look, name, arguments)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            complaints.append(f"{look.name} {path}: the page is {wide} px wider than the screen")
    context.close()
    return complaints


def _walk(page: Page, arguments: argparse.Namespace) -> Iterator[tuple[str, str]]:
    """Yield the pages by name; a customer and an invoice are found by their links, a late one first."""
    company = f"/c/{arguments.company}"
    yield "companies", "/"
    yield "today", f"{company}/"
    yield "customers", f"{company}/customers/"
    page.goto(f"{arguments.address}{company}/customers/?show=overdue&q={arguments.customer}")
    customer = page.get_attribute("tbody th a", "href") or ""
    yield "customer", f"{customer}?days=90"
    page.goto(f"{arguments.address}{customer}")
    invoice = page.get_attribute("main table tbody tr:last-child th a", "href") or ""
    yield "invoice", invoice
    yield "invoice-ladder", f"{invoice}ladder/"
    yield "ladder", f"{company}/ladder/"
    yield "agreement", f"{company}/agreement/"
    yield "agreement-customer", f"{customer}agreement/"
    for name in ("compare", "drafts", "changes", "discontinue", "transfer"):
        yield f"agreement-{name}", f"{company}/agreement/{name}/"
    yield from _found(page, arguments, f"{company}/agreement/drafts/", "draft", ("", "text", "news", "hit", "publish"))
    yield from _found(page, arguments, f"{company}/agreement/changes/", "change", ("",))
    yield "matching", f"{company}/matching/"
    yield "mails", f"{company}/mails/"


def _found(
    page: Page, arguments: argparse.Namespace, path: str, name: str, views: tuple[str, ...]
) -> Iterator[tuple[str, str]]:
    """Yield the views of the first draft or change of a list; nothing where there is none yet."""
    page.goto(f"{arguments.address}{path}")
    found = page.locator("main .lines strong a")
    address = found.first.get_attribute("href") if found.count() else None
    if address is not None:
        for view in views:
            yield (f"{name}-{view}" if view else name), f"{address}?view={view}" if view else address


def _save(page: Page, look: Look, name: str, arguments: argparse.Namespace) -> None:
    page.screenshot(path=arguments.to / f"{name}-{look.name}.png", full_page=not arguments.first_screen)


if __name__ == "__main__":
    sys.exit(main())
