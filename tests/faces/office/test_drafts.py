"""The workbench: from a copy of the terms to a published version, and every way in which it says no."""

import re
from datetime import date

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from servanda.business.companies.facts import CompanyFacts
from servanda.business.contracts.queries import changes_of, succession_counts, successions_of_change
from servanda.business.library.facts import DraftFacts
from servanda.business.library.queries import draft as draft_of
from servanda.business.library.queries import drafts_of, library_of
from servanda.terms.fields import fields_of, figures_of
from servanda.terms.parsing import parse_bytes
from tests.faces.office import office_world
from tests.faces.office.test_pages import Outline, page

AGREEMENT = "/c/safe-it/agreement/"
VIEWS = ("", "text", "news", "hit", "publish")
BEGUN = {"version": "2027-01", "effective_on": "2027-02-01", "base": "2025-01", "change": "material"}
EVIL = "<script>alert('draft')</script>"


@pytest.fixture
def ole(here: CompanyFacts) -> Client:
    """A browser in which a second member of staff is signed in."""
    office_world.staff("ole")
    browser = Client(SERVER_NAME=settings.ALLOWED_HOSTS[0])
    browser.force_login(get_user_model().objects.get(username="ole"))
    return browser


@pytest.fixture
def begun(eva: Client, here: CompanyFacts) -> DraftFacts:
    """A draft as it is begun: a copy of the version in force."""
    assert eva.post(f"{AGREEMENT}drafts/start/", BEGUN).status_code == 302
    (found,) = drafts_of(here.company_id)
    return found


def bench(found: DraftFacts, path: str = "") -> str:
    return f"{AGREEMENT}drafts/{found.draft_id}/{path}"


def figure(clause: str, rule: int, field: str, written: str) -> dict[str, object]:
    key = f"figure-{clause.replace('.', '-')}-{rule}-{field}"
    return {"clause": clause, "rule": rule, "field": field, key: written, "view": "figures"}


def sent(browser: Client, address: str, **fields: object) -> tuple[int, str]:
    """Send a form and return how it was answered, and the page that came of it."""
    answer = browser.post(address, fields)
    if answer.status_code == 302:
        return 302, browser.get(answer["Location"]).content.decode()
    return answer.status_code, answer.content.decode()


def made_ready(browser: Client, found: DraftFacts) -> DraftFacts:
    """Give the draft another figure, a reason and a forecast."""
    assert browser.post(bench(found, "figure/"), figure("2.1", 0, "days", "21")).status_code == 302
    assert sent(browser, bench(found, "class/"), change="material", reason="Længere frist.")[0] == 302
    assert sent(browser, bench(found, "forecast/"))[0] == 302
    return draft_of(found.draft_id)


def approved(found: DraftFacts, *browsers: Client) -> DraftFacts:
    for browser in browsers:
        assert sent(browser, bench(found, "approve/"), fingerprint=found.fingerprint)[0] == 302
    return draft_of(found.draft_id)


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize("view", VIEWS)
def test_each_view_is_whole_in_both_languages(eva: Client, begun: DraftFacts, view: str, language: str) -> None:
    made_ready(eva, begun)
    for text in ("da", "en"):
        outline = Outline(page(eva, f"{bench(begun)}?view={view}&language={text}", language))
        assert outline.language == language
        assert outline.faults == []
        assert outline.headings.count(1) == 1
        assert all(later - before <= 1 for before, later in zip(outline.headings, outline.headings[1:], strict=False))
        assert len(outline.ids) == len(set(outline.ids))
        assert set(outline.fields) <= outline.labelled


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_asks_the_database_a_bounded_number_of_questions(eva: Client, begun: DraftFacts, view: str) -> None:
    made_ready(eva, begun)
    page(eva, f"{bench(begun)}?view={view}")
    with CaptureQueriesContext(connection) as asked:
        page(eva, f"{bench(begun)}?view={view}")
    assert len(asked) <= 16, [question["sql"][:120] for question in asked]


