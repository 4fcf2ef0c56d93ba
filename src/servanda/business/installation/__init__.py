"""Is this database the one that this installation works with, and does it know what time it is?

A restored database does not know that it is one: it would write to people who have paid since. So each place that works with
the database keeps a mark beside it, outside of it. Each beat of the clock compares the two; where they disagree, the
installation is taken for a copy (`docs/why/copy-mode.md`). The same beat looks at the clocks. No clause stands behind this.
"""
