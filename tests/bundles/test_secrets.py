"""The scan for secrets: what it finds, and what it leaves alone."""

from __future__ import annotations

import time

import pytest

from jupyter_ipfs.bundles.review import personal, secrets
from tests.conftest import CHECKOUT

# Put together here, so that no scanner takes this file for a leak.
MIXED = "q7Rt2Xv9Lm4Kp8Zs1Wb6Nc3Hd5Jf0GyT"
HEX = "4f3edf983ac636a65a842ce7c78d9aa706d3b113bce9c46f30d7d21715b23b1d"
SECRETS = {
    "aws-key": "AK" + "IA" + "QWERTYUIOPASDF23",
    "github-token": "gh" + "p_" + MIXED + "abcd",
    "gitlab-token": "glp" + "at-" + MIXED[:20],
    "openai-key": "sk-" + "proj-" + MIXED * 2,
    "anthropic-key": "sk-" + "ant-api03-" + MIXED * 3,
    "huggingface-token": "hf" + "_" + MIXED + "Qw",
    "slack-token": "xo" + "xb-" + "2134567890-" + MIXED[:24],
    "google-key": "AI" + "za" + MIXED + "abC",
    "stripe-key": "sk_" + "live_" + MIXED[:24],
    "npm-token": "np" + "m_" + MIXED + "abcd",
    "pypi-token": "pypi-" + "AgEIcHlwaS5vcmc" + MIXED * 2,
    "azure-key": "Account" + "Key=" + MIXED * 2 + "ab==",
    "jwt": "ey" + "J" + MIXED + ".ey" + "J" + MIXED + "." + MIXED,
    "private-key": "-----BEGIN " + "RSA PRIVATE KEY-----\n" + MIXED,
    "url-password": "postgres://ada:" + "Tr0ub4dor@db.lab:5432/wells",
    "password": "pass" + 'word = "Tr0ub4dor&3"',
    "token": 'os.environ["WELLS_' + f'TOKEN"] = "{MIXED}"',
    "seed-phrase": "legal winner thank year wave sausage worth useful legal winner thank yellow",
}  # fmt: skip


@pytest.mark.parametrize("kind", SECRETS)
def test_a_secret_is_found_and_not_repeated(kind: str) -> None:
    hits = secrets.scan("a.txt", f"one\ntwo {SECRETS[kind]}\nthree")
    assert [(hit.kind, hit.line) for hit in hits] == [(kind, 2)]
    assert SECRETS[kind] not in repr(hits)


def test_a_secret_is_found_in_json_and_in_bytes() -> None:
    text = '{"private_key": "-----BEGIN ' + 'PRIVATE KEY-----\\nMIIEvQIBADANBgkqhkiG9w0B"}'
    assert [hit.kind for hit in secrets.scan("key.json", text.encode())] == ["private-key"]
    assert [hit.kind for hit in secrets.scan("key.json", text.encode("utf-16"))] == ["private-key"]
    assert secrets.scan("a.bin", b"\0\1" + text.encode()) == []


@pytest.mark.parametrize(
    "line",
    [
        f'Account.from_key("0x{HEX}")',
        f"private_key='{HEX}'",
        f"PRIVATE_KEY=0x{HEX}",
        f'"privateKey": "{HEX}"',
    ],
)
def test_a_wallets_key_is_told_by_what_it_is_called(line: str) -> None:
    assert [hit.kind for hit in secrets.scan("", line)] == ["private-key"]
    assert secrets.scan("", f"tx = '0x{HEX}'  # a transaction's hash looks the same") == []


@pytest.mark.parametrize(
    "line",
    [
        'password = "password"',
        'password = getpass.getpass("Password: ")',
        'token = os.environ["TOKEN"]',
        'pad_token = "<pad>"; cls_token="[CLS]"; token="eos_token_id_of_the_model"',
        'api_key = "YOUR-API-KEY-0123456789"',
        "https://user:password@host/ https://joe:joe@host https://{user}:{password}@host",
        "AWS_KEY = 'AKIA" + "IOSFODNN7EXAMPLE'",
        "test test test test test test test test test test test junk",
        'TOKEN = "0x5FbDB2315678afecb367f032d93F642f64180aa3"',
        'secret_name = "projects/wells/secrets/database-password-2"',
        "tokenizer = AutoTokenizer.from_pretrained('bert-base-uncased')",
        'password_field = "new-password"',
        "sk-learn-contrib-and-some-more-words-joined-by-dashes",
        'key: "bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi"',
        "art above also alone along about after again actual adult advice air",
    ],
)
def test_what_only_looks_like_one_is_left_alone(line: str) -> None:
    assert secrets.scan("a.py", line) == []


def test_the_notebooks_and_documents_here_have_none() -> None:
    files = [*CHECKOUT.glob("notebooks/*.ipynb"), *CHECKOUT.glob("docs/**/*.md")]
    found = {path.name: secrets.scan(path.name, path.read_bytes()) for path in files}
    assert {name: hits for name, hits in found.items() if hits} == {}


@pytest.mark.parametrize(
    "unit",
    [
        "a", "token", "password='", "eyJ", "eyJa.", "x://a:", "abandon ", "-----BEGIN ", "ghp_",
        "legal winner thank year ", "A_", "token=' ", "sk-ant-", "a@a.", "+1 234 ", "@", "glpat-",
        "DE12 3456 ", "4111 1111 ", "key=(", "SG.", "\\n", "8Q~", "?token=", "pypi-Ag",
    ],
)  # fmt: skip
def test_hostile_text_takes_no_longer_when_there_is_more_of_it(unit: str) -> None:
    def seconds(size: int) -> float:
        text = unit * (size // len(unit))
        before = time.process_time()
        secrets.scan("a", text)
        personal.scan(text)
        return time.process_time() - before

    # Twenty times as much: four hundred times as long if it were quadratic.
    assert seconds(200_000) < 100 * max(seconds(10_000), 0.002)


def test_people_are_counted_by_what_is_theirs() -> None:
    text = (
        "ada@lab.ac.uk, ADA@lab.ac.uk; grace@navy.mil someone@example.com git@github.com\n"
        "+44 20 7946 0958, +1.234567, 1+1 23456789\n"
        "GB82 WEST 1234 5698 7654 32, GB82 WEST 1234 5698 7654 33\n"
        "4111 1111 1111 1112, 5555 5555 5555 4444, 4012 8888 8888 1881\n"
    )
    assert personal.scan(text) == personal.People(emails=2, phones=1, ibans=1, cards=2)


def test_numbers_of_which_one_in_ten_passes_are_no_cards() -> None:
    assert (
        personal.scan("\n".join(str(4_000_000_000_000_000 + 7 * n) for n in range(500))).cards == 0
    )