@pytest.mark.parametrize("view", VIEWS)
def test_the_workbench_forbids_scripts_from_elsewhere(eva: Client, begun: DraftFacts, view: str) -> None:
    answer = eva.get(f"{bench(begun)}?view={view}")
    assert "script-src 'self'" in answer["Content-Security-Policy"]
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("version", "2025-01", "allerede en version 2025-01"),
        ("version", "../etc", "tal, bogstaver"),
        ("version", "", "tal, bogstaver"),
        ("effective_on", "2026-10-12", "2026-10-13 eller senere"),
        ("effective_on", "1.2.2027", "ikke en dato"),
        ("base", "1999", "en af versionerne"),
        ("change", "huge", "en af klasserne"),
    ],
)
def test_a_draft_is_not_begun_with_a_wrong_field(
    eva: Client, here: CompanyFacts, field: str, value: str, told: str
) -> None:
    status, text = sent(eva, f"{AGREEMENT}drafts/start/", **{**BEGUN, field: value})
    assert status == 422
    assert told in text
    assert drafts_of(here.company_id) == ()


def test_a_form_that_is_sent_twice_begins_one_draft(eva: Client, here: CompanyFacts, begun: DraftFacts) -> None:
    status, text = sent(eva, f"{AGREEMENT}drafts/start/", **BEGUN)
    assert (status, len(drafts_of(here.company_id))) == (422, 1)
    assert "allerede en version 2027-01" in text


def test_a_figure_is_changed_and_shown_with_what_it_was(eva: Client, begun: DraftFacts) -> None:
    status, text = sent(eva, bench(begun, "figure/"), **figure("2.1", 0, "days", "21"))
    assert status == 302
    assert '<a class="figure" href="#figure-2-1-0-days">21 dage</a>' in text
    assert "før: 14 dage" in text
    news = page(eva, f"{bench(begun)}?view=news")
    assert re.search(r"<del class=\"plain\">14 dage</del>.*?<ins class=\"plain\">21 dage</ins>", news, re.DOTALL)
    assert "Bedre for kunden" in news
    assert "[fjernet: </span>14" in news
    assert "Nyt i kladden" not in news


def test_what_the_law_newly_says_is_marked(eva: Client, begun: DraftFacts) -> None:
    before = page(eva, f"{bench(begun)}?view=news")
    assert before.count(">Som før<") > 3
    assert "Nyt i kladden" not in before
    sent(eva, bench(begun, "figure/"), **figure("2.9", 0, "spacing_days", "1"))
    after = page(eva, f"{bench(begun)}?view=news")
    assert after.count(">Nyt i kladden<") == 1
    assert after.index(">Nyt i kladden<") < after.index(">Som før<")
    assert "1 problem i teksterne" in after  # 3.7 says the same of fees, and must be changed along
    sent(eva, bench(begun, "figure/"), **figure("3.7", 0, "spacing_days", "1"))
    assert "problem i teksterne" not in page(eva, f"{bench(begun)}?view=news")


@pytest.mark.parametrize("written", ["0.5", "9999", "-1", "mange", EVIL, ""])
def test_a_figure_out_of_bounds_is_told_at_its_field_with_the_bounds(
    eva: Client, begun: DraftFacts, written: str
) -> None:
    status, text = sent(eva, bench(begun, "figure/"), **figure("2.1", 0, "days", written))
    assert status == 422
    told = re.search(r'id="figure-2-1-0-days-wrong" role="alert">([^<]*)<', text)
    assert told is not None
    assert re.search(r"Skriv et tal fra \d+ til \d+ dage", told[1])
    assert EVIL not in text
    assert draft_of(begun.draft_id).danish == begun.danish


@pytest.mark.parametrize(
    ("clause", "rule", "field"), [("99.9", "0", "days"), ("2.1", "7", "days"), ("2.1", "0", "nothing")]
)
def test_a_figure_that_there_is_not_is_refused(
    eva: Client, begun: DraftFacts, clause: str, rule: str, field: str
) -> None:
    status, _text = sent(eva, bench(begun, "figure/"), **figure(clause, int(rule), field, "10"))
    assert status == 422
    assert draft_of(begun.draft_id).danish == begun.danish


