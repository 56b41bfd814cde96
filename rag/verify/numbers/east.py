"""Numbers in Chinese, Japanese and Korean text: "1244万人", "百分之十五", "1億2000万円", "３％", "三百人"."""

from dataclasses import dataclass

import regex

from rag.verify.eastern_dates import EASTERN
from rag.verify.numbers.measures import in_units
from rag.verify.numbers.quantity import Bound, Quantity, Reading

# One character for one, so that offsets stay those of the text.
_NARROW = str.maketrans("０１２３４５６７８９．％", "0123456789.%")

_SCALES = {
    **dict.fromkeys("百백", 1e2),
    **dict.fromkeys("千천", 1e3),
    **dict.fromkeys("万萬만", 1e4),
    **dict.fromkeys("亿億억", 1e8),
    **dict.fromkeys("兆조", 1e12),
}
_DIGITS = {digit: value for value, digit in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2, "兩": 2}
_DIGIT = "".join(_DIGITS)
_PLACES = {"十": 10, "百": 100, "千": 1000}
_SCALE = r"(?:[百千백천]?[万萬亿億兆만억조]|[百千백천])"
_NUMERAL = r"\d+(?:,\d{3})*(?:\.\d+)?"
_IN_DIGITS = rf"(?:{_NUMERAL}\s?{_SCALE}\s?){{0,3}}(?:{_NUMERAL}\s?{_SCALE}|(?<![\d.,]){_NUMERAL})"
_IN_CHARACTERS = rf"[{_DIGIT}十百千][{_DIGIT}十百千万萬亿億]*"
_COUNTED = r"[人名个個位岁歳次件家只条元円天]"
_MENTION = regex.compile(
    rf"(?:(?<over>{_IN_CHARACTERS}|\d+)分之(?<part>{_IN_CHARACTERS}|{_NUMERAL}))"
    rf"|(?<nth>第\s?)?(?<![A-Za-z\d.,:/-])(?<digits>{_IN_DIGITS})(?![\d:/]|[.,]\d|\p{{Latin}})"
    rf"|(?<![{_DIGIT}十百千万萬亿億第数數几幾])(?<characters>[{_DIGIT}十百千](?=[{_DIGIT}十百千万萬亿億])"
    rf"[{_DIGIT}十百千万萬亿億]+(?![点點分])|[二三四五六七八九十两兩](?={_COUNTED}))"
)
_UNITS: tuple[tuple[str, str, str], ...] = (
    ("个百分点|個百分點|ポイント|%포인트|퍼센트포인트", "pp", "percent"),
    ("%|퍼센트|パーセント", "%", "percent"),
    ("美元|美金|米ドル|ドル|달러", "USD", "dollars"),
    ("欧元|歐元|ユーロ|유로", "EUR", "euros"),
    ("英镑|英鎊|ポンド|파운드", "GBP", "pounds"),
    ("日元|日圆|円|엔", "JPY", "yen"),
    ("韩元|韓元|ウォン|원", "KRW", ""),
    ("卢布|盧布|ルーブル|루블", "RUB", "roubles"),
    ("元|人民币|人民幣|위안", "CNY", "yuan"),
    ("公里|千米|キロメートル|킬로미터", "m", "km"),
    ("公斤|キログラム|킬로그램", "kg", "kg"),
    ("吨|噸|トン|톤", "kg", "tonnes"),
    ("平方公里|平方キロ|제곱킬로미터", "m2", "square km"),
    ("米(?!国|軍|大)|メートル|미터", "m", "metres"),
    ("小时|小時|時間|시간", "s", "hours"),
    ("分钟|分鐘|分間|분간", "s", "minutes"),
    ("天|日間|일간", "s", "days"),
    ("周(?!年)|週間|주간", "s", "weeks"),
    ("个月|個月|[かカヶケ]月|개월", "s", "months"),
    ("年(?!代)|년(?!대)", "s", "years"),
)
_UNIT = tuple((regex.compile(rf"\s?(?:{words})"), unit, word) for words, unit, word in _UNITS)
_BEFORE: tuple[tuple[Bound, "regex.Pattern[str]"], ...] = (
    ("about", regex.compile(r"(?:[约約]|大概|およそ|약)\s?$")),
    ("nearly", regex.compile(r"(?:接近|将近|近)\s?$")),
    ("under", regex.compile(r"(?:不到|不足|低于|少于|最多|不超过)\s?$")),
    ("over", regex.compile(r"(?:超过|超過|超|逾|至少|高于|多于|不少于|不低于)\s?$")),
)
_AFTER: tuple[tuple[Bound, "regex.Pattern[str]"], ...] = (
    ("about", regex.compile(r".?(?:左右|上下|程度|前後|가량|정도)")),
    ("over", regex.compile(r".?(?:以上|多|余|餘|超|이상)")),
    ("under", regex.compile(r".?(?:以下|以内|未満|不到|미만|이하)")),
)


