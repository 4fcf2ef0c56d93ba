"""The folders in which a restore makes things ready beside a tenant's own, and keeps what stood there for its undo.

They lie where a tenant's folders lie, so that a swap is one step of the kernel. Whoever purges takes them along: what is
kept for an undo is the tenant's as much as what is served.
"""

from pathlib import Path

_MARK = ".r-"
_ERRAND_SIGNS = 12


def stage_of(errand: str) -> str:
    """Return the name of the stage of an errand; a whole folder's stage has that folder's name behind it."""
    return f"{_MARK}{errand[:_ERRAND_SIGNS]}"


def stages_in(above: Path, *, of: str = "") -> tuple[Path, ...]:
    """Return the stages in a folder, of all errands; `of` only those of the folder with that name. Follows no link."""
    if not above.is_dir() or above.is_symlink():
        return ()
    return tuple(
        one
        for one in sorted(above.iterdir())
        if one.name.startswith(_MARK) and (not of or _subject(one.name) == of) and one.is_dir() and not one.is_symlink()
    )


def _subject(name: str) -> str:
    return name[len(_MARK) + _ERRAND_SIGNS + 1 :]
