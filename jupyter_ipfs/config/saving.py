"""Writing settings, each on its own, into the repo's ``config.toml``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_ipfs.config import environment, loading, values
from jupyter_ipfs.config import file as files
from jupyter_ipfs.config.document import changes_of, merge, settings_of, to_toml
from jupyter_ipfs.errors import ConfigError, SettingLockedError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jupyter_ipfs.config.document import Document


def save(
    repo: Path,
    *,
    backend: str | None = None,
    kubo_url: str | None = None,
    kubo_token: str | None = None,
    gateways: Sequence[str] | None = None,
    sources: Sequence[str] | None = None,
    public_gateways: bool | None = None,
    announce: Sequence[str] | None = None,
    quota: int | str | None = None,
    chain: str | None = None,
    rpc_url: str | None = None,
    ocean_node: str | None = None,
    env: Mapping[str, str] = os.environ,
) -> None:
    """Write the given settings into the repo's ``config.toml`` and leave the others alone.

    Atomic and for the owner alone (0600). ``None`` leaves a setting as it is; an empty value
    sets it to nothing. Comments that were written by hand are not kept. A token is for one Kubo:
    where ``kubo_url`` changes and no new one is given, it is forgotten.

    Raises:
        ConfigError: A value cannot be used, or the file that is there cannot be read.
        SettingLockedError: It would not count: the server's administrator has locked it. Or a
            token that is not the file's would be sent to another Kubo than before.
    """
    given: dict[str, Any] = {
        "backend": backend,
        "kubo_url": kubo_url,
        "kubo_token": kubo_token,
        "announce": announce,
        "gateways": gateways,
        "sources": sources,
        "public_gateways": public_gateways,
        "quota": quota,
        "chain": chain,
        "rpc_url": rpc_url,
        "ocean_node": ocean_node,
    }
    for name in sorted(environment.handed(env).locked):
        if given.get(name) is not None:
            raise locked(name)
    file = repo / files.FILE_NAME
    repo.mkdir(mode=0o700, parents=True, exist_ok=True)
    with files.lock(repo):
        document, _ = files.read(file)
        before = _kubo_url(document)
        merge(document, changes_of(given))
        checked = settings_of(document, file)  # what could not be read again is not written
        if kubo_url is not None and checked["kubo_url"] != before:
            _refuse_foreign_token(env)
            if kubo_token is None:
                document["kubo"].pop("token", None)
        if checked.get("kubo_token"):
            files.refuse_shared(file)
        files.replace(file, to_toml(document))


def _kubo_url(document: Document) -> str | None:
    """Return which Kubo a document is about; ``None`` where it cannot be told."""
    try:
        table = settings_of({"kubo": document.get("kubo", {})}, Path())
    except ConfigError:
        return None
    return str(table.get("kubo_url", loading.DEFAULT_KUBO_URL))


def _refuse_foreign_token(env: Mapping[str, str]) -> None:
    """Refuse another Kubo in the file while a token from elsewhere would go to it."""
    above = {**environment.handed(env).values, **environment.settings_of(env)}
    if above.get("kubo_token") and "kubo_url" not in above:
        raise SettingLockedError(
            "another Kubo would be sent the token that is set outside of the file",
            "set the address where the token is: in the environment "
            f"({environment.VARIABLES['kubo_url']}) or in c.JupyterIPFS.kubo_url",
        )


def locked(name: str) -> SettingLockedError:
    """Return the error for a setting that is not the user's to change."""
    return SettingLockedError(
        f"{name} is locked by the administrator of this Jupyter server",
        "ask them to change c.JupyterIPFS in the server's configuration",
    )


def agree_to_announce(repo: str | os.PathLike[str], url: str) -> None:
    """Note that what is put on the Kubo at ``url`` may become public."""
    agreed = loading.load(repo=repo, env={})
    save(agreed.repo, announce=sorted({*agreed.announce, values.kubo_url(url, "announce")}))


def agree_to_public_gateways(repo: str | os.PathLike[str]) -> None:
    """Note that the public gateways may be asked, and so may learn what is read."""
    save(Path(repo), public_gateways=True)