@dataclass(frozen=True, slots=True)
class _Number:
    value: float
    slack: float = 0.0


def eastern(plain: str) -> list[Quantity]:
    """The quantities in such scripts, in order; what stands beside none of their characters is left to the others.

    What is written in characters is `weak`: they are parts of words as well.
    """
    if not regex.search(EASTERN, plain):
        return []
    text = plain.translate(_NARROW)
    found = []
    for match in _MENTION.finditer(text):
        wide = text[match.start() : match.end()] != plain[match.start() : match.end()]
        if quantity := _read(text, match, wide):
            found.append(quantity)
    return found


def bound_of(plain: str, quantity: Quantity) -> Bound | None:
    """What the words around such a quantity say of how exact it is; None if nothing."""
    before, after = plain[max(0, quantity.start - 4) : quantity.start], plain[quantity.end : quantity.end + 4]
    first = next((bound for bound, pattern in _BEFORE if pattern.search(before)), None)
    return first or next((bound for bound, pattern in _AFTER if pattern.match(after)), None)


def _read(text: str, match: "regex.Match[str]", wide: bool) -> Quantity | None:
    """The quantity of a match; `wide` where its digits are such as only these scripts have."""
    start, end = match.span()
    if match["over"]:
        over, part = _number(match["over"]), _number(match["part"])
        if not over or not over.value or part is None:
            return None
        share = 100 * part.value / over.value
        readings = (Reading(share, "%", share),)
        if over.value == 100:
            return Quantity(start, end, readings, unit_word="percent")
        return Quantity(start, end, readings, "fraction", slack=1.0)
    if match["characters"]:
        number = _number(match["characters"])
        return None if number is None else _measured(text, start, end, number, weak=True)
    beside = regex.search(rf"{EASTERN}\s?$", text[max(0, start - 2) : start])
    if not (wide or beside or regex.match(rf"\s?%?\s?{EASTERN}", text[end : end + 4])):
        return None
    number = _number(match["digits"])
    if number is None:
        return None
    if match["nth"]:
        return Quantity(start, end, (Reading(number.value, "th", number.value),), "ordinal")
    return _measured(text, start, end, number, weak=False)


def _measured(text: str, start: int, end: int, number: _Number, weak: bool) -> Quantity:
    """With the unit that follows."""
    for pattern, unit, word in _UNIT:
        if following := pattern.match(text, pos=end):
            readings = in_units(number.value, unit, word)
            return Quantity(start, following.end(), readings, slack=0.0, unit_word=word, weak=weak)
    return Quantity(start, end, in_units(number.value, ""), slack=number.slack, weak=weak)


def _number(written: str) -> _Number | None:
    """The value of digits with scale characters, or of characters alone."""
    if not regex.search(r"\d", written):
        return _in_characters(written)
    total, slack = 0.0, 0.0
    pieces = regex.findall(rf"({_NUMERAL})\s?({_SCALE})?", written)
    for numeral, scales in pieces:
        scale = 1.0
        for character in scales:
            scale *= _SCALES[character]
        total += float(numeral.replace(",", "")) * scale
        decimals = len(numeral.partition(".")[2])
        slack = 0.5 * scale / 10**decimals if scale >= 1000 else 0.0
    return _Number(total, slack)


def _in_characters(written: str) -> _Number | None:
    """ "三百五十万": 3,500,000; None for what is no number, as a row of digits that may be a name or a year."""
    total, part, digit = 0.0, 0.0, None
    for position, character in enumerate(written):
        if character in _DIGITS:
            if digit:
                return None
            digit = float(_DIGITS[character])
        elif character in _PLACES:
            if digit is None and character != "十" and position:
                return None
            part, digit = part + (digit or 1.0) * _PLACES[character], None
        else:
            part += digit or 0.0
            if not part:
                return None
            total, part, digit = total + part * _SCALES[character], 0.0, None
    return _Number(total + part + (digit or 0.0))
