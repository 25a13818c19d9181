"""JSON objects of strangers that are asked for their fields, each by its type and its size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from jupyter_ipfs.errors import CIDError
from jupyter_ipfs.ipld.cid import CID
from jupyter_ipfs.net import strict_json

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Collection

    from jupyter_ipfs.errors import NotABundleError

_MAX_DEPTH = 16  # what a bundle describes has six levels
_MAX_TEXT = 2_000
_MAX_LIST = 100_000
_MAX_NUMBER = 2**63 - 1


class Fields:
    """A JSON object.

    Args:
        value: What stands where an object has to be.
        where: What it is called when something is wrong with it.
        wrong: Makes the error, from what is wrong.

    Raises:
        NotABundleError: It is no object. Each method raises it too: the field is missing, or is
            not what it has to be.
    """

    def __init__(self, value: object, where: str, wrong: Callable[[str], NotABundleError]) -> None:
        if not isinstance(value, dict):
            raise wrong(f"{where} is no object")
        self._value = cast("dict[str, Any]", value)
        self._where = where
        self._wrong = wrong

    @classmethod
    def parse(cls, data: bytes, where: str, wrong: Callable[[str], NotABundleError]) -> Fields:
        """Read a file that two readers cannot read in two ways, and that is not deep."""
        try:
            value = strict_json.parse(data, _MAX_DEPTH)
        except ValueError as error:
            raise wrong(f"it is not well-formed JSON ({error})") from None
        return cls(value, where, wrong)

    def get(self, key: str) -> object:
        """Return whatever stands there."""
        return self._value.get(key)

    def is_null(self, key: str) -> bool:
        """Tell whether it says that there is none; what is missing says nothing."""
        return self._value.get(key, "") is None

    def text(self, key: str, limit: int = _MAX_TEXT) -> str:
        """Return a text of at most ``limit`` characters."""
        return self._checked(self._value.get(key), key, limit)

    def text_or_null(self, key: str) -> str | None:
        """Return a text, if there is one."""
        return None if self.is_null(key) else self.text(key)

    def matching(self, key: str, pattern: re.Pattern[str]) -> str:
        """Return a text that is all of that pattern."""
        value = self.text(key)
        if not pattern.fullmatch(value):
            raise self._bad(key)
        return value

    def one_of(self, key: str, allowed: Collection[str]) -> str:
        """Return a text that is one of those."""
        value = self.text(key)
        if value not in allowed:
            raise self._bad(key)
        return value

    def number(self, key: str, limit: int = _MAX_NUMBER) -> int:
        """Return a whole number from 0 to ``limit``."""
        value = self._value.get(key)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= limit:
            raise self._bad(key)
        return value

    def truth(self, key: str) -> bool:
        """Return true or false."""
        value = self._value.get(key)
        if not isinstance(value, bool):
            raise self._bad(key)
        return value

    def cid(self, key: str) -> str:
        """Return a CID in its one form."""
        try:
            return str(CID.parse(self.text(key)))
        except CIDError:
            raise self._bad(key) from None

    def fields(self, key: str) -> Fields:
        """Return an object."""
        return Fields(self._value.get(key), f"{self._where}: {key}", self._wrong)

    def each(self, key: str, limit: int = _MAX_LIST) -> list[Fields]:
        """Return a list of objects."""
        where = f"{self._where}: {key}"
        return [Fields(item, where, self._wrong) for item in self._list(key, limit)]

    def texts(self, key: str, limit: int = _MAX_LIST) -> tuple[str, ...]:
        """Return a list of texts."""
        return tuple(self._checked(item, key, _MAX_TEXT) for item in self._list(key, limit))

    def _list(self, key: str, limit: int) -> list[object]:
        value = self._value.get(key)
        if not isinstance(value, list) or len(value) > limit:
            raise self._bad(key)
        return value

    def _checked(self, value: object, key: str, limit: int) -> str:
        if not isinstance(value, str) or len(value) > limit:
            raise self._bad(key)
        try:
            value.encode()
        except UnicodeEncodeError:  # a lone surrogate
            raise self._bad(key) from None
        return value

    def _bad(self, key: str) -> NotABundleError:
        return self._wrong(f"{key!r} of {self._where} is not what it has to be")