def test_a_half_written_text_is_kept_and_its_problems_are_listed_with_their_lines(
    eva: Client, begun: DraftFacts
) -> None:
    broken = begun.danish.replace("days = 14", 'days = "fjorten"', 1)
    line = broken[: broken.index('days = "fjorten"')].count("\n") + 1
    status, text = sent(
        eva, bench(begun, "text/"), danish=broken, english=begun.english, fingerprint=begun.fingerprint, view="text"
    )
    assert status == 302
    assert re.search(rf'<td class="figure">{line}</td>', text)
    assert draft_of(begun.draft_id).danish == broken
    for view in ("", "news", "hit"):
        assert "kan ikke vises lige nu" in page(eva, f"{bench(begun)}?view={view}")
    status, text = sent(eva, bench(begun, "forecast/"), view="hit")
    assert status == 422
    assert "Teksterne har problemer" in text


def test_a_text_that_somebody_else_changed_meanwhile_is_not_written_over(eva: Client, begun: DraftFacts) -> None:
    sent(eva, bench(begun, "figure/"), **figure("2.1", 0, "days", "21"))
    kept = draft_of(begun.draft_id)
    mine = begun.danish + "\n<!-- mit -->\n"
    status, text = sent(
        eva, bench(begun, "text/"), danish=mine, english=begun.english, fingerprint=begun.fingerprint, view="text"
    )
    assert status == 422
    assert "Nogen har rettet kladden" in text
    assert "&lt;!-- mit --&gt;" in text
    assert draft_of(begun.draft_id).danish == kept.danish


def test_hostile_text_in_a_draft_is_only_ever_text(eva: Client, begun: DraftFacts) -> None:
    prose = f"Fakturaen {EVIL} skal [betales](javascript:alert(1)) og [læses](https://eksempel.example/?a=1)."
    marked = re.sub(r"(?m)^(## |### )2\.1 .*$", lambda found: f"{found[0]}\n\n{prose}", begun.danish, count=1)
    assert marked != begun.danish
    sent(
        eva,
        bench(begun, "text/"),
        danish=marked,
        english=begun.english.replace("invoice", f"invoice {EVIL}", 1),
        fingerprint=begun.fingerprint,
        view="text",
    )
    sent(eva, bench(begun, "class/"), change="material", reason=EVIL)
    for view in VIEWS:
        for text in ("da", "en"):
            shown = page(eva, f"{bench(begun)}?view={view}&language={text}")
            assert EVIL not in shown
            assert 'href="javascript:' not in shown
            assert Outline(shown).faults == []
    assert "&lt;script&gt;" in page(eva, f"{bench(begun)}?view=text")


def test_the_forecast_is_kept_for_these_texts_and_counts_no_longer_after_a_change(
    eva: Client, begun: DraftFacts
) -> None:
    ready = made_ready(eva, begun)
    assert ready.forecast is not None
    text = page(eva, f"{bench(begun)}?view=hit")
    assert "Beregnet mandag den 12. oktober 2026" in text
    assert "af eva" in text
    assert re.search(r"\d+ af 4 kunder", text)
    assert "Nye vilkår hos Safe IT-Solutions" in text
    assert "New terms at Safe IT-Solutions" in text
    assert "ons 31. mar 2027" in text or "Sidste dag at træde ud" in text
    sent(eva, bench(begun, "figure/"), **figure("2.1", 0, "days", "20"))
    assert draft_of(begun.draft_id).forecast is None
    assert "Ikke beregnet endnu" in page(eva, f"{bench(begun)}?view=hit")


