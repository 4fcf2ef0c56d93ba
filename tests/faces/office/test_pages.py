"""The pages: each is whole in both languages, safe against hostile names, and reads a bounded number of rows."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

import servanda.business
from servanda.business.companies.facts import CompanyFacts
from servanda.faces.office.sentences import FORESEEN, HAPPENED, RULED, SHORT
from tests.faces.office import office_world

COMPANY = "/c/safe-it/"
PAGES = (
    "/",
    COMPANY,
    f"{COMPANY}customers/",
    f"{COMPANY}customers/?show=overdue",
    f"{COMPANY}customers/1001/",
    f"{COMPANY}customers/1002/?days=90",
    f"{COMPANY}customers/1004/?days=0&all=1",
    f"{COMPANY}invoices/1002/",
    f"{COMPANY}invoices/1003/",
    f"{COMPANY}invoices/1004/",
    f"{COMPANY}invoices/1004/ladder/",
    f"{COMPANY}ladder/",
    f"{COMPANY}ladder/?product=m365-yearly&customer=consumer",
    f"{COMPANY}agreement/",
    f"{COMPANY}agreement/?language=en",
    f"{COMPANY}agreement/compare/",
    f"{COMPANY}agreement/drafts/",
    f"{COMPANY}agreement/changes/",
    f"{COMPANY}agreement/discontinue/",
    f"{COMPANY}agreement/discontinue/?product=webhosting",
    f"{COMPANY}agreement/transfer/",
    f"{COMPANY}customers/1001/agreement/",
    f"{COMPANY}customers/1004/agreement/?language=en",
    f"{COMPANY}matching/",
    f"{COMPANY}vat/",
    f"{COMPANY}vat/?period=2026Q3&rate=7.46",
    f"{COMPANY}mails/",
    f"{COMPANY}mails/0.eml/",
)
QUERIES_MAX = 12
OF_THE_FRAME = 1  # every page asks whether the installation is halted
# A ladder gathers all facts of its claim; a customer's page has the most lists.
MORE_QUERIES = {"/agreement/?language": 14, "/customers/1001/agreement": 14, "/invoices/1": 26, "/customers/1": 36}
TODAY_QUERIES = 30  # the lists of which anything waits for a person, and the facts of the claims that come next


class Outline(HTMLParser):
    """What a page is made of, as a machine that reads it aloud would find it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.headings: list[int] = []
        self.faults: list[str] = []
        self.ids: list[str] = []
        self.named: set[str] = set()
        self.labelled: set[str] = set()
        self.fields: list[str] = []
        self.language = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = dict(attributes)
        self.faults += [f"<{tag} {name}>" for name in found if name == "style" or name.startswith("on")]
        if tag == "style" or (tag == "script" and "src" not in found):
            self.faults.append(f"inline <{tag}>")
        if tag == "th" and "scope" not in found:
            self.faults.append("<th> without scope")
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "html":
            self.language = found.get("lang") or ""
        if "id" in found:
            self.ids.append(found["id"] or "")
        if tag == "label":
            self.labelled.add(found.get("for") or "")
        if tag in {"input", "select", "textarea"} and found.get("type") != "hidden" and not found.get("aria-label"):
            self.fields.append(found.get("id") or "")


def page(browser: Client, address: str, language: str = "da") -> str:
    browser.cookies["django_language"] = language
    answer = browser.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize("address", PAGES)
def test_each_page_is_whole_in_both_languages(eva: Client, address: str, language: str) -> None:
    outline = Outline(page(eva, address, language))
    assert outline.language == language
    assert outline.faults == []
    assert outline.headings.count(1) == 1
    assert all(later - before <= 1 for before, later in zip(outline.headings, outline.headings[1:], strict=False))
    assert len(outline.ids) == len(set(outline.ids))
    assert set(outline.fields) <= outline.labelled


@pytest.mark.parametrize("address", PAGES)
def test_a_hostile_name_is_only_ever_text(eva: Client, address: str) -> None:
    text = page(eva, address)
    assert office_world.HOSTILE not in text
    assert "alert('" not in text


