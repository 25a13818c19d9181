"""``state.backup``: a copy of what cannot be made again from the packs (safety.md 2)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from jupyter_ipfs.store import copies, directory, index
from jupyter_ipfs.store.schema import DURABLE, generation

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

FILE_NAME = "state.backup"
_FORMAT = 1
_TABLES = {
    "pins": ("root", "created_at"),
    "names": ("name", "version", "root", "created_at", "pinned", "shared"),
    "copies": copies.COLUMNS,
    "mfs": ("only", "root", "changed_at"),
}


def save(connection: sqlite3.Connection, path: Path) -> None:
    """Write the copy, inside the transaction that changes the tables.

    So copies follow each other in the order of the commits. Should the commit fail, the
    copy is ahead of the database until the next one, by a root whose pack is on disk.
    """
    packs = [pack.file for pack in index.packs(connection, DURABLE)]
    head = {"format": _FORMAT, "generation": generation(connection), "packs": packs}
    lines = [json.dumps(head)]
    for table, columns in _TABLES.items():
        rows = connection.execute(f"SELECT {', '.join(columns)} FROM {table}")  # noqa: S608
        for row in rows:
            values = [value.hex() if isinstance(value, bytes) else value for value in row]
            lines.append(json.dumps([table, *values], ensure_ascii=False))
    lines.append(json.dumps({"lines": len(lines)}))
    directory.write_file(path / FILE_NAME, "\n".join(lines).encode() + b"\n")


def restore(connection: sqlite3.Connection, path: Path) -> frozenset[str] | None:
    """Fill the empty state tables from the copy; return the packs that it knows of.

    Returns:
        ``None`` if there is no whole and readable copy; nothing was filled then.
    """
    try:
        lines = (path / FILE_NAME).read_text(encoding="utf-8").splitlines()
        head, *rows, tail = map(json.loads, lines)
        if head["format"] != _FORMAT or tail != {"lines": len(rows) + 1}:
            return None
        by_table: dict[str, list[list[object]]] = {table: [] for table in _TABLES}
        for table, *values in rows:
            columns = _TABLES[table]
            if table == "copies" and len(values) + 1 == len(columns):
                values.append(None)  # an older version wrote no checked_at
            for at, (column, value) in enumerate(zip(columns, values, strict=True)):
                if column == "root":
                    values[at] = bytes.fromhex(value)
            by_table[table].append(values)
        known = frozenset(map(str, head["packs"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    for table, entries in by_table.items():
        marks = ", ".join("?" * len(_TABLES[table]))
        connection.executemany(f"INSERT OR REPLACE INTO {table} VALUES ({marks})", entries)  # noqa: S608
    return known
