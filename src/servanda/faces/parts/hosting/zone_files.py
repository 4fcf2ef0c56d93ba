"""A zone as a file: given as a download, and read with an account of what it would change before anything is done."""

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from servanda.business.hosting.facts import ZoneChange
from servanda.business.hosting.queries.zones import zone_change, zone_file
from servanda.faces.parts.hosting.shown import SetRow, Stamp, ZoneFilePage
from servanda.ground.nodes.zone_checks import ZoneProblem

LETTERS_MAX = 1_000_000


def zone_file_download(service_id: int, domain: str, *, today: date) -> HttpResponse:
    """Answer with the zone as a file that other name servers take."""
    text = zone_file(service_id, domain, today=today)
    if text is None:
        raise Http404(_("There is no such zone."))
    answer = HttpResponse(text, content_type="text/dns; charset=us-ascii")
    name = content_disposition_header(as_attachment=True, filename=f"{domain}.zone")
    answer.headers["Content-Disposition"] = name or ""
    return answer


def zone_file_page(request: HttpRequest, service_id: int, domain: str) -> ZoneFilePage:
    """Return the page on which a zone file is given, and, once one is given, what it would change. Nothing is kept."""
    text, refused = _given(request) if request.method == "POST" else ("", "")
    found = zone_change(service_id, domain, text)
    if found is None:
        raise Http404(_("There is no such zone."))
    if not text:
        return ZoneFilePage(domain=domain, wrong=refused)
    return _shown(found, domain, text)


def _given(request: HttpRequest) -> tuple[str, str]:
    """Return the text that was pasted or the file that was chosen, and what is wrong with it."""
    file = request.FILES.get("file")
    if file is not None and (file.size or 0) > LETTERS_MAX:
        return "", _("The file is larger than 1 MB. Give the zone file of one domain.")
    text = file.read().decode(errors="replace") if file is not None else request.POST.get("text", "")
    if not text.strip():
        return "", _("Paste a zone file, or choose one.")
    if len(text) > LETTERS_MAX:
        return "", _("The file is larger than 1 MB. Give the zone file of one domain.")
    return text, ""


def _shown(found: ZoneChange, domain: str, text: str) -> ZoneFilePage:
    stamps = {
        "added": Stamp(_("Added"), "calm"),
        "changed": Stamp(_("Changed"), "warn"),
        "removed": Stamp(_("Removed"), "stop"),
    }
    return ZoneFilePage(
        domain=domain,
        text=text,
        key=found.before.key,
        seen=found.seen,
        may_be_done=found.may_be_done,
        sets=tuple(
            SetRow(name=one.name, type=one.type, stamp=stamps[one.what], before=one.before, after=one.after)
            for one in found.sets
        ),
        left_out=tuple(_with_line(one) for one in found.left_out),
        problems=tuple(_text(one) for one in found.wrong if not one.is_warning),
        warnings=tuple(_text(one) for one in found.wrong if one.is_warning),
        sentence=_sentence(found),
    )


def _sentence(found: ZoneChange) -> str:
    if found.is_empty:
        return _("The file holds no record of this zone, so nothing can be taken in.")
    if not found.sets:
        return _("The zone says all this already. There is nothing to do.")
    if not found.may_be_done:
        return _("So the zone would be broken. Mend the file, and look once more.")
    return _("Nothing is changed yet. Look it through, and take it in.")


def _with_line(problem: ZoneProblem) -> str:
    return _("Line %(line)s: %(text)s") % {"line": problem.line, "text": _text(problem)}


def _text(problem: ZoneProblem) -> str:
    return problem.text("en" if (get_language() or "da").startswith("en") else "da")
