"""Prints what happens as a timeline, and remembers which statements did not hold."""

import time
from collections.abc import Callable
from threading import Event
from typing import TypeVar

from rich.console import Console
from rich.markup import escape

T = TypeVar("T")
POLL = 0.2


class Stuck(Exception):
    """A statement without which the chapter cannot go on."""


class Timeline:
    def __init__(self, console: Console, stopping: Event) -> None:
        self.console, self.stopping = console, stopping
        self.began = time.monotonic()
        self.broken: list[str] = []
        self.held = 0
        self._chapter = ""

    @property
    def elapsed(self) -> float:
        return time.monotonic() - self.began

    def chapter(self, title: str) -> None:
        self._chapter = title
        self.console.print(f"\n[bold]{escape(title)}[/]")

    def tell(self, sentence: str) -> None:
        """Something that a person or the story did."""
        self._line("[cyan]→[/]", sentence)

    def check(self, sentence: str, holds: object, reason: str = "") -> None:
        """A statement that must be true now."""
        if holds:
            self.held += 1
            self._line("[green]✓[/]", sentence)
            return
        self.broken.append(f"{self._chapter}: {sentence}" + (f" ({reason})" if reason else ""))
        self._line("[red]✗[/]", f"{sentence}{': ' + reason if reason else ''}")

    def until(self, sentence: str, seconds: float, look: Callable[[], T | None], seen: Callable[[], str] = str) -> T:
        """A statement that must become true in time. Raises Stuck otherwise, with what was seen instead."""
        began = time.monotonic()
        while True:
            found = look()
            waited = time.monotonic() - began
            if found:
                self.check(f"{sentence} [dim]after {waited:.1f} s[/]", True)
                return found
            if waited > seconds:
                self.check(sentence, False, f"not within {seconds:.0f} s; {seen() or 'nothing was seen'}")
                raise Stuck(sentence)
            if self.stopping.wait(POLL):
                raise KeyboardInterrupt

    def stand_still(self, seconds: float) -> None:
        """Give something that must not happen the time to happen."""
        if self.stopping.wait(seconds):
            raise KeyboardInterrupt

    def _line(self, mark: str, sentence: str) -> None:
        self.console.print(f" [dim]{self.elapsed:6.1f} s[/]  {mark} {sentence}", soft_wrap=True)
