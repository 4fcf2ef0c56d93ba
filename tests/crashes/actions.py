"""The actions of the product, found by looking: every public function that an actions module of a context defines."""

import importlib
import inspect
import pkgutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from types import ModuleType
from typing import Any

import servanda.business

Action = Callable[..., Any]


@cache
def actions() -> Mapping[str, Action]:
    """Return the actions by name: context, module below `actions` and function."""
    found = {}
    for module in _modules():
        for name, value in vars(module).items():
            is_own = inspect.isfunction(value) and value.__module__ == module.__name__
            if is_own and not name.startswith("_") and not inspect.isgeneratorfunction(inspect.unwrap(value)):
                found[f"{module.__name__.removeprefix('servanda.business.').replace('.actions', '')}.{name}"] = value
    return found


def _modules() -> Iterator[ModuleType]:
    for context in pkgutil.iter_modules(servanda.business.__path__):
        name = f"servanda.business.{context.name}.actions"
        if importlib.util.find_spec(name) is None:
            continue
        package = importlib.import_module(name)
        yield package
        for inner in pkgutil.iter_modules(getattr(package, "__path__", ())):
            yield importlib.import_module(f"{name}.{inner.name}")


@contextmanager
def replaced(others: Mapping[Action, Action]) -> Iterator[None]:
    """Let other functions stand wherever these are known by a name, in the product and in the tests."""
    places = [
        (module, name, value)
        for key, module in list(sys.modules.items())
        if key.startswith(("servanda", "tests")) and module is not None
        for name, value in list(vars(module).items())
        if inspect.isfunction(value) and value in others
    ]
    for module, name, value in places:
        setattr(module, name, others[value])
    try:
        yield
    finally:
        for module, name, value in places:
            setattr(module, name, value)
