"""What a browser sees of a page: faults in its console, accessibility by axe-core, whether it fits its window."""

from typing import Any, Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Response

AXE = Axe().axe_script
# what fades would be measured half-way
STILL = "*, *::before, *::after { transition: none !important; animation: none !important }"
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
WIDTHS = (1280, 390)
HEIGHT = 900
ALL = {"resultTypes": ["violations"]}
"""Every rule of axe-core, its best practices included."""
COLOURS = ALL | {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
"""The rules that a colour scheme can break; the others have looked at the same page already."""


class Faults(list[str]):
    """Errors of scripts, refusals by the Content-Security-Policy and broken answers, as long as the page lives."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        page.on("console", lambda message: self.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda fault: self.append(str(fault)))
        page.on("response", self._look_at)

    def _look_at(self, answer: Response) -> None:
        if answer.status >= 500:
            self.append(f"{answer.status} {answer.url}")


def faults_of(page: Page, rules_off: tuple[str, ...] = ()) -> list[str]:
    """What is wrong with the open page in light and dark, each wide and narrow, without loading it again."""
    off = {"rules": {rule: {"enabled": False} for rule in rules_off}}
    page.add_style_tag(content=STILL)
    found: list[str] = []
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        # unfold asks for the scheme once, when the page is loaded, and keeps it in this class
        page.evaluate("document.documentElement.classList.remove('light', 'dark')")
        page.evaluate("scheme => document.documentElement.classList.add(scheme)", scheme)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": HEIGHT})
            # two frames: scripts that listen to the size have answered
            page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
            told = violations(page, ALL | off if scheme == "light" else COLOURS)
            told += [f"too wide: {part}" for part in overflow(page)]
            found += [f"{page.url} {scheme} {width}: {each}" for each in told]
    return found


def violations(page: Page, options: dict[str, Any]) -> list[str]:
    """What axe-core finds; one line for each element."""
    if not page.evaluate("'axe' in window"):  # half a megabyte: once a page, and not for each look
        page.evaluate(AXE)
    found = page.evaluate("options => axe.run(document, options)", options)["violations"]
    return [
        f"{violation['id']}: {violation['help']}: {node['html'][:160]} ({' '.join(map(str, node['target']))})"
        + "".join(f" [{check['message']}]" for check in node["any"][:1])
        for violation in found
        for node in violation["nodes"]
    ]


def overflow(page: Page) -> list[str]:
    """The elements that make the page wider than its window, and the cards with something beyond their edge."""
    return page.evaluate(
        """() => {
            const cards = [...document.querySelectorAll(".av-card")]
                .filter((card) => card.scrollWidth > card.clientWidth + 1).map((card) => card.innerText.slice(0, 160));
            if (cards.length) return cards;
            const width = document.documentElement.clientWidth;
            if (document.documentElement.scrollWidth <= width) return [];
            return [...document.querySelectorAll("body *")]
                .filter((part) => part.getBoundingClientRect().right > width + 1)
                .slice(0, 5).map((part) => part.outerHTML.slice(0, 160));
        }"""
    )
