"""Is what an audit found news, for which everything adverse must stop?"""

from collections.abc import Mapping


def news_in(found: Mapping[int, int], before: Mapping[int, int]) -> tuple[int, ...]:
    """Return the invariants that are broken in more rows than at the run before.

    What a person has seen and released stays broken until it is mended; it must not stop the company each night anew.
    """
    return tuple(number for number in sorted(found) if found[number] > before.get(number, 0))
