"""What the magics give back: values to go on with that also show themselves."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from jupyter_ipfs.magics import card
from jupyter_ipfs.words import figures, foreign

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from jupyter_ipfs.ipld.cid import CID

CARD_TYPE = "application/vnd.jupyter-ipfs.cid+json"
EXPLANATION = (
    "A CID is a fingerprint of the bytes: same bytes, same CID. "
    "It finds and checks content; it neither keeps nor hides it."
)
# Items beyond this are counted, not shown; Card.left_out says how many.
MAX_ITEMS = 50
_SHOWN_IN_TEXT = 10
_MAX_SHOWN_BYTES = 20_000

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a stored directory."""

    name: str
    size: int | None
    cid: str
    kind: str = "file"


@dataclass(frozen=True)
class Card:
    """Content with its CID. ``str(card)`` is the CID's text, wherever text is wanted.

    Attributes:
        cid: The root.
        kind: ``file``, ``directory`` or ``symlink``.
        where: Where the bytes are, in words and from evidence.
        name: The name that stands for it, or ``None``.
        label: What to call it where no name does: a file's own, or what it is of.
        name_version: Which version of the name it is.
        unchanged: The name stood for just this before.
        size: Content bytes, or ``None`` if nobody counted them.
        files: Number of files, likewise.
        items: What a directory holds, at the top level.
        left_out: How many items are not in ``items``.
        notes: What a person should know, a sentence each.
        explained: Whether to tell what a CID is: once a session.
    """

    cid: CID
    kind: str
    where: str
    name: str | None = None
    label: str | None = None
    name_version: int | None = None
    unchanged: bool = False
    size: int | None = None
    files: int | None = None
    items: tuple[Item, ...] = ()
    left_out: int = 0
    notes: tuple[str, ...] = ()
    explained: bool = field(default=False, compare=False)

    def __str__(self) -> str:
        """The CID's text."""
        return str(self.cid)

    def __repr__(self) -> str:
        """The card in plain text: in a terminal, a notebook's text output, on GitHub."""
        lines = [f"{self._title()}: {self.cid}" if self.name else str(self.cid), self._facts()]
        lines += [
            f"  {foreign.one_line(item.name)}{_slash(item)}  {figures.size(item.size)}"
            for item in self.items[:_SHOWN_IN_TEXT]
        ]
        rest = len(self.items) + self.left_out - _SHOWN_IN_TEXT
        if rest > 0:
            lines.append(f"  … and {rest:,} more")
        lines += [foreign.one_line(note) for note in self.notes]
        if self.explained:
            lines.append(EXPLANATION)
        return "\n".join(lines)

    def payload(self) -> dict[str, Any]:
        """Return what the labextension's renderer reads."""
        return {
            "version": 1,
            "cid": str(self.cid),
            "name": self.name,
            "label": None if self.label is None else foreign.one_line(self.label),
            "name_version": self.name_version,
            "size": self.size,
            "files": self.files,
            "kind": self.kind,
            "where": self.where,
            "unchanged": self.unchanged,
            "items": [
                {
                    "name": foreign.one_line(item.name) + _slash(item),
                    "size": item.size,
                    "cid": item.cid,
                }
                for item in self.items
            ],
            "items_left_out": self.left_out,
            "notes": [foreign.one_line(note) for note in self.notes],
            "explanation": EXPLANATION if self.explained else None,
        }

    def _repr_html_(self) -> str:
        body = [card.line(card.code(str(self.cid))), card.line(card.escape(self._facts()))]
        if self.items:
            rows = [
                (item.name + _slash(item), figures.size(item.size), item.cid) for item in self.items
            ]
            table = card.table(("Name", "Size", "CID"), rows, cids=[2])
            if self.left_out:
                table += card.line(f"… and {self.left_out:,} more", faint=True)
            number = len(self.items) + self.left_out
            body.append(card.folded(f"What it holds: {_entries(number)}", table))
        body += [card.line(card.escape(note)) for note in self.notes]
        if self.explained:
            body.append(card.line(card.escape(EXPLANATION), faint=True))
        return card.box(card.escape(self._title()), body)

    def _repr_mimebundle_(
        self,
        include: object = None,  # noqa: ARG002  (IPython's protocol)
        exclude: object = None,  # noqa: ARG002
    ) -> dict[str, Any]:
        return {
            "text/plain": repr(self),
            "text/html": self._repr_html_(),
            CARD_TYPE: self.payload(),
        }

    def _title(self) -> str:
        if self.name is None:
            if self.label:
                return foreign.one_line(self.label)
            return {"directory": "Directory", "file": "File"}.get(self.kind, "Content")
        version = f", version {self.name_version}" if self.name_version else ""
        return f"{foreign.one_line(self.name)}{version}{' (unchanged)' if self.unchanged else ''}"

    def _facts(self) -> str:
        parts = []
        if self.files is not None and self.kind == "directory":
            parts.append(figures.counted(self.files, "file"))
        if self.size is not None:
            parts.append(figures.size(self.size))
        return " · ".join([*parts, foreign.one_line(self.where)])


def _slash(item: Item) -> str:
    return "/" if item.kind == "directory" else ""


def _entries(number: int) -> str:
    return "1 entry" if number == 1 else f"{number:,} entries"


class Table(list[T], Generic[T]):
    """A list of values that shows itself as a table.

    Args:
        values: The values.
        columns: The heads.
        row: Makes a value's cells.
        cids: Numbers of the columns that hold CIDs.
        empty: What is said when there is nothing.
    """

    def __init__(
        self,
        values: Iterable[T],
        columns: Sequence[str],
        row: Callable[[T], Sequence[str]],
        *,
        cids: Sequence[int] = (),
        empty: str,
    ) -> None:
        super().__init__(values)
        self._columns = columns
        self._row = row
        self._cids = cids
        self._empty = empty

    def __repr__(self) -> str:
        """The table in plain text."""
        if not self:
            return self._empty
        rows = [[foreign.one_line(cell) for cell in self._row(value)] for value in self]
        lines = [list(self._columns), *rows]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        return "\n".join(
            "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()
            for cells in lines
        )

    def _repr_html_(self) -> str:
        if not self:
            return card.line(card.escape(self._empty))
        return card.table(self._columns, [self._row(value) for value in self], cids=self._cids)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:  # noqa: ANN401, ARG002, FBT001
        printer.text(repr(self))


class Content(bytes):
    """A file's bytes; text shows as text, and only its beginning if it is long."""

    def __repr__(self) -> str:
        """The text, made harmless for a terminal, or how much there is of what is no text."""
        shown = self[:_MAX_SHOWN_BYTES]
        try:
            text = bytes(shown).decode(errors="strict")
        except UnicodeDecodeError as error:
            if len(shown) == len(self) or error.start < len(shown) - 3:  # a cut character
                return f"{figures.size(len(self))} that are no text: {bytes(self[:24])!r}…"
            text = bytes(shown[: error.start]).decode()
        more = f"\n… {figures.size(len(self))} in all" if len(shown) < len(self) else ""
        return foreign.plain(text) + more

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:  # noqa: ANN401, ARG002, FBT001
        printer.text(repr(self))


@dataclass(frozen=True)
class Report(Generic[T]):
    """An answer in words, and the value behind it. As a condition it is whether all is well."""

    text: str
    value: T
    ok: bool = True

    def __repr__(self) -> str:
        """The words."""
        return foreign.plain(self.text)

    def __bool__(self) -> bool:
        """Whether all is well."""
        return self.ok
