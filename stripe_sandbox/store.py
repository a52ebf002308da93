"""Where the sandbox's objects live: in memory, and in an SQLite file when one is given."""

import bisect
import heapq
import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from stripe_sandbox.errors import JsonObject

_SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (id TEXT PRIMARY KEY, kind TEXT NOT NULL, seq INTEGER NOT NULL, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


_Place = tuple[int, int, str]
_Index = dict[Any, dict[str, None]]


class Store:
    """Objects by kind and id, in order of creation. Not thread-safe: the world's lock guards it.

    Objects are plain dictionaries with ``id``, ``object`` and, when they have one, ``created``. They are read
    freely and changed only through ``change``, which remembers what was there: a call that fails leaves no trace.
    Kinds that begin with an underscore are the sandbox's own and never answered to a client.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._objects: dict[str, JsonObject] = {}
        self._order: dict[str, list[tuple[int, int, str]]] = {}
        self._places: dict[str, tuple[int, int, str]] = {}
        #: By kind and field: each value with the ids that have it. Made when first asked for, then kept.
        self._indices: dict[str, dict[str, _Index]] = {}
        #: By clock, the jobs that have a time, soonest first. Those that are no more are passed over when met.
        self._agendas: dict[str | None, list[tuple[int, _Place]]] = {}
        self._facts: dict[str, Any] = {}
        self._facts_changed = False
        self._undo: list[tuple[str, JsonObject | None]] = []
        self._depth = 0
        self._seq = 0
        self._database: sqlite3.Connection | None = None
        if path is not None:
            self._open(path)

    def add(self, obj: JsonObject) -> JsonObject:
        """Keep a new object."""
        identifier = obj["id"]
        if identifier in self._objects:
            raise KeyError(f"{identifier} exists already")
        self._undo.append((identifier, None))
        self._place(obj)
        return obj

    def change(self, obj: JsonObject, **fields: Any) -> JsonObject:
        """Replace top-level fields of a kept object, in place."""
        before = dict(obj)
        self._undo.append((obj["id"], before))
        obj.update(fields)
        self._reindex(before, obj)
        return obj

    def remove(self, obj: JsonObject) -> None:
        """Forget an object."""
        self._undo.append((obj["id"], dict(obj)))
        self._displace(obj)

    def find(self, identifier: str) -> JsonObject | None:
        """The object of that id, whatever its kind."""
        return self._objects.get(identifier)

    def get(self, kind: str, identifier: str) -> JsonObject | None:
        """The object of that kind and id."""
        obj = self._objects.get(identifier)
        return obj if obj is not None and obj["object"] == kind else None

    def all(self, kind: str, *, newest_first: bool = False) -> Iterator[JsonObject]:
        """Every object of a kind by time of creation, ties by order of arrival."""
        order = self._order.get(kind, [])
        for _, _, identifier in reversed(order) if newest_first else order:
            yield self._objects[identifier]

    def where(self, kind: str, field: str, value: Any, *, newest_first: bool = False) -> list[JsonObject]:
        """Every object of a kind whose top-level field has this value, by time of creation. Costs what it finds."""
        found = self._index(kind, field).get(value, ())
        if len(found) < 2:
            return [self._objects[identifier] for identifier in found]
        places = sorted(self._places[identifier] for identifier in found)
        return [self._objects[identifier] for _, _, identifier in (reversed(places) if newest_first else places)]

    def between(
        self,
        kind: str,
        *,
        above: str | None = None,
        below: str | None = None,
        since: int | None = None,
        until: int | None = None,
        newest_first: bool = True,
    ) -> Iterator[JsonObject]:
        """Objects of a kind made after ``above`` and before ``below`` (ids), in the seconds ``since`` to ``until``."""
        order = self._order.get(kind, [])
        first, end = 0, len(order)
        if since is not None:
            first = bisect.bisect_left(order, (since, 0, ""))
        if until is not None:
            end = bisect.bisect_left(order, (until + 1, 0, ""))
        if above is not None:
            first = max(first, bisect.bisect_right(order, self._places[above]))
        if below is not None:
            end = min(end, bisect.bisect_left(order, self._places[below]))
        numbers = range(end - 1, first - 1, -1) if newest_first else range(first, end)
        for number in numbers:
            yield self._objects[order[number][2]]

    def place(self, identifier: str) -> tuple[int, int, str]:
        """Where an object stands in the order of its kind; greater is newer."""
        return self._places[identifier]

    def soonest(self, clock: str | None = None) -> JsonObject | None:
        """The job of a clock that is to run next; None when none has a time."""
        agenda = self._agendas.get(clock, [])
        while agenda:
            place = agenda[0][1]
            if self._places.get(place[2]) == place:
                return self._objects[place[2]]
            heapq.heappop(agenda)
        return None

    def fact(self, name: str, default: Any = None) -> Any:
        """A named value about the sandbox itself, such as its seed."""
        return self._facts.get(name, default)

    def set_fact(self, name: str, value: Any) -> None:
        """Keep a named value; written with the next saving."""
        self._facts_changed = self._facts_changed or name != "counters"
        self._facts[name] = value

    @contextmanager
    def saving(self) -> Iterator[None]:
        """All changes inside are kept together, or none of them."""
        self._depth += 1
        mark = len(self._undo)
        try:
            yield
        except BaseException:
            self._roll_back(mark)
            raise
        finally:
            self._depth -= 1
        if self._depth == 0:
            self._write()

    def close(self) -> None:
        """Close the file, if there is one."""
        if self._database is not None:
            self._database.close()
            self._database = None

    def _place(self, obj: JsonObject) -> None:
        self._seq += 1
        place = (obj.get("created", 0), self._seq, obj["id"])
        self._objects[obj["id"]] = obj
        self._places[obj["id"]] = place
        bisect.insort(self._order.setdefault(obj["object"], []), place)
        for field, index in self._indices.get(obj["object"], {}).items():
            index.setdefault(obj.get(field), {})[obj["id"]] = None
        if obj["object"] == "_job" and obj["at"] is not None:
            heapq.heappush(self._agendas.setdefault(obj.get("clock"), []), (obj["at"], place))

    def _displace(self, obj: JsonObject) -> None:
        place = self._places.pop(obj["id"])
        order = self._order[obj["object"]]
        del order[bisect.bisect_left(order, place)]
        del self._objects[obj["id"]]
        for field, index in self._indices.get(obj["object"], {}).items():
            _forget(index, obj.get(field), obj["id"])

    def _index(self, kind: str, field: str) -> _Index:
        fields = self._indices.setdefault(kind, {})
        if field not in fields:
            index: _Index = {}
            for obj in self.all(kind):
                index.setdefault(obj.get(field), {})[obj["id"]] = None
            fields[field] = index
        return fields[field]

    def _reindex(self, before: JsonObject, after: JsonObject) -> None:
        for field, index in self._indices.get(after["object"], {}).items():
            if before.get(field) != after.get(field):
                _forget(index, before.get(field), after["id"])
                index.setdefault(after.get(field), {})[after["id"]] = None

    def _roll_back(self, mark: int) -> None:
        while len(self._undo) > mark:
            identifier, before = self._undo.pop()
            present = self._objects.get(identifier)
            if before is None:
                assert present is not None
                self._displace(present)
            elif present is None:
                self._place(before)
            else:
                undone = dict(present)
                present.clear()
                present.update(before)
                self._reindex(undone, present)

    def _write(self) -> None:
        changed = {identifier for identifier, _ in self._undo}
        self._undo.clear()
        if self._database is None or not (changed or self._facts_changed):
            return
        self._facts_changed = False
        with self._database:
            for identifier in changed:
                obj = self._objects.get(identifier)
                if obj is None:
                    self._database.execute("DELETE FROM objects WHERE id = ?", (identifier,))
                else:
                    row = (identifier, obj["object"], self._places[identifier][1], json.dumps(obj))
                    self._database.execute("INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?)", row)
            facts = [(name, json.dumps(value)) for name, value in self._facts.items()]
            self._database.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?)", facts)

    def _open(self, path: Path) -> None:
        # The world's lock lets one thread at a time in, which is what SQLite's own check would ask for.
        database = sqlite3.connect(path, check_same_thread=False)
        database.execute("PRAGMA journal_mode = WAL")
        # Play money: losing the last second in a power cut harms nobody, and waiting for the disk slows each test.
        database.execute("PRAGMA synchronous = OFF")
        database.executescript(_SCHEMA)
        self._facts = {name: json.loads(value) for name, value in database.execute("SELECT name, value FROM facts")}
        for (body,) in database.execute("SELECT body FROM objects ORDER BY seq"):
            self._place(json.loads(body))
        self._database = database


def _forget(index: _Index, value: Any, identifier: str) -> None:
    same = index[value]
    del same[identifier]
    if not same:
        del index[value]
