"""Taking note of what a cell shows, while it is shown as usual.

Wraps `publish` and `clear_output` of the shell's display publisher, the display hook's
methods, and `write` of standard output and error. They are attributes of the
instances, so the same way serves IPython's own classes and ipykernel's (whose
``register_hook`` the former lack), and taking them away leaves nothing behind.
"""

from __future__ import annotations

import sys
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from IPython.core.interactiveshell import InteractiveShell

# Displays whose metadata have this key belong to our machinery.
OWN_KEY = "jupyter_ipfs"

_MISSING = object()


@dataclass(slots=True)
class Shown:
    """One output: a display, or the last value as it was shown.

    Attributes:
        kind: As in the notebook format.
        data: The mime bundle.
        metadata: What belongs to it.
        display_id: For updates of it.
    """

    kind: Literal["display_data", "execute_result"]
    data: Mapping[str, Any]
    metadata: Mapping[str, Any]
    display_id: str | None = None


@dataclass(slots=True)
class Captured:
    """What one cell has shown."""

    outputs: list[Shown] = field(default_factory=list)
    stdout: list[str] = field(default_factory=list)
    stderr: list[str] = field(default_factory=list)

    def clear(self) -> None:
        """Forget it, as the page does."""
        self.outputs.clear()
        self.stdout.clear()
        self.stderr.clear()


class Recorder:
    """Records from `start` to `stop`.

    Args:
        shell: Whose cell.
        elsewhere: Threads that run a cell of their own (ipykernel's subshells); what they
            show belongs to that cell.
    """

    def __init__(self, shell: InteractiveShell, elsewhere: Callable[[], set[int]]) -> None:
        self.captured = Captured()
        self._shell = shell
        self._elsewhere = elsewhere
        self._thread = threading.get_ident()
        self._wrapped: list[tuple[object, str, object]] = []
        self._showing = False
        self._clear_at_next = False

    def start(self) -> None:
        """Begin to take note."""
        publisher, hook = self._shell.display_pub, self._shell.displayhook
        self._wrap(publisher, "publish", self._publish)
        self._wrap(publisher, "clear_output", self._clear_output)
        self._wrap(hook, "start_displayhook", self._begin_showing)
        self._wrap(hook, "write_format_data", self._write_format_data)
        self._wrap(hook, "finish_displayhook", self._end_showing)
        self._wrap(sys.stdout, "write", self._write(self.captured.stdout))
        self._wrap(sys.stderr, "write", self._write(self.captured.stderr))

    def stop(self) -> Captured:
        """Leave everything as it was before `start`; idempotent."""
        while self._wrapped:
            owner, name, before = self._wrapped.pop()
            if before is _MISSING:
                vars(owner).pop(name, None)
            else:
                setattr(owner, name, before)
        return self.captured

    def _wrap(
        self, owner: object, name: str, make: Callable[[Callable[..., Any]], Callable[..., Any]]
    ) -> None:
        try:
            before = vars(owner).get(name, _MISSING)
            setattr(owner, name, make(getattr(owner, name)))
        except (AttributeError, TypeError):  # a stream with slots, or none: nothing to record
            return
        self._wrapped.append((owner, name, before))

    def _is_ours(self) -> bool:
        thread = threading.get_ident()
        return thread == self._thread or thread not in self._elsewhere()

    def _note(self, output: Shown) -> None:
        if OWN_KEY in output.metadata or not self._is_ours():
            return
        self._clear_if_asked()
        self.captured.outputs.append(output)

    def _update(self, output: Shown) -> None:
        for at, shown in enumerate(self.captured.outputs):
            if shown.display_id is not None and shown.display_id == output.display_id:
                output.kind = shown.kind
                self.captured.outputs[at] = output

    def _clear_if_asked(self) -> None:
        if self._clear_at_next:
            self._clear_at_next = False
            self.captured.clear()

    # What stands in for the shell's own methods: take note, then do the same.

    def _publish(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def publish(
            data: Mapping[str, Any],
            metadata: Mapping[str, Any] | None = None,
            *args: Any,  # noqa: ANN401  (whatever the publisher takes)
            **options: Any,  # noqa: ANN401
        ) -> Any:  # noqa: ANN401
            display_id = (options.get("transient") or {}).get("display_id")
            output = Shown("display_data", dict(data), dict(metadata or {}), display_id)
            if options.get("update"):
                self._update(output)
            else:
                self._note(output)
            before, self._showing = self._showing, True  # IPython's own publisher prints
            try:
                return original(data, metadata, *args, **options)
            finally:
                self._showing = before

        return publish

    def _clear_output(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def clear_output(wait: bool = False) -> Any:  # noqa: ANN401, FBT001, FBT002
            if self._is_ours():
                self._clear_at_next = True
                if not wait:
                    self._clear_if_asked()
            before, self._showing = self._showing, True  # IPython's own prints escapes
            try:
                return original(wait)
            finally:
                self._showing = before

        return clear_output

    def _begin_showing(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def start_displayhook(*args: Any) -> Any:  # noqa: ANN401
            self._showing = True  # IPython's own display hook prints
            return original(*args)

        return start_displayhook

    def _write_format_data(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def write_format_data(
            format_dict: Mapping[str, Any],
            md_dict: Mapping[str, Any] | None = None,
        ) -> Any:  # noqa: ANN401
            self._note(Shown("execute_result", dict(format_dict), dict(md_dict or {})))
            return original(format_dict, md_dict)

        return write_format_data

    def _end_showing(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def finish_displayhook(*args: Any) -> Any:  # noqa: ANN401
            try:
                return original(*args)
            finally:
                self._showing = False

        return finish_displayhook

    def _write(self, kept: list[str]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        def make(original: Callable[..., Any]) -> Callable[..., Any]:
            def write(text: str) -> Any:  # noqa: ANN401
                if not self._showing and isinstance(text, str) and self._is_ours():
                    self._clear_if_asked()
                    kept.append(text)
                return original(text)

            return write

        return make
