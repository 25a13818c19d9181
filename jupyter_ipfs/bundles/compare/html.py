"""HTML: tables by schema and values, all else as text in one form."""

from __future__ import annotations

from dataclasses import replace

from jupyter_ipfs.bundles.compare import markup, sizes, table, text
from jupyter_ipfs.bundles.compare.verdict import DIFFERS, OutputVerdict

MIME_TYPE = "text/html"
TABLES = "tables by schema and values"
_FRAME = "dataframe"  # the class of pandas' and polars' tables, whose looks say nothing


def compare(expected: str, actual: str, relative: float) -> OutputVerdict:
    """Compare two pieces of HTML, neither of which is rendered or run."""
    if max(len(expected), len(actual)) > sizes.MAX_MARKUP:
        return text.compare(expected, actual, relative, MIME_TYPE)
    old, new = (list(markup.tokens(one)) for one in (expected, actual))
    is_frame = _is_frame(old) and _is_frame(new)
    lines = [markup.lines(one, attributes=not is_frame) for one in (old, new)]
    found = text.compare(lines[0], lines[1], relative, MIME_TYPE)
    tables = [table.tables(one) for one in (old, new)]
    if not any(tables):
        return found if found.rule == text.EXACT else replace(found, rule=f"HTML: {found.rule}")
    found = replace(found, rule=f"{TABLES}: {found.rule}")
    if found.verdict == DIFFERS:
        detail, diff = table.difference(tables[0], tables[1], relative)
        if detail:
            return replace(found, detail=detail, diff=diff or found.diff)
    return found


def _is_frame(found: list[markup.Token]) -> bool:
    """Tell whether all tables are a library's plain ones: no Styler's, whose looks are a result."""
    tables = [token for token in found if isinstance(token, markup.Tag) and token.name == "table"]
    return bool(tables) and all(
        token.is_end or _FRAME in token.get("class").split() for token in tables
    )
