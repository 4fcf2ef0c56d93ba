"""The official rules judge the official examples as they should, and the gate survives what it is given."""

import shutil
import threading
from hashlib import sha256
from pathlib import Path

import psutil
import pytest

from servanda.drivers.einvoices.engine import EngineFailed, RuleEngine
from servanda.drivers.einvoices.gate import OfficialGate
from servanda.drivers.einvoices.oioubl import OioublRenderer
from servanda.drivers.einvoices.peppol import PeppolRenderer
from servanda.drivers.einvoices.rule_installing import RulesNotInstalled, install_rules
from servanda.drivers.einvoices.rule_results import UnknownResult, findings_in
from servanda.drivers.einvoices.rule_sets import EN_16931, OIOUBL, PEPPOL, RULE_SETS, SHIPPED, found_sheet
from tests.drivers.einvoices.conftest import official_folder
from tests.drivers.einvoices.samples import DOCUMENTS, ORDINARY, PUBLIC

BROKEN = {
    "broken-bis3.xml": {"BR-CO-16", "PEPPOL-EN16931-R003", "PEPPOL-EN16931-R007"},
    "broken-dk.xml": {"PEPPOL-COMMON-R042"},
    "broken-oioubl.xml": {"F-INV133", "F-INV134", "F-LIB002"},
    "oioubl-reminder-3charges.xml": set(),
}
# An example of EN 16931 that was never made for Peppol's Swedish rules.
NOT_FOR_PEPPOL = {"issue116.xml": {"PEPPOL-COMMON-R049"}}


def examples() -> list[Path]:
    folders = ("dk-cius", "en16931", "oioubl-2.1")
    return sorted(
        path
        for name in folders
        for path in (official_folder() / name / "examples").glob("*")
        if path.suffix.lower() == ".xml"
    )


def fatal(content: bytes, gate: OfficialGate) -> set[str]:
    verdict = gate.judge(content)
    assert not verdict.not_checked
    assert verdict.refusal is None
    return {one.rule_id for one in verdict.findings if one.severity == "fatal"}


@pytest.mark.parametrize("path", [pytest.param(path, id=path.name) for path in examples()])
def test_an_official_example_is_judged_as_the_official_rules_judge_it(path: Path, gate: OfficialGate) -> None:
    assert fatal(path.read_bytes(), gate) == NOT_FOR_PEPPOL.get(path.name, set())


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_example_is_caught_by_the_rules_that_it_breaks(name: str, gate: OfficialGate) -> None:
    path = official_folder() / "derived-tests" / name
    if not path.is_file():
        pytest.skip(f"{name} is not beside the rules; what is wrong with it is not tried")
    assert fatal(path.read_bytes(), gate) == BROKEN[name]


def test_a_wrong_cvr_number_is_named_at_each_of_its_places(gate: OfficialGate) -> None:
    wrong = PeppolRenderer().render(ORDINARY).replace(b'schemeID="0184">12345674', b'schemeID="0184">1234')
    verdict = gate.judge(wrong)
    assert [one.rule_id for one in verdict.findings] == ["PEPPOL-COMMON-R042"] * 2
    lines = wrong.decode().splitlines()
    assert all(">1234<" in lines[one.line - 1] for one in verdict.findings)


@pytest.mark.parametrize("name", DOCUMENTS)
@pytest.mark.parametrize("renderer", [PeppolRenderer(), OioublRenderer()], ids=["peppol", "oioubl"])
def test_each_kind_of_ours_is_valid(name: str, renderer: PeppolRenderer | OioublRenderer, gate: OfficialGate) -> None:
    document = DOCUMENTS[name]
    if not renderer.may_write(document):
        assert renderer.format == "peppol bis 3"
        return
    verdict = gate.judge(renderer.render(document))
    assert verdict.is_valid, verdict
    assert verdict.findings == ()
    assert verdict.format == renderer.format


# What comes with the program, and what does not.