def test_the_hostile_name_is_shown_where_it_belongs(eva: Client) -> None:
    assert "&lt;script&gt;alert(&#x27;Mallory&#x27;)&lt;/script&gt;" in page(eva, f"{COMPANY}customers/1004/")


@pytest.mark.parametrize("address", PAGES)
def test_a_page_asks_the_database_a_bounded_number_of_questions(eva: Client, address: str) -> None:
    page(eva, address)  # what is read once for all, such as the agreement, is read by now
    allowed = next((most for part, most in MORE_QUERIES.items() if part in address), QUERIES_MAX)
    allowed = TODAY_QUERIES if address == COMPANY else allowed
    with CaptureQueriesContext(connection) as asked:
        page(eva, address)
    assert len(asked) <= allowed + OF_THE_FRAME, [question["sql"][:120] for question in asked]


@pytest.mark.parametrize("address", PAGES)
def test_a_page_forbids_scripts_from_elsewhere_and_is_kept_by_no_cache(eva: Client, address: str) -> None:
    answer = eva.get(address)
    assert "script-src 'self'" in answer["Content-Security-Policy"]
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert answer["Cache-Control"] == "no-store"


def test_every_clause_that_a_page_cites_stands_in_the_agreement(eva: Client) -> None:
    cited = {
        found
        for address in PAGES
        for found in re.findall(r'href="(/c/safe-it/agreement/[^"#]*)#(c[^"]+)"', page(eva, address))
    }
    assert cited
    for address, anchor in cited:
        assert f'id="{anchor}"' in page(eva, address.replace("&amp;", "&"))


def test_the_agreement_shows_its_live_figures_and_leaves_no_placeholder(eva: Client) -> None:
    for language, figure in (("da", "14 dage"), ("en", "14 days")):
        text = page(eva, f"{COMPANY}agreement/?language={language}")
        assert f">{figure}</span>" in text
        assert "{" not in re.sub(r"<[^>]+>", "", text)
        assert "\ue000" not in text


def test_the_slider_shows_more_the_further_it_is_moved(eva: Client) -> None:
    steps = [page(eva, f"{COMPANY}customers/1001/?days={days}").count("planned") for days in (0, 30, 90)]
    assert steps[0] < steps[1] <= steps[2]


@pytest.mark.parametrize("days", ["-1", "1e9", "ni", "99999999999", "²"])
def test_a_slider_that_is_tampered_with_does_no_harm(eva: Client, days: str) -> None:
    page(eva, f"{COMPANY}customers/1001/?days={days}")


@pytest.mark.parametrize(
    ("query", "shown", "hidden"),
    [
        ("show=held", "Birks Bageri", "Almas Atelier"),
        ("show=open", "Almas Atelier", "ingen"),
        ("show=overdue", "Carlas Kontor", "Almas Atelier"),
        ("q=alma", "Almas Atelier", "Birks Bageri"),
        ("q=1002", "Birks Bageri", "Almas Atelier"),
        ("q=1002&page=77", "Birks Bageri", "Almas Atelier"),
        ("show=nonsense", "Almas Atelier", "ingen"),
    ],
)
def test_customers_are_found_by_filter_and_search(eva: Client, query: str, shown: str, hidden: str) -> None:
    text = page(eva, f"{COMPANY}customers/?{query}")
    assert shown in text
    assert hidden not in text


@pytest.mark.parametrize(
    "address",
    [
        "/c/nobody/",
        "/c/vicevaert/customers/1001/",
        "/c/vicevaert/invoices/1002/",
        "/c/vicevaert/invoices/1002/ladder/",
        "/c/vicevaert/mails/0.eml/",
        "/c/vicevaert/mails/0.eml/0/",
        "/c/safe-it/customers/9999/",
        "/c/safe-it/invoices/9999/",
        "/c/safe-it/mails/none/",
        "/c/safe-it/mails/0.eml/7/",
    ],
)
def test_what_belongs_to_another_company_is_not_found(eva: Client, address: str) -> None:
    assert eva.get(address).status_code == 404


