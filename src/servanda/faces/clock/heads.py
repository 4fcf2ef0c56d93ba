"""Keeping the heads of the chain outside the database, in one file for each company.

Who can write to the database can make the whole chain anew; who keeps this file elsewhere (a mail, another machine, a print)
can tell. A line is a day, the place in the chain, and the hash. A line once written is never changed: where the database
says otherwise, the file stays and the log tells.
"""

import logging
from pathlib import Path

from django.conf import settings

from servanda.business.books.facts import HeadFacts
from servanda.business.books.queries.chain import heads_of
from servanda.business.companies.queries import companies

LOG = logging.getLogger(__name__)


def keep_heads() -> None:
    """Add the heads that are new to the files of all companies."""
    for one in companies():
        _keep(settings.HEADS / f"{one.slug}.txt", heads_of(one.company_id))


def _keep(file: Path, heads: tuple[HeadFacts, ...]) -> None:
    lines = _lines_of(file)
    kept = {line.split(" ", 1)[0]: line for line in lines}
    said = {head.day.isoformat(): head_line(head) for head in heads}
    for day in sorted(kept.keys() & said.keys()):
        if kept[day] != said[day]:
            LOG.error(
                "the head of %s in the database is not the one that %s keeps: run `servanda books chain verify`",
                day,
                file,
            )
    new = [said[day] for day in sorted(said) if day not in kept]
    if not new:
        return
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = file.with_suffix(".new")
    beside.write_text("".join(f"{line}\n" for line in (*lines, *new)), encoding="ascii")
    beside.replace(file)


def _lines_of(file: Path) -> list[str]:
    return file.read_text(encoding="ascii").splitlines() if file.is_file() else []


def head_line(head: HeadFacts) -> str:
    return f"{head.day.isoformat()} {head.sequence} {head.sha256}"
