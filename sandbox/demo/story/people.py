"""The people of the story, each with a browser: forms and buttons, no back doors."""

import re

import httpx

from sandbox.jira.people import Person

Form = dict[str, str | list[str]]


class Refused(Exception):
    """A page did not take what was sent. The text says where, and how it began."""

    def __init__(self, answer: httpx.Response) -> None:
        words = " ".join(re.sub(r"<(style|script).*?</\1>|<[^>]+>", " ", answer.text, flags=re.S).split())
        super().__init__(f"{answer.request.method} {answer.url} answered {answer.status_code}: {words[:300]}")


class JiraUser:
    """Somebody who works with the pages of the sandbox Jira."""

    def __init__(self, person: Person, address: str) -> None:
        self.person = person
        self.browser = httpx.Client(base_url=address, timeout=30, trust_env=False)
        self._get(f"/?as={person.email}")

    def order(self, values: Form) -> str:
        """Fill in the form “AWS Account”; the key of the new ticket."""
        self._get("/portal/create")
        answer = self._post("/portal/create", values)
        return answer.headers["location"].rsplit("/", 1)[-1]

    def edit(self, ticket: str, values: Form) -> None:
        self._get(f"/browse/{ticket}")
        self._post(f"/browse/{ticket}/edit", values)

    def move(self, ticket: str, transition: str) -> None:
        """Press a transition button, which must be on the page."""
        page = self._get(f"/browse/{ticket}")
        if transition not in page.text:
            raise Refused(page)
        self._post(f"/browse/{ticket}/transition", {"transition": transition})

    def _get(self, path: str) -> httpx.Response:
        answer = self.browser.get(path)
        if answer.status_code != 200:
            raise Refused(answer)
        return answer

    def _post(self, path: str, values: Form) -> httpx.Response:
        answer = self.browser.post(path, data=values)
        if answer.status_code != 303:
            raise Refused(answer)
        return answer


class Engineer:
    """A GAS engineer in the portal: signs in, opens a run, answers the question behind a button."""

    def __init__(self, address: str, name: str, password: str) -> None:
        self.browser = httpx.Client(base_url=address, timeout=30, trust_env=False, follow_redirects=True)
        page = self._get("/admin/login/")
        form = {"username": name, "password": password, "next": "/admin/", "csrfmiddlewaretoken": token(page)}
        answer = self.browser.post("/admin/login/", data=form, headers={"Referer": str(page.url)})
        if answer.status_code != 200 or "/login/" in str(answer.url):
            raise Refused(answer)

    def retry(self, run_id: int) -> None:
        page = self._get(f"/admin/vending/run/{run_id}/change/")
        button = f"/admin/vending/run/{run_id}/do/retry/"
        if button not in page.text:
            raise Refused(page)
        dialog = self._get(button)
        answer = self.browser.post(
            button, data={"csrfmiddlewaretoken": token(dialog)}, headers={"Referer": str(dialog.url)}
        )
        if answer.status_code != 200:
            raise Refused(answer)

    def _get(self, path: str) -> httpx.Response:
        answer = self.browser.get(path)
        if answer.status_code != 200:
            raise Refused(answer)
        return answer


def token(page: httpx.Response) -> str:
    """The CSRF token of a form on the page."""
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    if not found:
        raise Refused(page)
    return found[1]
