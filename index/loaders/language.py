"""Which language a text is in."""

import re

_SHORTEST = 40  # characters; below, identification is a guess
_SAMPLE = 1_200  # more says no more, and its cost grows with it


def language_code(declared: str | None) -> str | None:
    """The ISO 639-1 code in a declared language (``en``, ``en-GB``, ``pt_BR``), or None."""
    match = re.fullmatch(r"([a-z]{2})(?:[-_][a-z0-9_-]*)?", (declared or "").strip().lower())
    return match[1] if match else None


def language_of(text: str) -> str | None:
    """The ISO 639-1 code of `text`'s language, or None for a text too short to tell."""
    if len(text) <= _SHORTEST:
        return None
    from py3langid import classify  # loads its model: most of a second, once a process

    code, _ = classify(text[:_SAMPLE])
    return str(code)
