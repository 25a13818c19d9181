"""What ``%ipfs share open reproduce reports diff provenance`` take."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse


def share(sub: argparse.ArgumentParser) -> None:
    """What, and how it is handed over."""
    sub.add_argument(
        "notebook", metavar="NOTEBOOK", nargs="?", help="as it is saved; nothing: this one"
    )
    sub.add_argument("--execute", action="store_true", help="run a copy of it first")
    sub.add_argument("--title", help="what to call it")
    sub.add_argument("--author", dest="authors", action="append", default=[], help="again for more")
    sub.add_argument("--license", metavar="SPDX", help="such as CC-BY-4.0")
    sub.add_argument("--description", default="", metavar="TEXT", help="what it is")
    sub.add_argument(
        "--include", action="append", default=[], metavar="PATH", help="share this input, too"
    )
    sub.add_argument(
        "--exclude", action="append", default=[], metavar="PATH", help="leave this input out"
    )
    sub.add_argument("--name", metavar="NAME", help="let NAME stand for it; default: its file's")
    sub.add_argument("--sign", action="store_true", help="vouch for it with your wallet")
    sub.add_argument(
        "--allow-secrets", action="store_true", help="share what looks like keys or passwords"
    )
    sub.add_argument(
        "-n", "--dry-run", action="store_true", help="tell what would be shared, share nothing"
    )
    sub.add_argument("--save", metavar="FILE", help="hand it over as FILE.car or FILE.zip")
    sub.add_argument("--send", dest="target", metavar="TARGET", help="… to a folder or a Kubo")


def open_(sub: argparse.ArgumentParser) -> None:
    """What, and what to do with it."""
    sub.add_argument("path", metavar="PATH", help="a share, or its .car or .zip")
    sub.add_argument("--copy", metavar="FOLDER", help="write its files into a new folder there")
    sub.add_argument("--check", action="store_true", help="read all of it")


def reproduce(sub: argparse.ArgumentParser) -> None:
    """What, and what is allowed: each of it is said on its own."""
    sub.add_argument("path", metavar="PATH", help="a share, or its .car or .zip")
    sub.add_argument("-y", "--yes", action="store_true", help="do not ask; allows nothing else")
    sub.add_argument(
        "--network", action="store_true", help="let the code reach the network, and you through it"
    )
    sub.add_argument(
        "--no-isolation", action="store_true", help="run it so that it can read your files"
    )
    sub.add_argument(
        "--leave-out", action="append", default=[], metavar="NAME",
        help="go on without this entry of the lock, which will not be installed",
    )  # fmt: skip
    sub.add_argument(
        "--own-environment", action="store_true", help="run it in the environment of this kernel"
    )
    sub.add_argument("--report", metavar="FILE.html", help="write the report to a new file")
    sub.add_argument("--sign", action="store_true", help="vouch for the report with your wallet")


def reports(sub: argparse.ArgumentParser) -> None:
    """Of what."""
    sub.add_argument("path", metavar="PATH", help="a share, or a report as it was handed over")


def diff(sub: argparse.ArgumentParser) -> None:
    """Which two."""
    sub.add_argument("a", metavar="A", help="the share before, such as survey@1")
    sub.add_argument("b", metavar="B", help="the share after")


def provenance(sub: argparse.ArgumentParser) -> None:
    """Of what."""
    sub.add_argument("path", metavar="PATH", help="a share, or something in one")
    sub.add_argument("--svg", metavar="FILE", help="write the picture to a new file")