def test_the_shipped_rules_are_unchanged() -> None:
    listed = dict(reversed(line.split(maxsplit=1)) for line in (SHIPPED / "SHA256SUMS").read_text().splitlines())
    found = {
        f"./{path.relative_to(SHIPPED).as_posix()}": sha256(path.read_bytes()).hexdigest()
        for path in SHIPPED.rglob("*")
        if path.suffix in {".xsd", ".xslt"} or path.name == "LICENSE.txt"
    }
    assert found == listed
    assert len(found) > 20


def test_the_standard_comes_with_the_program_and_the_others_do_not() -> None:
    assert [found_sheet(sheet, ()) is not None for rules in RULE_SETS for sheet in rules.sheets[:1]] == [
        True,
        False,
        False,
    ]


@pytest.mark.parametrize("renderer", [PeppolRenderer(), OioublRenderer()], ids=["peppol", "oioubl"])
def test_without_its_rules_a_document_is_never_called_valid(
    renderer: PeppolRenderer | OioublRenderer, own_gate: OfficialGate
) -> None:
    verdict = own_gate.judge(renderer.render(PUBLIC))
    assert not verdict.has_errors
    assert not verdict.is_valid
    (said,) = verdict.not_checked
    assert said in {PEPPOL.name, OIOUBL.name}


def test_plain_en_16931_is_judged_with_what_comes_with_the_program(own_gate: OfficialGate) -> None:
    content = PeppolRenderer().render(ORDINARY)
    begin, end = content.index(b"#compliant"), content.index(b"</cbc:CustomizationID>")
    verdict = own_gate.judge(content[:begin] + content[end:])
    assert verdict.is_valid
    assert verdict.checked == ("UBL 2.1 schema", EN_16931.name)


def test_rules_are_installed_from_a_folder_and_from_a_zip_file(folders: tuple[Path, ...], tmp_path: Path) -> None:
    package = tmp_path / "package"
    for sheet in (*OIOUBL.sheets, *PEPPOL.sheets):
        path = found_sheet(sheet, folders)
        assert path is not None
        (package / "deep" / "down").mkdir(parents=True, exist_ok=True)
        shutil.copy(path, package / "deep" / "down" / sheet.name)
    (package / "readme.txt").write_text("not a rule")
    archive = shutil.make_archive(str(tmp_path / "archive"), "zip", package)
    into = tmp_path / "home" / "rules"
    assert install_rules(package, into=into).new == (PEPPOL, OIOUBL)
    assert install_rules(Path(archive), into=into).before == (PEPPOL, OIOUBL)
    assert install_rules(Path(archive), into=tmp_path / "other").new == (PEPPOL, OIOUBL)
    with OfficialGate([into]) as gate:
        assert gate.judge(OioublRenderer().render(PUBLIC)).is_valid


def test_a_changed_rule_file_is_refused_and_nothing_is_installed(tmp_path: Path) -> None:
    package = tmp_path / "package"
    package.mkdir()
    (package / OIOUBL.sheets[0].name).write_text("<xsl:stylesheet/>")
    with pytest.raises(RulesNotInstalled, match=r"OIOUBL_Invoice_Schematron\.xsl .* another version"):
        install_rules(package, into=tmp_path / "rules")
    assert not (tmp_path / "rules").exists()


def test_half_a_rule_set_is_refused_and_nothing_is_installed(folders: tuple[Path, ...], tmp_path: Path) -> None:
    path = found_sheet(PEPPOL.sheets[0], folders)
    assert path is not None
    package = tmp_path / "package"
    package.mkdir()
    shutil.copy(path, package)
    with pytest.raises(RulesNotInstalled, match=r"lacks DK-EN16931-UBL\.xslt"):
        install_rules(package, into=tmp_path / "rules")
    assert not (tmp_path / "rules").exists()


def test_a_folder_without_rules_and_a_file_that_is_no_archive_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RulesNotInstalled, match="none of the known rule files"):
        install_rules(tmp_path, into=tmp_path / "rules")
    (tmp_path / "x.zip").write_bytes(b"PK\x03\x04 not really")
    with pytest.raises(RulesNotInstalled, match="neither a folder nor a zip file"):
        install_rules(tmp_path / "x.zip", into=tmp_path / "rules")


