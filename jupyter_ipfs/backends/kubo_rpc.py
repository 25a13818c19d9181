"""Kubo's RPC (``/api/v0``, https://docs.ipfs.tech/reference/kubo/rpc/): calls and their errors."""

from __future__ import annotations

import base64
import contextlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, cast

from jupyter_ipfs.errors import (
    BackendError,
    BackendUnavailableError,
    FetchError,
    LimitError,
    UnsafeContentError,
)
from jupyter_ipfs.net.address import ConfiguredEndpoint
from jupyter_ipfs.net.client import Client, Limits
from jupyter_ipfs.net.transport import trailers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from jupyter_ipfs.net.client import Answer, Options

    Parameters = Mapping[str, str | Sequence[str]]

_QUICK = Limits(connect_s=3.0, idle_s=10.0, total_s=30.0, size=16 * 1024 * 1024)
# Pinning and collecting walk whole DAGs between two lines of an answer.
_LONG = Limits(connect_s=3.0, idle_s=600.0, total_s=None, rate=0)
_MAX_LINE = 16 * 1024 * 1024
_OK, _UNAUTHORIZED, _FORBIDDEN, _ERROR = 200, 401, 403, 500


class RPCError(BackendError):
    """Kubo carried a command out and it failed; ``message`` has its words."""


class RefusedError(BackendError):
    """Kubo does not let this token do this."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One JSON value of an answer; missing fields are empty, since Kubo leaves such out."""

    value: Mapping[str, object]

    def text(self, *keys: str) -> str:
        """Return the text at a path of keys, or ``""``."""
        found: object = self.value
        for key in keys:
            found = found.get(key) if isinstance(found, dict) else None
        return found if isinstance(found, str) else ""

    def number(self, key: str) -> int | None:
        """Return the number under a key, or ``None``."""
        found = self.value.get(key)
        return found if isinstance(found, int) else None


class RPC:
    """One Kubo's RPC.

    Args:
        url: Without ``/api/v0``.
        token: ``bearer:…``, ``basic:user:password``, or a bare bearer token.
    """

    def __init__(self, url: str, token: str | None = None) -> None:
        headers = {"Authorization": _authorization(token)} if token else {}
        self.url = url
        self._client = Client(ConfiguredEndpoint.parse(url), _QUICK, headers)

    def call(self, command: str, parameters: Parameters | None = None) -> Reply:
        """Carry out a command that answers with one JSON value; see `stream`."""
        return next(self.lines(command, parameters, quick=True), Reply({}))

    def data(self, command: str, parameters: Parameters, *, limits: Limits) -> bytes:
        """Carry out a command that answers with bytes.

        Raises:
            LimitError: They are more than ``limits.size``.
        """
        with self._answer(command, limits, parameters) as answer:
            data = answer.read()
            _check_trailers(answer)
            return data

    def lines(
        self,
        command: str,
        parameters: Parameters | None = None,
        *,
        file: BinaryIO | None = None,
        quick: bool = False,
    ) -> Iterator[Reply]:
        """Carry out a command that answers with JSON values, one a line.

        Args:
            command: Such as ``pin/ls``.
            parameters: ``arg`` has the positional arguments.
            file: Sent as the one part of a form.
            quick: Whether the answer must come within seconds.

        Raises:
            BackendUnavailableError: Nothing answers, or not Kubo.
            RPCError: The command failed, at once or after it had begun to answer.
            RefusedError: The token is not good for it.
        """
        limits = _QUICK if quick else _LONG
        with self._answer(command, limits, parameters, file) as answer:
            rest = b""
            for chunk in answer.chunks():
                *whole, rest = (rest + chunk).split(b"\n")
                if len(rest) > _MAX_LINE:
                    raise self._other("an endless line")
                for line in whole:
                    if line.strip():
                        yield self._parsed(line)
            _check_trailers(answer)
            if rest.strip():
                yield self._parsed(rest)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    @contextlib.contextmanager
    def _answer(
        self,
        command: str,
        limits: Limits,
        parameters: Parameters | None,
        file: BinaryIO | None = None,
    ) -> Iterator[Answer]:
        options: Options = {"params": parameters}
        if file is not None:
            options["files"] = {"file": ("blocks.car", file, "application/vnd.ipld.car")}
        try:
            with self._client.stream(
                "POST", f"/api/v0/{command}", limits=limits, **options
            ) as answer:
                self._check(answer)
                yield answer
        except (FetchError, UnsafeContentError) as error:
            raise BackendUnavailableError(
                f"Kubo at {self.url}: {error.message}",
                "is the daemon running ('ipfs daemon')? Its address is the setting kubo.url",
            ) from None

    def _check(self, answer: Answer) -> None:
        if answer.status == _OK:
            return
        if answer.status in {_UNAUTHORIZED, _FORBIDDEN}:
            raise RefusedError(
                f"Kubo at {self.url} refuses this: the token is missing, wrong or too narrow",
                "set kubo.token in config.toml or JUPYTER_IPFS_KUBO_TOKEN",
            )
        if answer.status == _ERROR and _is_json(answer):
            with contextlib.suppress(LimitError):
                message = self._parsed(answer.read()).text("Message")
                raise RPCError(_plain(message) or "Kubo failed without saying why")
        raise self._other(f"HTTP status {answer.status}")

    def _parsed(self, line: bytes) -> Reply:
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            raise self._other("no JSON") from None
        if not isinstance(value, dict):
            raise self._other("other JSON than Kubo's")
        return Reply(cast("Mapping[str, object]", value))

    def _other(self, what: str) -> BackendUnavailableError:
        return BackendUnavailableError(
            f"what answers at {self.url} is no Kubo that is known here ({what})",
            "the setting kubo.url is the address of the RPC, usually port 5001; not the gateway's",
        )


def _check_trailers(answer: Answer) -> None:
    """An error that came after Kubo had begun to answer stands in a trailer."""
    if error := trailers(answer.response).get("x-stream-error"):
        raise RPCError(_plain(error))


def _is_json(answer: Answer) -> bool:
    return str(answer.headers.get("content-type", "")).startswith("application/json")


def _plain(text: str) -> str:
    """Return another program's words: one line, short, printable."""
    return "".join(c if c.isprintable() else " " for c in text[:300]).strip()


def _authorization(token: str) -> str:
    if token.startswith("basic:"):
        return "Basic " + base64.b64encode(token.removeprefix("basic:").encode()).decode()
    return "Bearer " + token.removeprefix("bearer:")
