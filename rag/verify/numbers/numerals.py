"""Numbers in digits: what "1,500", "1.500" and "1.5" can mean, and how far they are rounded."""

import regex

NUMERAL = r"\d{1,3}(?:[,.' ]\d{3})+(?:[.,]\d+)?(?!\d)|\d+(?:[.,]\d+)?"


def values(numeral: str) -> list[float]:
    """The values that a numeral can have: separators differ from country to country."""
    groups = regex.split(r"[,.' ]", numeral)
    separators = regex.findall(r"[,.' ]", numeral)
    if not separators:
        return [float(numeral)]
    joined, decimal = float("".join(groups)), float("".join(groups[:-1]) + "." + groups[-1])
    if len(separators) > 1:
        return [joined if separators[-1] == separators[0] else decimal]
    if len(groups[1]) != 3 or groups[0] == "0":
        return [decimal]
    return [decimal, joined] if separators[0] == "." else [joined, decimal]


def half_digit(numeral: str) -> float:
    """Half a unit of the last digit."""
    decimals = regex.search(r"[.,](\d{1,2})$", numeral)
    return 0.5 * 10.0 ** -len(decimals[1]) if decimals else 0.5