# The engine.

SHEET = """<xsl:stylesheet version="2.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
<xsl:template match="/"><xsl:choose>
<xsl:when test="/forever"><xsl:call-template name="again"><xsl:with-param name="n" select="0"/></xsl:call-template></xsl:when>
<xsl:otherwise><said><xsl:value-of select="."/></said></xsl:otherwise></xsl:choose></xsl:template>
<xsl:template name="again"><xsl:param name="n"/>
<xsl:if test="$n ge 0"><xsl:call-template name="again"><xsl:with-param name="n" select="$n + 1"/></xsl:call-template></xsl:if>
</xsl:template></xsl:stylesheet>"""


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    path = tmp_path / "sheet.xsl"
    path.write_text(SHEET)
    return path


def test_the_engine_starts_when_it_is_needed_and_answers_in_order(sheet: Path) -> None:
    with RuleEngine() as engine:
        assert engine.pid is None
        assert "<said>æøå \N{FOX FACE}</said>" in engine.run("<a>æøå \N{FOX FACE}</a>", [sheet, sheet]).texts[1]
        assert engine.starts == 1


def test_an_engine_that_was_killed_is_started_again(sheet: Path) -> None:
    with RuleEngine() as engine:
        engine.run("<a/>", [sheet])
        assert engine.pid is not None
        process = psutil.Process(engine.pid)
        process.kill()
        process.wait(timeout=10)
        assert engine.run("<a>again</a>", [sheet]).texts[0].endswith("<said>again</said>")
        assert engine.starts == 2


def test_a_document_that_hangs_the_engine_is_given_up_and_the_next_is_judged(sheet: Path) -> None:
    with RuleEngine(seconds_max=30) as engine:
        engine.run("<a/>", [sheet])
        engine._seconds_max = 0.5
        with pytest.raises(EngineFailed, match="took longer"):
            engine.run("<forever/>", [sheet])
        engine._seconds_max = 30
        assert engine.run("<a>next</a>", [sheet]).texts[0].endswith("<said>next</said>")


def test_an_engine_that_has_grown_is_replaced_between_documents(sheet: Path) -> None:
    with RuleEngine(rss_max=1) as engine:
        engine.run("<a/>", [sheet])
        engine.run("<a/>", [sheet])
        assert engine.starts == 2


def test_what_the_engine_cannot_read_is_a_failure_of_that_document_only(sheet: Path) -> None:
    with RuleEngine() as engine:
        with pytest.raises(EngineFailed, match="cannot take the document"):
            engine.run("<a>", [sheet])
        assert engine.run("<a>ok</a>", [sheet]).texts
        assert engine.starts == 1


def test_many_threads_take_turns(sheet: Path) -> None:
    said: dict[int, str] = {}
    with RuleEngine() as engine:

        def ask(number: int) -> None:
            said[number] = engine.run(f"<a>{number}</a>", [sheet]).texts[0]

        threads = [threading.Thread(target=ask, args=(number,)) for number in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        assert engine.starts == 1
    assert all(text.endswith(f"<said>{number}</said>") for number, text in said.items())
    assert len(said) == 12


def test_an_engine_that_fails_leaves_the_document_unjudged() -> None:
    class Failing(RuleEngine):
        def run(self, xml: str, sheets: object) -> object:  # type: ignore[override]
            raise EngineFailed("The rule engine died.")

    with OfficialGate(engine=Failing()) as gate:
        verdict = gate.judge(PeppolRenderer().render(ORDINARY))
    assert not verdict.is_valid
    assert verdict.checked == ("UBL 2.1 schema",)
    assert "The rule engine died." in verdict.not_checked[0]


def test_an_answer_of_an_unknown_form_is_a_bug() -> None:
    with pytest.raises(UnknownResult):
        findings_in("<html/>", rule_set="x")
