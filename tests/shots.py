"""Pictures of every screen: `python -m tests.shots [--out FOLDER] [--url URL] [NAME …]`."""

from __future__ import annotations

import argparse
import tempfile
from contextlib import ExitStack
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.conftest import CHROMIUM_FLAGS, chromium
from tests.journeys.people import LANGUAGES, SIZES, Person, person
from tests.journeys.site import running_site
from tests.screens import SCREENS, Screen

DAY = "2026-11-23T09:00:00+08:00"  # every picture is of this morning


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="only these screens")
    parser.add_argument("--out", type=Path, default=Path("shots"))
    parser.add_argument("--url", help="a site that runs; otherwise the example is served for the pictures")
    parser.add_argument("--sizes", nargs="*", default=list(SIZES))
    parser.add_argument("--languages", nargs="*", default=list(LANGUAGES))
    parser.add_argument("--fold", action="store_true", help="the first view only, not the whole page")
    wanted = parser.parse_args()
    screens = [s for s in SCREENS if not wanted.names or s.name in wanted.names]
    wanted.out.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        url = wanted.url or stack.enter_context(running_site(_folder(stack), OPENLIAISON_NOW=DAY)).url
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=chromium(), headless=True, args=CHROMIUM_FLAGS)
        for size in wanted.sizes:
            for language in wanted.languages:
                for who in dict.fromkeys(s.who for s in screens):
                    with person(browser, url, size=size, language=language) as somebody:
                        if who:
                            somebody.log_in(who)
                        for screen in (s for s in screens if s.who == who):
                            visit(somebody, screen)
                            file = wanted.out / f"{screen.name}-{size}.{language}.png"
                            somebody.page.screenshot(path=file, full_page=not wanted.fold)
                            print(file)


def visit(somebody: Person, screen: Screen) -> int:
    """Go to the screen; returns the answer's status."""
    answer = somebody.open(screen.path)
    if not screen.follow:
        return answer.status
    return somebody.open(somebody.page.locator(screen.follow).first.get_attribute("href")).status


def _folder(stack: ExitStack) -> Path:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="openliaison-shots-")))
    folder.chmod(0o755)
    return folder / "data"


if __name__ == "__main__":
    main()
