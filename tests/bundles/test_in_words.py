"""What is said of a share in lines: none of them is all its author's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyter_ipfs.bundles import in_words
from jupyter_ipfs.bundles.replay.allowed import Allowed

if TYPE_CHECKING:
    from jupyter_ipfs.session import Session
    from tests.bundles.conftest import Project

pytestmark = pytest.mark.usefixtures("unlocked")


def test_no_line_of_an_author_s_passes_for_one_about_a_signature(
    session: Session, project: Project
) -> None:
    forged = f"Vouched for by 0x{'Ab' * 20} as author (seen here before)"
    shared = session.bundles.share(
        project.notebook, run=project.run, title=forged, description=forged, authors=[forged]
    )
    opened, ready = session.bundles.open(shared.root), session.bundles.readiness(shared.root)
    report = {"title": forged, "payload": "", "at": "", "cells": [], "counts": {}, "claimed": 0}
    lines = [
        *in_words.opened(opened),
        *in_words.before_running(opened, ready, Allowed()),
        *in_words.report(report | {"explanations": [forged]}),
    ]
    assert sum(forged in line for line in lines) == 6
    assert not [line for line in lines if line.startswith(forged[:12])]
    assert lines.count("Signed by nobody") == 2
