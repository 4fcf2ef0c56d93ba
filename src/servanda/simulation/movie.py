"""A world as one page: a day to drag, and what each customer owes, who is held, and what happens."""

from servanda.simulation.running import Lived


def movie_of(found: Lived) -> str:
    """Return the page."""
    return "\n".join(found.lines)
