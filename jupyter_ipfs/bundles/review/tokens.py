"""The forms of keys and tokens, as the services that give them document them for scanners."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Token:
    """A form of token.

    Attributes:
        kind: A short key.
        title: What it looks like.
        hints: Fixed texts; where none of them is, the pattern is not tried.
        pattern: Its regular expression: begins with fixed text, which is found quickly, and does
            not backtrack. What stands before it is looked at afterwards (`stands_alone`).
    """

    kind: str
    title: str
    hints: tuple[str, ...]
    pattern: str


TOKENS = (
    Token(
        "aws-key",
        "an AWS access key",
        ("AKIA", "ASIA", "ABIA", "ACCA"),
        r"A(?:KIA|SIA|BIA|CCA)[A-Z2-7]{16}(?![A-Za-z0-9+/])",
    ),
    Token(
        "github-token",
        "a GitHub token",
        ("ghp_", "gho_", "ghu_", "ghs_", "ghr_"),
        r"gh[pousr]_[A-Za-z0-9]{36,255}+(?!\w)",
    ),
    Token(
        "github-token",
        "a GitHub token",
        ("github_pat_",),
        r"github_pat_[A-Za-z0-9_]{60,255}+",
    ),
    Token(
        "gitlab-token",
        "a GitLab token",
        ("glpat-", "gldt-", "glrt-", "glcbt-", "glptt-", "glft-", "glsoat-", "glagent-"),
        r"gl(?:pat|dt|rt|cbt|ptt|ft|soat|agent)-[A-Za-z0-9_.-]{20,255}+",
    ),
    Token(
        "anthropic-key",
        "an Anthropic key",
        ("sk-ant-",),
        r"sk-ant-[a-z0-9]{3,12}-[\w-]{24,200}+",
    ),
    Token(
        "openai-key",
        "an OpenAI key",
        ("sk-",),
        r"sk-(?:(?:proj|svcacct|admin|None)-[\w-]{40,250}+"
        r"|[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}|or-v1-[0-9a-f]{64})(?!\w)",
    ),
    Token(
        "api-key",
        "an API key",
        ("sk-",),
        r"sk-[A-Za-z0-9]{32,64}+(?![\w-])",
    ),
    Token(
        "huggingface-token",
        "a Hugging Face token",
        ("hf_",),
        r"hf_[A-Za-z0-9]{34}(?!\w)",
    ),
    Token(
        "slack-token",
        "a Slack token",
        ("xox",),
        r"xox[abeoprsd](?:\.xox[bp])?-[0-9A-Za-z-]{20,255}+",
    ),
    Token(
        "slack-token",
        "a Slack webhook",
        ("hooks.slack.com",),
        r"hooks\.slack\.com/(?:services|workflows)/[A-Za-z0-9/+]{30,200}+",
    ),
    Token(
        "google-key",
        "a Google API key",
        ("AIza",),
        r"AIza[0-9A-Za-z_-]{35}(?![\w-])",
    ),
    Token(
        "google-key",
        "a Google secret",
        ("GOCSPX-",),
        r"GOCSPX-[\w-]{28}(?![\w-])",
    ),
    Token(
        "google-key",
        "a Google access token",
        ("ya29.",),
        r"ya29\.[\w-]{30,500}+",
    ),
    Token(
        "stripe-key",
        "a Stripe key",
        ("_live_", "_test_"),
        r"[sr]k_(?:live|test)_[0-9A-Za-z]{16,247}+",
    ),
    Token(
        "npm-token",
        "an npm token",
        ("npm_",),
        r"npm_[A-Za-z0-9]{36}(?!\w)",
    ),
    Token(
        "pypi-token",
        "a PyPI token",
        ("pypi-Ag",),
        r"pypi-Ag(?:EIcHlwaS5vcmc|ENdGVzdC5weXBp)[\w-]{40,500}+",
    ),
    Token(
        "azure-key",
        "an Azure key",
        ("AccountKey", "SharedAccessKey"),
        r"(?:AccountKey|SharedAccessKey)=[A-Za-z0-9+/]{40,90}+={0,2}",
    ),
    Token(
        "azure-key",
        "an Azure client secret",
        ("8Q~",),
        r"[\w.~-]{3}8Q~[\w.~-]{31,34}(?![\w.~-])",
    ),
    Token(
        "sendgrid-key",
        "a SendGrid key",
        ("SG.",),
        r"SG\.[\w-]{22}\.[\w-]{43}(?![\w-])",
    ),
    Token(
        "databricks-token",
        "a Databricks token",
        ("dapi",),
        r"dapi[0-9a-f]{32}(?:-\d)?(?!\w)",
    ),
    Token(
        "digitalocean-token",
        "a DigitalOcean token",
        ("dop_v1_", "doo_v1_", "dor_v1_"),
        r"do[opr]_v1_[0-9a-f]{64}(?!\w)",
    ),
    Token(
        "groq-key",
        "a Groq key",
        ("gsk_",),
        r"gsk_[A-Za-z0-9]{52}(?!\w)",
    ),
    Token(
        "replicate-token",
        "a Replicate token",
        ("r8_",),
        r"r8_[A-Za-z0-9]{37}(?!\w)",
    ),
    Token(
        "telegram-token",
        "a Telegram bot's token",
        (":AA",),
        r"[0-9]{8,10}:AA[\w-]{33}(?![\w-])",
    ),
    Token(
        "jwt",
        "a signed web token (JWT)",
        ("eyJ",),
        r"(?<![\w-])eyJ[\w-]{8,4000}+\.eyJ[\w-]{8,8000}+\.[\w-]{20,2000}+",
    ),
    # In JSON and in Python's literals the line break is the two characters \n.
    Token(
        "private-key",
        "a private key",
        ("PRIVATE KEY",),
        r"-----BEGIN (?:[A-Z0-9]{2,12}+ ){0,2}PRIVATE KEY(?: BLOCK)?-----(?:\\r|\\n"
        r"|\s){1,4}+[\w+/:.=-]{16}",
    ),
    Token(
        "url-token",
        "a link with a token in it",
        ("token=", "Signature=", "sig=", "api_key=", "apikey=", "AUTH="),
        r"[?&](?:access_token|auth_token|token|X-Amz-Signature|sig|api_?key"
        r"|AUTH)=[A-Za-z0-9%_.-]{20,500}+",
    ),
)


def stands_alone(text: str, start: int) -> bool:
    """Tell whether a token begins at a place, or some longer word that has its form."""
    before = text[start - 1 : start]
    return not (text[start].isalnum() and (before.isalnum() or before == "_"))