def test_a_document_is_given_as_it_was_sent_and_only_to_its_company(eva: Client) -> None:
    address = re.search(r"/c/safe-it/letters/\d+/document/", page(eva, f"{COMPANY}invoices/1002/"))
    assert address is not None
    answer = eva.get(address[0])
    assert b"1002" in answer.content
    assert answer["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer["Content-Security-Policy"]
    assert eva.get(address[0].replace("safe-it", "vicevaert")).status_code == 404


def test_a_mail_shows_what_the_customer_got_with_its_attachment(eva: Client) -> None:
    text = page(eva, f"{COMPANY}mails/0.eml/")
    attachment = re.search(r'href="(/c/safe-it/mails/0\.eml/0/)"', text)
    assert attachment is not None
    assert eva.get(attachment[1])["Content-Type"] == "application/octet-stream"


def test_a_suspended_customer_reads_why_and_since_when(eva: Client) -> None:
    text = page(eva, f"{COMPANY}customers/1002/")
    assert "Lukket midlertidigt" in text
    assert "punkt 3.2" in text


def test_a_person_is_asked_with_the_clause_and_the_first_day(eva: Client) -> None:
    text = page(eva, COMPANY)
    assert "Tilladt fra onsdag den 7. oktober 2026" in text
    assert "punkt 3.4" in text


def test_the_ladder_draws_in_whole_pixels_whatever_the_language(eva: Client) -> None:
    for language in ("da", "en"):
        drawing = re.search(r"<svg viewBox.*?</svg>", page(eva, f"{COMPANY}ladder/", language), re.DOTALL)
        assert drawing is not None
        places = re.findall(r'\b(?:x|y|x1|x2|y1|y2|cx|cy|width|height)="([^"]*)"', drawing[0])
        assert places
        assert all(place.isdigit() for place in places)


def test_the_pictures_say_the_same_as_their_list(eva: Client) -> None:
    text = page(eva, f"{COMPANY}ladder/")
    assert text.count('<circle class="rung') - 3 == text.count('<span class="dot"')  # three stand in the legend


def test_everything_that_the_business_records_has_a_sentence() -> None:
    folder = Path(servanda.business.__path__[0])
    recorded = {
        found
        for file in folder.rglob("*.py")
        if "ledger" not in file.parts and "decisions" not in file.parts
        for found in re.findall(r'what="([a-z]+\.[a-z_]+)"', file.read_text(encoding="utf-8"))
    }
    assert len(recorded) > 15
    assert recorded - {what.partition(":")[0] for what in HAPPENED} == set()


def test_everything_that_is_foreseen_has_a_sentence_and_a_short_name() -> None:
    folder = Path(servanda.business.__path__[0]) / "dunning" / "decisions"
    ordered = set(re.findall(r'what = "([a-z]+[._][a-z_]+)"', (folder / "orders.py").read_text(encoding="utf-8")))
    shown = set(re.findall(r'event="([a-z]+\.[a-z]+)"', (folder / "unpaid.py").read_text(encoding="utf-8")))
    assert ordered - {"payment.late", "invoice.accepted"} <= set(FORESEEN)
    assert shown <= set(RULED)
    assert set(FORESEEN) | set(RULED) <= set(SHORT)


def test_the_page_of_the_companies_names_the_day_of_each_clock(eva: Client, here: CompanyFacts) -> None:
    text = page(eva, "/")
    assert "mandag den 12. oktober 2026" in text
    assert "mandag den 3. august 2026" in text
    assert here.name in text


def test_the_timeline_says_what_a_person_was_asked_and_links_the_invoice(eva: Client) -> None:
    text = page(eva, f"{COMPANY}customers/1002/")
    asked = re.search(
        r'<li class="[a-z ]*">(?:(?!</li>).)*bedt om at afgøre: Ophør\.(?:(?!</li>).)*</li>', text, re.DOTALL
    )
    assert asked is not None
    assert "/c/safe-it/invoices/1002/" in asked[0]


def test_a_letter_that_arrived_at_once_is_told_once(eva: Client) -> None:
    text = page(eva, f"{COMPANY}customers/1002/")
    assert "Kundens mailserver tog imod brevet samme dag." in text
    assert "Kundens mailserver tog imod brevet. " not in text
