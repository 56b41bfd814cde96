"""Numbers and dates as other languages write them."""

from datetime import date

import pytest

from rag.verify import Evidence, Verifier
from rag.verify.analysis import Parsed

PUBLISHED = date(2031, 5, 2)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("报告说，去年新增就业1244万人。", [(12_440_000, "")]),
        ("１２４４万人，３．５％", [(12_440_000, ""), (3.5, "%")]),
        ("1億2000万円", [(120_000_000, "JPY")]),
        ("约 1.5 亿美元", [(150_000_000, "USD")]),
        ("百分之十五的居民", [(15, "%")]),
        ("百分之3.5", [(3.5, "%")]),
        ("三分之一", [(pytest.approx(100 / 3), "%")]),
        ("취업자는 1억 2000만 명, 5% 늘었다", [(120_000_000, ""), (5, "%")]),
        ("三百五十万人", [(3_500_000, "")]),
        ("在2024年3月5日", []),
        ("C919飞机和iPhone15手机", []),
        ("万一", []),
        ("3 Mrd. Euro", [(3e9, "EUR")]),
        ("2 Mio. Euro", [(2e6, "EUR")]),
        ("4 Mia. Franken", [(4e9, "CHF")]),
        ("488,6 Md€", [(pytest.approx(488.6e9), "EUR")]),
        ("5M€ et 5 M€", [(5e6, "EUR"), (5e6, "EUR")]),
        ("3 milliards d'euros", [(3e9, "EUR")]),
        ("12 mil millones de dólares", [(12e9, "USD")]),
        ("20 milioni di euro", [(2e7, "EUR")]),
        ("1134 euros", [(1134, "EUR")]),
        ("Mia kam 1134", []),
    ],
)
def test_the_values_of_a_text(text: str, values: list[tuple[float, str]]) -> None:
    assert [(quantity.value, quantity.unit) for quantity in Parsed(text).quantities] == values


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("去年新增就业1344万人。", "报告说，去年新增就业1244万人。"),
        ("增长目标为5%左右。", "政府将增长目标定为6%左右。"),
        ("増加は5％だった。", "増加は6％だった。"),
        ("人口は1.3億人だった。", "人口は1.2億人だった。"),
        ("취업자는 1억 3000만 명이다.", "취업자는 1억 2000만 명이다."),
        ("百分之十五的居民反对。", "百分之五十的居民反对。"),
        ("会议于3月6日举行。", "会议于3月5日举行。"),
        ("Er sieht Ausgaben von 588,6 Mrd. Euro vor.", "Er sieht Ausgaben von 488,6 Milliarden Euro vor."),
        ("Er sieht Ausgaben von 488,6 Mio. Euro vor.", "Er sieht Ausgaben von 488,6 Mrd. Euro vor."),
        ("El salario sube hasta los 1143 euros.", "El salario sube hasta los 1.134 euros al mes."),
    ],
)
def test_another_value(claim: str, evidence: str, verifier: Verifier) -> None:
    check = verifier.check(claim, [Evidence(evidence, published=PUBLISHED)])
    assert check.verdict == "contradicted", check


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("去年新增就业1244万人。", "报告说，去年新增就业1244万人。"),
        ("新增就业12440000人。", "报告说，去年新增就业1244万人。"),
        ("2030年新增就业1244万人。", "报告说，去年新增就业1244万人。"),
        ("增长6%。", "增长6％左右。"),
        ("15%的居民反对。", "百分之十五的居民反对。"),
        ("会议有300人参加。", "会议有三百人参加。"),
        ("会议有3人参加。", "会议有三人参加。"),
        ("会议于3月5日举行。", "会议于2031年3月5日星期三举行。"),
        ("人口は1億2000万人だった。", "人口は1.2億人だった。"),
        ("Er sieht Ausgaben von 488,6 Milliarden Euro vor.", "Er sieht Ausgaben von 488,6 Mrd. Euro vor."),
        ("Le budget est de 488,6 milliards d'euros.", "Le budget est de 488,6 Md€."),
        ("Le budget est de 5 millions d'euros.", "Le budget est de 5 M€."),
        ("El gasto es de 2000 millones de euros.", "El gasto es de 2 mil millones de euros."),
        ("El salario sube hasta los 1134 euros.", "El salario sube hasta los 1.134 euros al mes."),
        ("El salario sube hasta los 1134 euros.", "El salario sube hasta los 1\u202f134 euros al mes."),
        ("Le salaire est de 1 134 euros.", "Le salaire est de 1134 euros."),
        ("The ratio was 1.134.", "The ratio was 1.134."),
    ],
)
def test_the_same_value(claim: str, evidence: str, verifier: Verifier) -> None:
    check = verifier.check(claim, [Evidence(evidence, published=PUBLISHED)])
    assert check.verdict == "supported", check.reasons
