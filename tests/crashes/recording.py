"""Finding scenes: which test calls which action, with how many statements. Loaded with `-p tests.crashes.recording`."""

import json
import os
from collections.abc import Callable, Iterator
from functools import wraps
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tests.crashes.actions import actions, replaced
from tests.crashes.fuse import Fuse, lit

_current: list[str] = [""]
_calls: dict[str, int] = {}
_depth: list[set[str]] = []
_out: list[dict[str, object]] = []


def _watched(name: str, action: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(action)
    def watched(*args: Any, **kwargs: Any) -> Any:
        if _depth:
            _depth[-1].add(name)
            return action(*args, **kwargs)
        _calls[name] = _calls.get(name, 0) + 1
        fuse, nested, number = Fuse(), set[str](), _calls[name]
        _depth.append(nested)
        is_well = False
        try:
            with lit(fuse):
                result = action(*args, **kwargs)
            is_well = True
            return result
        finally:
            _depth.pop()
            if connection.in_atomic_block and is_well:
                _out.append(
                    {
                        "test": _current[0],
                        "action": name,
                        "call": number,
                        "nested": sorted(nested),
                        "steps": fuse.seen,
                        "writes": sum(
                            not one.lstrip().upper().startswith(("SELECT", "SAVE", "RELEASE")) for one in fuse.steps
                        ),
                    }
                )

    return watched


@pytest.hookimpl(wrapper=True)
def pytest_runtestloop(session: pytest.Session) -> Iterator[None]:
    with replaced({action: _watched(name, action) for name, action in actions().items()}):
        result = yield
    return result  # type: ignore[return-value]


def pytest_runtest_setup(item: pytest.Item) -> None:
    _current[0] = item.nodeid
    _calls.clear()


def pytest_runtest_teardown(item: pytest.Item) -> None:
    with Path(os.environ["SCENES_FOUND"]).open("a") as kept:
        kept.writelines(json.dumps(one) + "\n" for one in _out)
    _out.clear()
