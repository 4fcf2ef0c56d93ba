"""The page `docs/reference/audit.md`, made from the invariants themselves."""

from servanda.business.audit.facts import Invariant
from servanda.business.audit.queries.scope import Scope
from servanda.business.audit.queries.table import INVARIANTS

_HEAD = """\
# What `servanda audit` checks

<!-- Made by `servanda audit --reference > docs/reference/audit.md`. Change the invariants, not this page. -->

An invariant is something that must be true of the rows, whatever the code did. `servanda audit` reads them all in one
read-only transaction and names the first twenty rows where one is broken. Exit code 0: nothing found. 1: something is
broken. 2: wrong usage. `--company SLUG` looks at one company, `--only 1,13` at some invariants, `--json` prints everything
for a program, `--lang da` explains in Danish.

The numbers are names for ever. *Kept true by* says what stands before the audit: a **database constraint** (which the audit
also looks for, because a mended or restored database may lack it), a **decision** that gives nothing else, an **action** that
checks inside its transaction, or only the **audit** itself. *Seen how* tells whether rows are compared by SQL or worked out
again in Python from facts, law and terms.

| No. | What must be true | Kept true by | Seen how | Not applicable yet |
| ---: | --- | --- | --- | --- |
"""


def reference_page() -> str:
    """Return the page as Markdown."""
    return _HEAD + "".join(f"{_line(invariant)}\n" for invariant in INVARIANTS) + "\n" + _guards()


def _line(invariant: Invariant[Scope]) -> str:
    enforced = ", ".join(invariant.enforced)
    how = [word for word, parts in (("SQL", invariant.queries), ("Python", invariant.checks)) if parts]
    cells = (str(invariant.number), invariant.name, enforced, " and ".join(how), invariant.not_yet or "–")
    return f"| {' | '.join(cells)} |"


def _guards() -> str:
    named = (
        f"- {invariant.number}: " + ", ".join(f"`{guard}`" for guard in invariant.guards)
        for invariant in INVARIANTS
        if invariant.guards
    )
    return "## The guards that are looked for\n\n" + "\n".join(named) + "\n"
