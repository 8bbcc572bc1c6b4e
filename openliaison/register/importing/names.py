"""When two enterprises' names may mean one: without punctuation, place in front and company form behind."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_FORMS = (
    "股份有限责任公司", "有限责任公司", "股份有限公司", "集团有限公司", "有限公司", "股份公司", "责任公司", "总公司",
    "集团公司", "公司", "集团",
)  # fmt: skip
_WESTERN = re.compile(r"(?:inc|llc|ltd|co|corp|company|corporation|limited|incorporated|lp|llp|pllc|pc|pa|plc|the)")
_CJK = re.compile(r"[\u3400-\u9fff]")
SHORTEST = 2


def street_key(street: str) -> str:
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", street).lower())


class Cores:
    """Reduces names to their core, knowing the names of the place's localities."""

    def __init__(self, places: Iterable[str]) -> None:
        stems = {p for name in places for p in (name, name.rstrip("省市县区旗")) if len(p) >= SHORTEST}
        joined = "|".join(sorted(map(re.escape, stems), key=len, reverse=True))
        self.lead = re.compile(f"^(?:辽宁省?)?(?:{joined})[省市县区旗]?" if joined else "^(?!)")

    def core(self, name: str) -> str:
        """The core of a name; the whole of it where too little would be left.

        >>> Cores(["铁岭县"]).core("铁岭县北岗专用汽车有限责任公司") == Cores(["铁岭县"]).core("北岗专用汽车有限公司")
        True
        """
        text = unicodedata.normalize("NFKC", name).lower()
        if not _CJK.search(text):
            words = re.sub(r"[^\w\s]", "", text.replace("&", " and ")).split()
            return "".join(w for w in words if not _WESTERN.fullmatch(w)) or "".join(words)
        whole = re.sub(r"[\W_]+", "", text)
        return self._short(whole)

    def _short(self, whole: str) -> str:
        core = whole
        for form in _FORMS:
            if core.endswith(form):
                core = core.removesuffix(form)
                break
        while (shorter := self.lead.sub("", core)) != core and len(shorter) >= SHORTEST:
            core = shorter
        return core if len(core) >= SHORTEST else whole
