"""Secrets in what is to be shared: keys, tokens, passwords, found by their form.

Every pattern begins with fixed text and repeats possessively or within bounds: text that was made
to be slow is read as quickly as any other. What is found is never repeated: a `Hit` has no secret.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_ipfs.bundles.review import seed_phrases
from jupyter_ipfs.bundles.review.tokens import TOKENS, stands_alone

if TYPE_CHECKING:
    from collections.abc import Iterator

LIMIT = 2 << 20  # bytes of one file that are looked at


@dataclass(frozen=True, slots=True)
class Hit:
    """Where something was found that looks like a secret.

    Attributes:
        kind: ``aws-key``, ``password`` …
        title: ``an AWS access key``: what it looks like.
        line: Its line, from 1.
        start: Where it begins, in characters.
        end: Where it ends.
    """

    kind: str
    title: str
    line: int
    start: int
    end: int


_RULES = tuple((rule, re.compile(rule.pattern)) for rule in TOKENS)

_URL = re.compile(
    r"://([^\s/:@'\"<>\[\]]{0,100}+):([^\s/@'\"<>]{1,200}+)@[\w\[{]",
)
# password = "…", "api_key": "…", os.environ["TOKEN"] = "…", from_key("…"), --token …
_NAMED = re.compile(
    r"(?P<name>(?:pass(?:word|wd|phrase)|(?<![a-z])pwd|secret|token|api_?key|access_?key|account_?key"
    r"|auth_?key|priv(?:ate)?_?key|signing_?key|encryption_?key|credential|from_key"
    r"|mnemonic|(?<![a-z])authorization)[\w-]{0,40}+)"
    r"(?:\\?[\"'])?\]?\s{0,8}+(?:=>|:=|=|:|\()(?!=)\s{0,8}+"
    r"(?:[bfru]{0,2}\\?(?P<quote>\"\"\"|'''|[\"'])(?P<quoted>[^\"'\n]{4,500}?)\\?(?P=quote)"
    r"|(?P<bare>[^\s\"'`,;<>(){}\[\]\\]{8,300}+))",
    re.IGNORECASE,
)
_NAMED_HINTS = (
    "password", "passwd", "passphrase", "pwd", "secret", "token", "api_key", "apikey", "access_key",
    "accesskey", "account_key", "accountkey", "auth_key", "authkey", "private_key", "privatekey",
    "priv_key", "privkey", "signing_key", "signingkey", "encryption_key", "encryptionkey",
    "credential", "from_key", "mnemonic", "authorization",
)  # fmt: skip
_PASSWORD = re.compile(r"pass(?:word|wd|phrase)|pwd", re.IGNORECASE)
_PRIVATE = re.compile(r"priv(?:ate)?_?key|from_key|signing_?key|secret", re.IGNORECASE)
_HEX_KEY = re.compile(r"(?:0x)?[0-9a-fA-F]{64}")
_ENVIRONMENT = re.compile(r"(?:^|[\n;]|\\n|\bexport\s|\benv\s|-e\s)\s{0,8}+[A-Z][A-Z0-9_]{0,60}$")
_PLACEHOLDER = re.compile(
    r"example|sample|placeholder|change_?me|dummy|your|redacted|hidden|removed|insert|replace|todo"
    r"|secret$|passw(?:or)?d$|^test|xxx|\*\*\*|\.\.\.|…|•|^<.*>$|^\{.*\}$|^\$|%\(|\{\{|\$\{|^none$|^null$"
    r"|^true$|^false$|abcdef|012345|123456789|deadbeef",
    re.IGNORECASE,
)
_MIXED = re.compile(r"[0-9]")
_TOKEN_FORM = re.compile(r"(?:(?:Bearer|Basic|token)\s)?[A-Za-z0-9+/=_.~:%!#$&*^-]{16,500}")
_MIN_ENTROPY = 3.0  # bits per character: hex has up to 4, English words about 2.5 at such lengths
_MIN_PASSWORD = 6


def scan(name: str, data: bytes | str) -> list[Hit]:
    """Find what looks like a secret in a text.

    Args:
        name: The file's name: ``.env`` and ``.pem`` are told by it.
        data: Its text, or its bytes; binary data has none that could be told.
    """
    text = text_of(data)
    if not text:
        return []
    found = sorted(_found(text, name), key=lambda each: (each[2], -each[3]))
    hits: list[Hit] = []
    line, counted, end = 1, 0, -1
    for kind, title, start, stop in found:
        if start < end:  # the same text by another rule
            continue
        line += text.count("\n", counted, start)
        counted, end = start, stop
        hits.append(Hit(kind, title, line, start, stop))
    return hits


def text_of(data: bytes | str) -> str:
    """Return the text of a file's bytes, as far as it is looked at; of binary data nothing."""
    if isinstance(data, str):
        return data
    data = data[:LIMIT]
    if b"\0" in data[:8192] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    return data.decode("utf-8", "replace")