@pytest.mark.parametrize("missing", ["forecast", "reason", "texts"])
def test_nobody_says_yes_before_everything_is_there(eva: Client, begun: DraftFacts, missing: str) -> None:
    sent(eva, bench(begun, "figure/"), **figure("2.1", 0, "days", "20"))
    if missing != "reason":
        sent(eva, bench(begun, "class/"), change="material", reason="Fordi.")
    if missing != "forecast":
        sent(eva, bench(begun, "forecast/"))
    now = draft_of(begun.draft_id)
    seen = begun.fingerprint[::-1] if missing == "texts" else now.fingerprint
    told = {
        "forecast": "hvem disse tekster rammer",
        "reason": "ingen begrundelse endnu",
        "texts": "rettet, efter at du åbnede den",
    }
    status, text = sent(eva, bench(begun, "approve/"), fingerprint=seen, view="publish")
    assert status == 422
    assert told[missing] in text
    assert draft_of(begun.draft_id).approved_by == ()


def test_one_person_alone_does_not_publish(eva: Client, begun: DraftFacts, here: CompanyFacts) -> None:
    ready = approved(made_ready(eva, begun), eva)
    assert sent(eva, bench(begun, "approve/"), fingerprint=ready.fingerprint)[0] == 302  # pressed twice
    assert len(draft_of(begun.draft_id).approved_by) == 1
    shown = page(eva, f"{bench(begun)}?view=publish")
    assert "En anden person skal også sige ja" in shown
    assert "Udgiv, og skriv varslerne" not in shown
    status, text = sent(eva, bench(begun, "publish/"), view="publish")
    assert status == 422
    assert "To forskellige personer" in text
    assert changes_of(here.company_id) == ()
    today = page(eva, "/c/safe-it/")
    assert "Kladde 2027-01 til vilkårene venter på et ja til." in today


def test_two_persons_publish_and_every_customer_is_told(
    eva: Client, ole: Client, begun: DraftFacts, here: CompanyFacts
) -> None:
    approved(made_ready(eva, begun), eva, ole)
    status, text = sent(ole, bench(begun, "publish/"))
    assert status == 302
    assert "er udgivet" in text
    assert "2027-01" in library_of("safe-it").versions
    (change,) = changes_of(here.company_id)
    assert change.draft.effect_on == date(2027, 2, 1)
    assert {row.to_version for row in successions_of_change(change.change_id)} == {"2027-01"}
    counts = succession_counts([change.change_id])[change.change_id]
    assert counts.contracts == len(successions_of_change(change.change_id)) > 2
    # Pressed twice: nothing more happens.
    assert sent(ole, bench(begun, "publish/"))[0] == 302
    assert len(changes_of(here.company_id)) == 1
    closed = page(eva, bench(begun))
    assert "Denne kladde er lukket" in closed
    assert "figure-form" not in closed


def test_a_published_draft_says_what_came_of_it_and_keeps_its_forecast(
    eva: Client, ole: Client, begun: DraftFacts, here: CompanyFacts
) -> None:
    approved(made_ready(eva, begun), eva, ole)
    before = page(eva, f"{bench(begun)}?view=hit")
    assert sent(ole, bench(begun, "publish/"))[0] == 302
    (change,) = changes_of(here.company_id)
    for view in VIEWS:
        text = page(eva, f"{bench(begun)}?view={view}")
        assert "problem i teksterne" not in text
        assert "problemer i teksterne" not in text
        assert ">mangler<" not in text
        assert f'href="{AGREEMENT}?version=2027-01"' in text
        assert f'href="{AGREEMENT}changes/{change.change_id}/"' in text
    after = page(eva, f"{bench(begun)}?view=hit")
    computed = re.compile(r"Beregnet [^<]*")
    assert computed.findall(after) == computed.findall(before) != []
    assert 'id="mail-da"' in after
    assert 'id="when"' not in after
    outline = Outline(after)
    assert outline.faults == []


def test_a_draft_that_was_given_up_names_no_problems_to_mend(eva: Client, begun: DraftFacts) -> None:
    sent(eva, bench(begun, "text/"), danish="halvt", english="half", fingerprint=begun.fingerprint)
    assert "problemer i teksterne" in page(eva, bench(begun))
    assert sent(eva, bench(begun, "drop/"))[0] == 302
    for view in VIEWS:
        text = page(eva, f"{bench(begun)}?view={view}")
        assert 'id="problems"' not in text
        assert ">mangler<" not in text
        assert "Opgivet" in text


