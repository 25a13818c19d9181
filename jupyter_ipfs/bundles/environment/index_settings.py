"""Where the user gets packages from: the variables and files that uv is told of, and no others.

uv does not read pip's settings (docs: compatibility with pip); many labs have their mirror there.
"""

from __future__ import annotations

import configparser
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

# Indexes, certificates, proxies and patience. Nothing that makes uv run code, build a source
# distribution, or take a package from elsewhere.
_OWN = (
    "UV_DEFAULT_INDEX", "UV_INDEX", "UV_INDEX_URL", "UV_EXTRA_INDEX_URL", "UV_INDEX_STRATEGY",
    "UV_INSECURE_HOST", "UV_NATIVE_TLS", "UV_SYSTEM_CERTS", "UV_HTTP_TIMEOUT",
    "UV_HTTP_RETRIES", "UV_OFFLINE",
    "UV_FIND_LINKS", "UV_CONCURRENT_DOWNLOADS", "SSL_CERT_FILE", "SSL_CERT_DIR",
    "SSL_CLIENT_CERT", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "http_proxy",
    "https_proxy", "all_proxy", "no_proxy",
)  # fmt: skip
_OF_PIP = {  # what uv calls what pip has: variable, then pip.conf's key
    "UV_INDEX_URL": ("PIP_INDEX_URL", "index-url"),
    "UV_EXTRA_INDEX_URL": ("PIP_EXTRA_INDEX_URL", "extra-index-url"),
    "UV_INSECURE_HOST": ("PIP_TRUSTED_HOST", "trusted-host"),
    "UV_FIND_LINKS": ("PIP_FIND_LINKS", "find-links"),
    "SSL_CERT_FILE": ("PIP_CERT", "cert"),
}
_INDEXES = ("UV_DEFAULT_INDEX", "UV_INDEX", "UV_INDEX_URL")
_FILES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "SSL_CLIENT_CERT", "UV_FIND_LINKS")


def variables(environ: Mapping[str, str]) -> dict[str, str]:
    """Return what uv is to know: its own variables, else what pip has been told."""
    made = {name: environ[name] for name in _OWN if environ.get(name)}
    configured = _pip_conf(environ)
    own_index = any(made.get(name) for name in _INDEXES) or _uv_toml(environ) is not None
    for name, (variable, key) in _OF_PIP.items():
        found = environ.get(variable) or configured.get(key, "")
        if found and name not in made and not (own_index and "INDEX" in name):
            made[name] = ",".join(found.split()) if name == "UV_FIND_LINKS" else found.strip()
    if "UV_EXTRA_INDEX_URL" in made:
        made["UV_EXTRA_INDEX_URL"] = " ".join(made["UV_EXTRA_INDEX_URL"].split())
    config = _uv_toml(environ)
    if config is not None:
        made["UV_CONFIG_FILE"] = str(config)
    return made


def files(settings: Mapping[str, str]) -> list[Path]:
    """Return the files and folders that those settings name, where they are there."""
    named = [place for name in _FILES for place in settings.get(name, "").split(",")]
    named.append(settings.get("UV_CONFIG_FILE", ""))
    return [Path(place) for place in named if place.startswith("/") and Path(place).exists()]


def _uv_toml(environ: Mapping[str, str]) -> Path | None:
    home = environ.get("XDG_CONFIG_HOME") or os.path.join(environ.get("HOME", "/"), ".config")  # noqa: PTH118
    for place in (Path(home) / "uv" / "uv.toml", Path("/etc/uv/uv.toml")):
        if place.is_file():
            return place
    return None


def _pip_conf(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the ``[global]`` and ``[install]`` of pip's files, the user's before the system's."""
    home = Path(environ.get("HOME", "/"))
    config_home = Path(environ.get("XDG_CONFIG_HOME") or home / ".config")
    named = environ.get("PIP_CONFIG_FILE", "")
    places = [
        Path("/etc/xdg/pip/pip.conf"), Path("/etc/pip.conf"), home / ".pip" / "pip.conf",
        config_home / "pip" / "pip.conf", *([Path(named)] if named else []),
    ]  # fmt: skip
    found: dict[str, str] = {}
    for place in places:
        parser = configparser.RawConfigParser()
        try:
            parser.read(place, encoding="utf-8")
        except (configparser.Error, UnicodeDecodeError, OSError):
            continue
        for section in ("global", "install"):
            if parser.has_section(section):
                found.update(parser.items(section))
    return found
