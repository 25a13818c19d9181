"""Shares, plans and verdicts in words, line by line, for terminals and notebooks.

What stands in the lines is from content: whoever shows them makes each harmless.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from jupyter_ipfs.bundles.compare.verdict import DIFFERS, FAILED, ORDER, WORDS
from jupyter_ipfs.errors import SecretsFoundError
from jupyter_ipfs.words import figures

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from jupyter_ipfs.bundles.format.manifest import Manifest
    from jupyter_ipfs.bundles.opening.opening import Integrity, Opened
    from jupyter_ipfs.bundles.replay.allowed import Allowed
    from jupyter_ipfs.bundles.replay.readiness import Readiness
    from jupyter_ipfs.bundles.review.finding import Finding
    from jupyter_ipfs.bundles.sharing.plan import Plan, PlannedInput
    from jupyter_ipfs.bundles.signing.signatures import Vouched

_SHOWN = 20  # entries of a list
_WHY_NOT = {
    "": "left out",
    "hidden": "hidden: not shared unless you say so",
    "git-ignored": "ignored by git: not shared unless you say so",
    "secret": "looks like a secret: not shared unless you say so",
    "above": "not below the notebook's folder: not shared unless you say so",
    "outside": "outside of what can be shared: move it below the notebook's folder, "
    "or store it and read ipfs://",
    "missing": "not there any more",
}
_HOW = {"guessed": "guessed from the source", "added": "added by you", "content": "by its CID"}


def plan(plan: Plan) -> Iterator[str]:
    """Say what is going to be shared."""
    ran = sum(cell.number is not None for cell in plan.cells)
    yield f"{plan.title}: {figures.counted(len(plan.cells), 'code cell')}, {ran} of them run"
    if plan.recorded:
        yield "Inputs that it was seen to read:" if plan.inputs else "It was seen to read no files."
    elif plan.inputs:
        yield "Inputs, guessed from its source:"
    yield from _listed([f"  {_planned(each)}" for each in plan.inputs])
    yield from _environment(plan.environment.packages, plan.environment.python)
    for unlocked in plan.environment.unlocked:
        yield f"  not locked: {unlocked.name} {unlocked.version} ({unlocked.why})"
    if plan.hosts:
        yield f"It talked to {', '.join(plan.hosts)}: what came from there is not reproducible."
    if plan.license:
        yield f"License: {plan.license}"
    yield f"Notebook and inputs: {figures.size(plan.size)}; the list of packages is added"


def findings(found: Iterable[Finding]) -> Iterator[str]:
    """Say what is wrong, the worst first."""
    levels = {"secret": "SECRET", "warning": "Warning", "note": "Note"}
    order = list(levels)
    for each in sorted(found, key=lambda finding: order.index(finding.level)):
        where = f" ({each.where})" if each.where else ""
        hint = f" — {each.hint}" if each.hint else ""
        yield f"{levels[each.level]}: {each.title}{where}{hint}"


@contextmanager
def secrets_by_option() -> Iterator[None]:
    """Let an error about secrets say how a line agrees to them."""
    try:
        yield
    except SecretsFoundError as error:
        error.hint = "take it out, or share it all the same: --allow-secrets"
        raise


def opened(opened: Opened, *, is_checked: bool = False) -> Iterator[str]:
    """Say what a share is, and how much of that is known for sure; `integrity` says all of it."""
    manifest = opened.manifest
    # No line is all theirs: it could pass for one of ours, about a signature.
    yield f"Called: {manifest.title} — {manifest.name}"
    if manifest.authors:
        yield f"By {', '.join(manifest.authors)}, as it says"
    if manifest.description:
        yield f"It says of itself: {manifest.description}"
    so_far = "" if is_checked else "Intact: all that was read, which is not yet everything. "
    yield f"{so_far}{figures.counted(opened.files, 'file')}, {figures.size(opened.size)} in all"
    included = sum(each.included for each in manifest.inputs)
    if included:
        count, size = opened.held
        yield f"Inputs on this computer: {count} of {included}, {figures.size(size)}"
    yield from signatures(opened.signatures)
    yield f"License: {manifest.license or 'none'}"
    yield from _content(manifest)
    yield "Nothing of it is trusted: opening runs nothing."


def signatures(vouched: Sequence[Vouched]) -> Iterator[str]:
    """Say who vouches for it; keys are free, so an address alone is nobody."""
    if not vouched:
        yield "Signed by nobody"
    for each in vouched:
        if each.valid:
            known = "seen here before" if each.known else "never seen here before"
            yield f"Vouched for by {each.address} as {each.role} ({known})"
        else:
            yield f"Not valid: a signature said to be of {each.address}: {each.problem}"


def integrity(found: Integrity) -> Iterator[str]:
    """Say what is intact, and name what is not."""
    yield (
        f"{found.intact} of {figures.counted(found.files, 'file')} intact, "
        f"{figures.size(found.size)} read"
    )
    yield from _listed([f"  damaged: {path}: {problem}" for path, problem in found.damaged])
    yield from _listed([f"  missing: {path}" for path in found.missing])


def cell(verdict: Mapping[str, Any]) -> Iterator[str]:
    """Say how a cell compares, as JSON has it, with what differs below it."""
    because = why(verdict)
    yield f"{verdict['verdict']:<9} cell {verdict['index'] + 1}{because and ': '}{because}"
    for output in verdict["outputs"]:
        told = not output["detail"] or output["detail"] in because
        if output["verdict"] in {DIFFERS, FAILED} and not told:
            yield f"            {output['mime_type']}: {output['detail']} [{output['rule']}]"


def why(verdict: Mapping[str, Any]) -> str:
    """Say why a cell has its verdict; a claim of the author's is named as one."""
    parts = [verdict["reason"]] if verdict["reason"] else []
    if verdict["claimed"]:
        parts.append("as its author's tag has it")
    if not verdict["reason"]:
        rules = {each["rule"]: None for each in verdict["outputs"]}
        parts += [", ".join(rules)] if rules else []
    return "; ".join(parts)