def _found(text: str, name: str) -> Iterator[tuple[str, str, int, int]]:
    for rule, pattern in _RULES:
        if any(hint in text for hint in rule.hints):
            for match in pattern.finditer(text):
                if stands_alone(text, match.start()) and not _PLACEHOLDER.search(match[0]):
                    yield rule.kind, rule.title, match.start(), match.end()
    if "://" in text and "@" in text:
        for match in _URL.finditer(text):
            known = match[2] == match[1] or match[2].lower() in _WEAK
            if not known and not _PLACEHOLDER.search(match[2]):
                yield "url-password", "a password in a link", match.start(2), match.end(2)
    yield from _named(text, name)
    for start, end in seed_phrases.find(text):
        yield "seed-phrase", "a wallet's seed phrase", start, end


_WEAK = frozenset(
    {"password", "passwd", "pass", "pwd", "pw", "secret", "token", "user", "x-oauth-basic"}
)


def _named(text: str, name: str) -> Iterator[tuple[str, str, int, int]]:
    environment = name.rsplit("/", 1)[-1].lower().startswith((".env", ".netrc", ".pgpass"))
    end = 0
    for place in _places(text):
        match = _NAMED.match(text, place) if place >= end else None
        if match is None:
            continue
        end = match.start() + len(match["name"])
        group = "quoted" if match["quoted"] is not None else "bare"
        value, start, stop = match[group], match.start(group), match.end(group)
        if group == "bare" and not (environment or _is_assigned_in_capitals(text, match)):
            continue
        if _PLACEHOLDER.search(value) or value.lower() in _WEAK:
            continue
        if _PRIVATE.search(match["name"]) and _HEX_KEY.fullmatch(value):
            yield "private-key", "a private key", start, stop
        elif _PASSWORD.search(match["name"]):
            if len(value) >= _MIN_PASSWORD and " " not in value and _looks_chosen(value):
                yield "password", "a password", start, stop
        elif _TOKEN_FORM.fullmatch(value) and _is_random(value):
            yield "token", "a key or token", start, stop


def _places(text: str) -> list[int]:
    """Return where names begin that secrets have: by fixed texts, much quicker than a pattern."""
    lowered = text.replace("\u0130", "I").lower()  # the one letter that has two in lower case
    places = set()
    for hint in _NAMED_HINTS:
        place = lowered.find(hint)
        while place >= 0:
            places.add(place)
            place = lowered.find(hint, place + len(hint))
    return sorted(places)


def _is_assigned_in_capitals(text: str, match: re.Match[str]) -> bool:
    """Tell ``API_TOKEN=…`` at the start of a line: elsewhere what has no quotes is code."""
    before = text[max(0, match.start() - 70) : match.start()] + match["name"]
    return "=" in match[0] and bool(_ENVIRONMENT.search(before))


def _looks_chosen(value: str) -> bool:
    """Tell a password from a name: ``user_password``, ``new-password``, ``package.module:Name``."""
    return not re.fullmatch(r"[a-z_. :/-]+|[A-Z_. :/-]+|[A-Za-z_]+[.:][A-Za-z_.:]+", value)


def _is_random(value: str) -> bool:
    """Tell a token from a word, a name or a path, by how even its characters are."""
    body = value.rsplit(" ", maxsplit=1)[-1]
    if not _MIXED.search(body) or re.fullmatch(r"[0-9.:-]+", body):
        return False
    if _ADDRESS.fullmatch(body) or body.startswith(
        ("http://", "https://", "/", "./", "Qm", "bafy", "bafk", "did:", "urn:")
    ):
        return False
    # Words joined by dots, dashes and underscores are names: `text-embedding-3-small`.
    if max(len(part) for part in re.split(r"[._:/-]", body)) < _LONG_PART:
        return False
    counts = {character: body.count(character) for character in set(body)}
    entropy = -sum(n / len(body) * math.log2(n / len(body)) for n in counts.values())
    return entropy >= _MIN_ENTROPY


_LONG_PART = 12
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}")  # of a contract or an account: public
