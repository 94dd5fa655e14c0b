"""What the demo shows: one line per thing done, then a table with addresses and logins."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console, Group
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table

from sandbox.demo.child import last_lines
from sandbox.demo.home import Home
from sandbox.demo.supervisor import Death
from sandbox.demo.world import PEOPLE, Broken


class Screen:
    def __init__(self) -> None:
        self.console = Console(highlight=False)
        self.began = time.monotonic()

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """A spinner while it lasts, a line with its duration afterwards."""
        began = time.monotonic()
        with self.console.status(f"{title} …"):
            yield
        self.console.print(f" [green]✓[/] {title:<44} [dim]{time.monotonic() - began:5.1f} s[/]")

    def say(self, text: str) -> None:
        self.console.print(text)

    def ready(self, home: Home) -> None:
        """Where to look and as whom."""
        places, logins = Table.grid(padding=(0, 2)), Table.grid(padding=(0, 2))
        for wish, address, who in (
            ("Order an account", f"{home.url('jira')}/", "sandbox Jira, as Rita"),
            ("Approve it", f"{home.url('jira')}/queue?as=gus", "sandbox Jira, as Gus"),
            ("Watch it", f"{home.url('portal')}/admin/", "the portal"),
            ("See what AWS has", f"{home.url('aws')}/sandbox/", "sandbox AWS"),
            ("See the roles on offer", f"{home.url('identity')}/", "sandbox identity system"),
        ):
            places.add_row(wish, f"[bold cyan]{address}[/]", who)
        for name, _, meaning in PEOPLE:
            logins.add_row(f"[bold]{name}[/]", f"[bold]{home.kept.password}[/]", meaning)
        text = Group(places, "", "Sign in to the portal as", logins)
        title = f"Account Vending Portal, ready after {time.monotonic() - self.began:.1f} s"
        self.console.print()
        self.console.print(Panel(text, title=title, title_align="left", border_style="green", expand=False))
        self.say(f" [dim]Logs: {_short(home.logs)}. Ctrl-C stops everything; the data stays.[/]")

    def died(self, death: Death) -> None:
        self.console.print(f" [yellow]![/] {escape(death.sentence)}")
        self._quote(death.child.log)

    def broken(self, problem: Broken) -> None:
        self.console.print(f" [red]✗[/] {escape(str(problem))}")
        self._quote(problem.log)

    def _quote(self, log: Path) -> None:
        lines = escape(last_lines(log)) or "(empty)"
        self.console.print(Panel(lines, title=f"the end of {_short(log)}", title_align="left", style="dim"))


def _short(path: Path) -> str:
    """The path as seen from here, where it is below."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
