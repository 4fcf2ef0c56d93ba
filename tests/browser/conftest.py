"""A real browser before real pages: Debian's Chromium, driven by Playwright."""

import shutil
import threading
from collections.abc import Iterator

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.cache import cache
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from tests.conftest import RealDatabase

CHROMIUM = shutil.which("chromium")
expect.set_options(timeout=60_000)


@pytest.fixture(scope="module")  # no longer: its loop runs in this thread, and other tests start their own
def chromium() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("chromium is not installed: tools/install_daemons.sh --with-trials")
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright's own loop runs in this thread, which Django takes for an asynchronous one.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def site(real_database: RealDatabase) -> Iterator[str]:
    """The pages on a port of localhost, where browsers allow passkeys; returns the address."""
    cache.clear()
    server = ThreadedWSGIServer(("localhost", 0), _Quiet, connections_override=None)
    server.set_app(StaticFilesHandler(get_wsgi_application()))
    assert get_resolver().url_patterns  # the pages are loaded now and not while the browser waits
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://localhost:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A new page in a browser that speaks Danish; anything it complains of fails the test."""
    context = chromium.new_context(locale="da", reduced_motion="reduce")
    made = context.new_page()
    made.set_default_timeout(60_000)
    complaints: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        # A page that answers with 401 or 422 on purpose is told of by the browser, too.
        if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
            complaints.append(message.text)

    made.on("console", hear)
    made.on("pageerror", lambda error: complaints.append(str(error)))
    yield made
    context.close()
    assert complaints == []
