"""The latest statement on each resource, by key and by kind."""

from collections.abc import Iterable, Iterator, Mapping

from servanda.ground.nodes.wanted import Wanted


class Knowledge(Mapping[str, Wanted]):
    """A mapping that learns: statements are replaced, never removed."""

    def __init__(self, statements: Iterable[Wanted] = ()) -> None:
        self._by_key: dict[str, Wanted] = {}
        self._by_kind: dict[type[Wanted], dict[str, Wanted]] = {}
        self.learn(statements)

    def learn(self, statements: Iterable[Wanted]) -> None:
        for one in statements:
            self._by_key[one.key] = one
            self._by_kind.setdefault(type(one), {})[one.key] = one

    def of(self, kind: type[Wanted]) -> Iterable[Wanted]:
        return tuple(self._by_kind.get(kind, {}).values())

    def __getitem__(self, key: str) -> Wanted:
        return self._by_key[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_key)

    def __len__(self) -> int:
        return len(self._by_key)
