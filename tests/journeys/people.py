"""People at their browsers: log in, follow links, look at a page with a critic's eye."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.conftest import ROOT

PASSWORD = "openliaison"
SIZES = {"phone": (390, 844), "desk": (1440, 900)}
LANGUAGES = {"zh": "zh-hans", "en": "en"}
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
SERIOUS = {"serious", "critical"}


@dataclass
class Person:
    """One browser window of one person."""

    page: Any
    url: str
    complaints: list[str] = field(default_factory=list)

    def log_in(self, username: str) -> Person:
        self.open("/account/log-in/")
        self.page.fill("[name=username]", username)
        self.page.fill("[name=password]", PASSWORD)
        self.page.locator("[name=password]").press("Enter")
        self.page.wait_for_url(lambda url: "/log-in/" not in url)
        return self

    def open(self, path: str) -> Any:
        answer = self.page.goto(self.url + path)
        self.page.wait_for_load_state("networkidle")
        return answer

    def path(self) -> str:
        return self.page.url.removeprefix(self.url)

    def sees(self, text: str) -> bool:
        return text in self.page.locator("body").inner_text()

    def scrolls_sideways(self) -> bool:
        return self.page.evaluate("document.documentElement.scrollWidth > window.innerWidth")

    def faults(self) -> list[str]:
        """What axe finds serious on the page as it stands; the first place of each."""
        # Through the protocol and not as a tag: the page's content policy stays in force.
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found = self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        return [
            f"{v['id']} ({v['impact']}): {v['help']}: {v['nodes'][0]['html'][:160]}"
            for v in found["violations"]
            if v["impact"] in SERIOUS
        ]


@contextmanager
def person(
    browser: Any, url: str, *, size: str = "desk", language: str = "zh", scripts: bool = True
) -> Iterator[Person]:
    """A fresh window; what the browser complains of in its console is an error at the end."""
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height}, has_touch=size == "phone", java_script_enabled=scripts
    )
    context.add_cookies([{"name": "language", "value": LANGUAGES[language], "url": url}])
    page = context.new_page()
    page.set_default_timeout(20_000)
    somebody = Person(page, url)
    page.on("console", lambda m: somebody.complaints.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: somebody.complaints.append(str(error)))
    try:
        yield somebody
        refused = [c for c in somebody.complaints if "status of 4" not in c]
        assert not refused, refused
    finally:
        context.close()