def counts(counted: Mapping[str, int], claimed: int) -> str:
    """Say how many cells of each verdict there are."""
    parts = [f"{counted[each]} {WORDS[each]}" for each in ORDER if counted.get(each)]
    text = ", ".join(parts) or "no cells"
    return f"{text}; {claimed} by their author's tags" if claimed else text


def before_running(opened: Opened, readiness: Readiness, allowed: Allowed) -> Iterator[str]:
    """Say what running a share again means, before anybody agrees to it."""
    yield f"Called: {opened.manifest.title}; {opened.root}"
    yield from signatures(opened.signatures)
    yield "This runs someone else's code on this computer."
    if allowed.isolation:
        yield "Isolation: bubblewrap. The code sees neither your files nor your repo."
    else:
        yield "Isolation: NONE. This code can read and change your files."
    if allowed.network:
        yield "Network: GRANTED. The code can talk to any computer, and to services on this one."
    else:
        yield "Network: none for the code."
    if allowed.own_environment:
        yield "Environment: yours, whatever its lock says."
        return
    wanted, found = readiness.python_wanted, readiness.python_found
    other = "" if wanted == found else f" (its author's was {wanted})"
    ready = "there from before" if readiness.environment_ready else "installed from your own index"
    packages = figures.counted(readiness.packages, "package")
    yield f"Environment: Python {found}{other}, {packages} by their hashes, {ready}"
    for refused in readiness.refused:
        yield f"  left out: {refused.name}: {refused.why}"


def report(told: Mapping[str, Any]) -> Iterator[str]:
    """Say what came of running a share again."""
    yield f"A report on {told['title']}, {told['payload']}, of {told['at']}"
    for each in told["cells"]:
        yield from cell(each)
    yield counts(told["counts"], told["claimed"])
    for sentence in told["explanations"]:
        yield f"It says: {sentence}"


def report_entry(entry: Mapping[str, Any]) -> Iterator[str]:
    """Say who ran a share again, and what came of it."""
    yield f"{entry['report']}  {entry['at']}  {reporter(entry)}"
    yield f"  {counts(entry['counts'], entry['claimed'])}"
    signed = [each for each in entry["signatures"] if each["valid"]]
    for each in signed:
        known = "seen here before" if each["known"] else "never seen here before"
        yield f"  vouched for by {each['address']} as {each['role']} ({known})"
    if not signed:
        yield "  signed by nobody"


def reporter(entry: Mapping[str, Any]) -> str:
    """Say whose a report is; the author's own is no second opinion."""
    if entry["by_author"]:
        return "the author's own"
    return "made here" if entry["own"] else "received"


def difference(found: Mapping[str, Any]) -> Iterator[str]:
    """Say what changed between two shares."""
    for cell in found["cells"]:
        what = f" ({', '.join(cell['what'])})" if cell["what"] else ""
        yield f"cell {cell['index'] + 1} {cell['change']}{what}"
        for line in cell["diff"].splitlines():
            yield f"    {line}"
    for each in found["inputs"]:
        yield f"input {each['path']} {each['change']}, {figures.size(each['size'])}"
    for each in found["environment"]:
        yield f"package {each['name']}: {each['a'] or 'none'} → {each['b'] or 'none'}"
    for each in found["facts"]:
        yield f"{each['name']}: {each['a'] or 'none'} → {each['b'] or 'none'}"
    if not any(found[part] for part in ("cells", "inputs", "environment", "facts")):
        yield "Nothing is different."
    yield f"{figures.size(found['fetched'])} fetched to find out"


def _content(manifest: Manifest) -> Iterator[str]:
    outputs = sum(len(cell.outputs) for cell in manifest.cells)
    cells = figures.counted(len(manifest.cells), "code cell")
    yield f"{cells} with {figures.counted(outputs, 'output')}"
    if manifest.inputs:
        yield "Inputs:" if manifest.recorded else "Inputs (guessed, no run was recorded):"
    lines = []
    for each in manifest.inputs:
        where = f" ({each.where})" if each.where else ""
        state = "" if each.included else f", not included{where}"
        lines.append(f"  {each.path}  {figures.size(each.size)}{state}")
    yield from _listed(lines)
    yield from _environment(manifest.environment.packages, manifest.environment.python)
    for unlocked in manifest.environment.unlocked:
        yield f"  not locked: {unlocked.name} {unlocked.version} ({unlocked.why})"
    if manifest.hosts:
        yield f"It talked to {', '.join(manifest.hosts)}: not reproducible"


def _environment(packages: int, python: str) -> Iterator[str]:
    yield f"Environment: Python {python}, {figures.counted(packages, 'locked package')}"


def _planned(each: PlannedInput) -> str:
    notes = [figures.size(each.size)]
    if each.how in _HOW:
        notes.append(_HOW[each.how])
    if each.changed:
        notes.append("changed since it was read")
    if not each.selected:
        notes.append("NOT shared, " + _WHY_NOT.get(each.why_not, each.why_not))
    return f"{each.path}  ({'; '.join(notes)})"


def _listed(lines: list[str]) -> Iterator[str]:
    yield from lines[:_SHOWN]
    if len(lines) > _SHOWN:
        yield f"  … and {len(lines) - _SHOWN:,} more"
