"""Invented names and numbers: syllables put together, so that nobody real is meant."""

from __future__ import annotations

from random import Random

from pypinyin import lazy_pinyin
from stdnum.cn import uscc

FIRST = "安宝昌承达德恒宏华汇嘉金锦隆铭宁启瑞盛泰通旺祥欣兴旭亿永裕远泽正中卓"
SECOND = "邦博彩诚创丰福光冠海翰和鸿佳健捷凯康科力联龙美鹏起强胜硕腾维翔新扬业益源岳展志众"
SURNAMES = "丁于任余何冯刘叶吕吴周唐夏姚孔孙宋崔张徐戴方曹朱李杜杨林梁武江沈潘王田白石程罗"
GIVEN = "宁宇岩峰岚川平康广建志怡悦慧成文斌明晨林楠欣欢波洋涛清玉珊瑞磊秋立红绍美翔英莉菲超辉越远雪静颖风"
# GB/T 4754 division → trade in a name; other sections share the last line of `_trade`.
TRADES = {
    "13": ("食品", "Foods"),
    "14": ("食品", "Foods"),
    "15": ("饮品", "Beverages"),
    "17": ("纺织", "Textiles"),
    "18": ("服饰", "Garments"),
    "20": ("木业", "Timber"),
    "21": ("家具", "Furniture"),
    "22": ("纸业", "Paper"),
    "26": ("化工", "Chemicals"),
    "27": ("药业", "Pharma"),
    "29": ("橡塑", "Plastics"),
    "30": ("建材", "Building Materials"),
    "31": ("铸造", "Castings"),
    "33": ("金属制品", "Metalware"),
    "34": ("机械", "Machinery"),
    "35": ("装备", "Equipment"),
    "36": ("汽车零部件", "Car Parts"),
    "38": ("电气", "Electric"),
    "39": ("电子", "Electronics"),
    "40": ("仪表", "Instruments"),
}
SECTIONS = {
    "A": ("农业", "Farming"),
    "C": ("制造", "Works"),
    "E": ("建设", "Construction"),
    "F": ("商贸", "Trading"),
    "G": ("物流", "Logistics"),
}
PLAIN = ("科技服务", "Services")
_USCC_ORGANISATION = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def enterprise(rng: Random, section: str, industry: str, town: str) -> tuple[str, str]:
    """A name in Chinese and in English."""
    trade, trade_en = TRADES.get(industry[:2], PLAIN) if section == "C" else SECTIONS.get(section, PLAIN)
    fancy = rng.choice(FIRST) + rng.choice(SECOND) + (rng.choice(SECOND) if rng.random() < 0.3 else "")
    return f"{town}{fancy}{trade}有限公司", f"{''.join(lazy_pinyin(fancy)).capitalize()} {trade_en} Ltd"


def person(rng: Random) -> tuple[str, str]:
    """A person's name, and how it is written in English."""
    surname = rng.choice(SURNAMES)
    given = rng.choice(GIVEN) + (rng.choice(GIVEN) if rng.random() < 0.6 else "")
    return surname + given, f"{''.join(lazy_pinyin(given)).capitalize()} {lazy_pinyin(surname)[0].capitalize()}"


def phone(n: int) -> str:
    """A number that no network assigns: it begins with 0 after the area code."""
    return f"024-0{n % 10_000_000:07d}"


def official_number(scheme: str, n: int, region: str) -> str:
    """The n-th invented number of a scheme, check digits right; empty where the scheme is not one we can make.

    Organisation codes begin with G, which keeps them apart from those of the example's story.
    """
    return _social_credit_code(n, region) if scheme == "cn.uscc" else ""


def _social_credit_code(n: int, region: str) -> str:
    code = ""
    for _ in range(7):
        n, digit = divmod(n, len(_USCC_ORGANISATION))
        code = _USCC_ORGANISATION[digit] + code
    code = "G" + code
    check = -sum(w * int(c, 36) for w, c in zip(_USCC_WEIGHTS, code, strict=True)) % 11
    body = f"91{region[:6]:0<6}{code}{'X' if check == 10 else check}"
    return body + uscc.calc_check_digit(body)
