"""Plays the chapters in order and says what did not hold."""

import httpx
import psycopg
from botocore.exceptions import BotoCoreError, ClientError
from rich.markup import escape
from rich.panel import Panel

from sandbox.demo.screen import Screen
from sandbox.demo.story.chapters import CHAPTERS
from sandbox.demo.story.outside import Aws, Rows, Tickets
from sandbox.demo.story.people import Engineer, JiraUser, Refused
from sandbox.demo.story.scene import Scene
from sandbox.demo.story.timeline import Stuck, Timeline
from sandbox.demo.supervisor import Supervisor
from sandbox.jira.people import GUS, RITA

MEANT_FOR_CHECKS = (Refused, httpx.HTTPError, ClientError, BotoCoreError, psycopg.Error)


def play(supervisor: Supervisor, screen: Screen) -> int:
    """Every chapter, even when one before it broke. 0 when every statement held."""
    home = supervisor.world.home
    timeline = Timeline(screen.console, supervisor.stopping)
    rows = Rows(supervisor.world.database)
    scene = Scene(
        timeline=timeline,
        rita=JiraUser(RITA, home.url("jira")),
        gus=JiraUser(GUS, home.url("jira")),
        engineer=lambda: Engineer(home.url("portal"), "gas", home.kept.password),
        tickets=Tickets(home.url("jira")),
        aws=Aws(home.url("aws")),
        rows=rows,
    )
    for title, chapter in CHAPTERS:
        timeline.chapter(title)
        try:
            chapter(scene)
        except Stuck:
            continue
        except MEANT_FOR_CHECKS as problem:
            timeline.check("The chapter came to its end", False, f"{type(problem).__name__}: {problem}")
    rows.close()
    return _verdict(timeline, screen)


def _verdict(timeline: Timeline, screen: Screen) -> int:
    if not timeline.broken:
        screen.say(f"\n [bold green]Everything held:[/] {timeline.held} statements in {timeline.elapsed:.0f} s.\n")
        return 0
    reasons = "\n".join(f"✗ {escape(each)}" for each in timeline.broken)
    title = f"{len(timeline.broken)} of {timeline.held + len(timeline.broken)} statements did not hold"
    screen.console.print(Panel(reasons, title=title, title_align="left", border_style="red"))
    return 1