def test_the_same_figure_again_takes_nothing_back(eva: Client, begun: DraftFacts) -> None:
    ready = made_ready(eva, begun)
    status, text = sent(eva, bench(begun, "figure/"), **figure("2.1", 0, "days", "21"))
    assert status == 302
    assert "Intet er ændret" in text
    assert "gælder ikke længere" not in text
    assert draft_of(begun.draft_id).forecast == ready.forecast is not None


def test_the_numbers_of_steps_are_no_figures_to_edit(eva: Client, begun: DraftFacts) -> None:
    text = page(eva, bench(begun))
    keys = re.findall(r'<input id="(figure-[^"]+)"', text)
    assert any(key.endswith("-wait_days") for key in keys)
    assert [key for key in keys if re.search(r"-(step|after_step|with_step)$", key)] == []
    links = re.findall(r'class="figure" href="#(figure-[^"]+)"', text)
    assert [link for link in links if link not in keys] == []


def place_of_figure(found: DraftFacts, name: str) -> tuple[str, int, str]:
    """Return clause, rule and field of the first figure whose field has the name or ends so."""
    read = parse_bytes(found.danish.encode(), file="draft.da.md").agreement
    assert read is not None
    return next(
        (clause.number, index, field)
        for clause in read.clauses
        for index, placed in enumerate(clause.rules)
        for field in figures_of(placed.rule)
        if name in (field, fields_of(type(placed.rule))[field].unit)
        or (name == "list" and fields_of(type(placed.rule))[field].is_list)
    )


@pytest.mark.parametrize(
    ("name", "written", "told"),
    [
        ("clock time", "25:00", "“25:00” er ikke et klokkeslæt. Skriv det som 22:00."),
        ("list", "1,1,12", "“1” står to gange. Skriv hver værdi én gang."),
    ],
)
def test_a_figure_that_is_refused_is_told_in_words_and_stays_in_its_field(
    eva: Client, begun: DraftFacts, name: str, written: str, told: str
) -> None:
    clause, rule, field = place_of_figure(begun, name)
    status, text = sent(eva, bench(begun, "figure/"), **figure(clause, rule, field, written))
    assert status == 422
    assert told in text
    assert f'value="{written}"' in text
    assert "regex" not in text


def test_a_yes_to_other_texts_counts_no_longer(eva: Client, ole: Client, begun: DraftFacts) -> None:
    approved(made_ready(eva, begun), eva, ole)
    sent(eva, bench(begun, "figure/"), **figure("2.1", 0, "days", "30"))
    assert draft_of(begun.draft_id).approved_by == ()
    assert sent(eva, bench(begun, "publish/"), view="publish")[0] == 422


def test_a_draft_is_given_up_and_its_name_is_free_again(eva: Client, begun: DraftFacts, here: CompanyFacts) -> None:
    assert sent(eva, bench(begun, "drop/"))[0] == 302
    assert sent(eva, bench(begun, "drop/"))[0] == 302
    assert draft_of(begun.draft_id).state == "dropped"
    assert sent(eva, f"{AGREEMENT}drafts/start/", **BEGUN)[0] == 302
    status, _text = sent(eva, bench(begun, "figure/"), **figure("2.1", 0, "days", "30"))
    assert status == 422


@pytest.mark.parametrize("path", ["", "figure/", "text/", "class/", "forecast/", "approve/", "publish/", "drop/"])
def test_another_company_has_no_such_draft(eva: Client, begun: DraftFacts, path: str) -> None:
    address = bench(begun, path).replace("safe-it", "vicevaert")
    answer = eva.get(address) if not path else eva.post(address, {"clause": "2.1", "rule": "0", "field": "days"})
    assert answer.status_code == 404
    assert draft_of(begun.draft_id) == begun
