"""What kind of answer a question wants, and whether a sentence offers one: a clock time, a price, a reason …

A sentence's numbers, dates and names are the verifier's readings of them, so that what counts as a
price here counts as one when the answer is checked.
"""

from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

import regex

from rag.concepts import concepts
from rag.datelines import dateline_end
from rag.parts import parts
from rag.verify.analysis import Parsed
from rag.verify.countries import COUNTRIES
from rag.verify.names import Name
from rag.verify.numbers import Quantity
from rag.verify.units import CURRENCIES
from rag.words import content_stems, stem, words

Kind = Literal["clock", "date", "duration", "money", "share", "count", "measure", "person", "place", "reason", "name"]

# A question word asks only where a question, or a part of it, begins: not in "the people who …".
_FIRST = r"(?:^|[,.:;?!¿] ?)(?:(?:and|but|so|on|in|by|at|to|for|from|with|since|until|seit|desde) )?"
_COST = (
    r"(?:cost|(?:re)?pa(?:y|id)|spen[dt]|raised?|(?-i:g[ia]ven?)|donated?|pledged?|demand\w*|earn\w*|los[et]|invest\w*|withdraw\w*"
    r"|worth|fined?|promised|owed?|sell|sold|bought|buy)"
)
_YES_OR_NO = regex.compile(
    r"\W*(?:and |so |but )?(?:(?:after|before|between|since|despite|in|on|according to|based on|considering|given"
    r"|following|compared (?:to|with))\b(?!.*\b(?:who|whom|whose|what|which|when|where|why|how)\b).*, )?"
    r"(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should)(?:n['’]t)?\b"
    r"(?!.*\bor\b)",
    regex.IGNORECASE | regex.DOTALL,
)
_CHOICE = r"^(?=.*(?:[,:]| (?:in|at|on|for|from|by|under|during)) .+ (?:or|oder) ).*\b"
_HOW_FAR = (
    r"\b(?:how (?:did|has|have|had)|by how much (?:did|has|have|had)|how (?:far|much) (?:did|has|have|had))"
    r" (?=.*\b(?:change[ds]?|rise|risen|fall|fallen|grow|grown|drop|dropped|increased?|decreased?|declined?|develop)\b)"
    r"(?:\S+ ){0,4}?"
)
# The pattern that begins earliest in a question, or in a part of it, says its kind; of several there the first.
_ASKS: tuple[tuple[Kind, str], ...] = (
    # "Which is longer, A or B?" is answered by two measures, "How did the number change?" by two numbers.
    (
        "measure",
        rf"{_CHOICE}(?:longer|shorter|wider|narrower|taller|higher|deeper|heavier|lighter|faster|slower|bigger"
        rf"|larger|smaller|stronger|weaker|older|younger|hotter|colder|farther|further)\b",
    ),
    (
        "money",
        rf"{_CHOICE}(?:cheaper|dearer|costlier|(?:more|less) (?:expensive|money)|{_COST}s? (?:\S+ )?(?:more|less))\b",
    ),
    ("date", rf"{_CHOICE}(?:(?<!the )(?:first|last)|(?:first|last)(?=[,:])|earlier|later|sooner|more recent(?:ly)?)\b"),
    ("count", rf"{_CHOICE}(?:more|fewer)\b(?! than)"),
    ("count", rf"{_HOW_FAR}(?:number|toll|count|death|casualt|estimate|figure)"),
    ("money", rf"{_HOW_FAR}(?:price|cost|value|revenue|sale|profit|loss|deposit|debt|budget|spending|wage|salar)"),
    ("clock", r"\b(?:what time(?! of (?:the )?year)|what hour|um wie ?viel uhr|à quelle heure|a qué hora)\b"),
    (
        "date",
        rf"{_FIRST}(?:when|wann|quand|cu[aá]ndo)\b|\b(?:(?:what|which) (?:day|date|month|year)|how long ago"
        r"|welche[mnrs] (?:jahr|tag|monat)|quelle (?:date|année)|qué (?:año|día|fecha))\b",
    ),
    (
        "share",
        r"\b(?:what|which) (?:share|percentage|percent|per cent|proportion|part|fraction)\b|\bhow much of\b"
        r"|\bwelcher anteil|\bquel pourcentage|\bqué porcentaje",
    ),
    (
        "money",
        rf"\bhow much (?:money|cash|aid|compensation|damages?)\b|\bhow much (?:\S+ ){{1,9}}{_COST}\b|\bfor how much\b"
        r"|\bhow much (?:do|does|did|has|have|had) (?:\S+ ){1,5}(?:ask(?:ed)?|want(?:ed)?)\b"
        r"|\bwhat (?:compensation|sum|fine|amount|price)\b|\bwhat (?:\S+ ){1,8}(?:cost|worth)\b|\b(?:price|cost) of\b"
        r"|\b(?:wie ?viel|was) (?=.*kost)|\bcombien (?=.*coût)|\bcuánto (?=.*(?:cuesta|costó))",
    ),
    ("duration", r"\b(?:how long|how many (?:years|months|weeks|days|hours|minutes|seconds)|wie lange)\b"),
    ("count", r"\b(?:how many|what number|(?:death |first )?toll|how often|wie ?viele?|combien|cu[aá]nt[oa]s?)\b"),
    (
        "measure",
        r"\bhow (?:much|deep|wide|high|tall|far|fast|big|large|heavy|old|strong|hot|cold|thick|close|near)\b"
        r"|\bwhat (?:is|was|are|were) the (?:\S+ )?(?:length|depth|height|width|weight|size|speed|diameter|distance"
        r"|magnitude|population|temperature)\b|\bmagnitude\b|\bwhat (?:does|did|do) (?:\S+ ){1,5}weigh\b"
        r"|\b(?:what|which) minute\b"
        r"|\bquelle est la (?:hauteur|longueur)|\ba qué distancia|\bwie (?:hoch|lang|tief|alt|schnell|groß|schwer)\b",
    ),
    ("reason", rf"{_FIRST}(?:why|how come|warum|wieso|weshalb|pourquoi|por qué)\b|\bwhat (?:caused|led|made|reason)\b"),
    (
        "place",
        rf"{_FIRST}(?:where|wo|wohin|woher|dónde|où)\b|\b(?:what|which) (?:place|city|town|village|country|state)\b",
    ),
    (
        "person",
        rf"{_FIRST}(?:who|whom|whose|wer|wem|wen|wessen|quién(?:es)?|qui)\b|^name the \S+ (?:people|men|women)\b",
    ),
    (
        "name",
        rf"\b(?:which|what(?:'s| is| was| are| were) the names?|name the)\b|{_FIRST}list\b"
        r"|\b(?:quels?|quelles?|cuál(?:es)?|welche[rsnm]?)\b",
    ),
)
_PATTERNS = tuple((kind, regex.compile(pattern, regex.IGNORECASE)) for kind, pattern in _ASKS)
_AFTER = r"(?<!\b(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?|decades?|soon|shortly|long|just) )after"
# "since 2019" is no reason
_THEN = (
    r"(?:early |late |mid-)?(?:\d|(?-i:(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\p{L}*\b|\p{L}+day\b))"
    r"|(?:then|last|records)\b"
)
_REASON = regex.compile(
    rf"\b(?:because|since(?! (?:{_THEN}))|due to|owing to|as a result|so that|in order to|{_AFTER}|caused?|causes"
    r"|blam\w+|led to|reason\w*|thanks to|meant|therefore|to (?:avoid|prevent|keep|protect|make|allow|reduce)|weil|denn"
    r"|damit|parce que|afin de|porque|para)\b",
    regex.IGNORECASE,
)
_COUNTRY = frozenset().union(*COUNTRIES)
_AT = regex.compile(r"\b(?:in|at|near|off|across|through|outside)\s(?:the\s)?\Z", regex.IGNORECASE)
_PLACED = regex.compile(
    r"\b(?:in|at|near|off|from|to|outside|across|over|on|toward|into|between|around|north|south|east|west|of"
    r"|im|bei|à|en|dans|près)\s(?:the\s|der\s|la\s|le\s)?(?=\p{Lu})"
)
# "Nobody died", "It started overnight": an answer without a figure.
_IN_WORDS = regex.compile(
    r"\b(?:no|none|nobody|nothing|never|zero|free|once|twice|both|all|half(?! an? )|few|several|many|dozens?|scores"
    r"|hundreds|thousands|millions|overnight|today|yesterday|tomorrow|dawn|dusk|noon|midnight|most|low|high|weak"
    r"|strong|spring|summer|autumn|winter|indefinite(?:ly)?|until further notice)\b",
    regex.IGNORECASE,
)
BESIDE = 10  # characters after a measure in which its dimension stands: "400 feet wide"
PLAINLY = 0.5  # how well a sentence must offer a kind of answer to be said to give it
FIGURES: frozenset[Kind] = frozenset({"clock", "date", "duration", "money", "share", "count", "measure"})
_UNITS = frozenset({"", "m", "km/h", "kg", "°C", "°F", "m2", "l", "W", "s", "B", "°"})
APPOSED_AGE = regex.compile(r"(?<=, )[1-9]?\d(?=,)")  # "Josh Green, 53, said"
# What is measured, by words of the question: the units it comes in, and the words that stand by a number without one.
_MEASURED: tuple[tuple[str, frozenset[str], str], ...] = (
    ("strong magnitude", frozenset({"", "km/h", "W"}), "magnitude strength scale category"),
    (
        "deep deeper depth tall taller high higher height wide wider narrower width far farther further distance thick"
        " thicker length diameter",
        frozenset({"m"}),
        "",
    ),
    ("longer shorter", frozenset({"m", "s"}), ""),
    ("fast faster slower speed", frozenset({"km/h"}), ""),
    ("heavy heavier lighter weigh weight", frozenset({"kg"}), ""),
    ("old older younger", frozenset({"s", ""}), "aged age old"),
    ("hot hotter cold colder temperature", frozenset({"°C", "°F"}), ""),
    ("population", frozenset({""}), "people inhabitants residents population"),
)


# Concepts (rag/concepts.py).
DIMENSIONS = frozenset(("deep", "high", "long", "wide"))
_BEFELL = frozenset(("die", "injured", "missing", "rescue", "evacuate", "arrest", "aboard", "attend"))
_PEOPLE = frozenset(("person", "die", "injured", "missing"))
# Units of what has one dimension, so that it is never what another is asked for in.
_PHYSICAL = frozenset(("m", "km/h", "kg", "°C", "°F", "m2", "l", "W", "B", "s"))
# What is no person, where people are counted.
_THINGS = frozenset(
    content_stems(
        "buildings houses homes structures ships boats cars vehicles trucks buses trains planes aircraft flights drones"
        " missiles schools hospitals bridges roads villages towns cities computers shops companies trees acres dollars"
    )
)
_FALLEN = frozenset(content_stems("rain rainfall snow snowfall downpour"))  # heavy by its depth
_ACTOR = regex.compile(
    r"\b[Tt]he (?P<who>state|government|company|city|county|council|police|army|court|unions?|taxpayers|insurers?"
    r"|residents|owners?|passengers|students|workers|rebels|scientists|researchers|ministry|bank|airline|operator|club"
    r"|family|families|(?:\p{L}+ )?(?:fund|foundation|consortium))\b"
    r"(?= (?:\p{L}+ly )?(?!said\b|says\b)(?:will|would|have|had|are|were|can|must|\p{L}+(?:ed|s))\b)"
)
_MORE_UNITS = frozenset(content_stems("knots storeys stories floors fathoms stone stones"))
_AMOUNTS = frozenset(content_stems("cubic square litres liters gallons acres hectares barrels"))


@lru_cache(maxsize=256)
def yes_or_no(question: str) -> bool:
    """Whether an English question asks for a yes or a no."""
    return _YES_OR_NO.match(question) is not None


def kind_of(question: str) -> Kind | None:
    """What kind of answer a question, or a part of one, wants; None for one such as "Did it …?"."""
    found = [(match.start(), kind) for kind, pattern in _PATTERNS if (match := pattern.search(question))]
    return min(found, key=lambda item: item[0])[1] if found else None


@lru_cache(maxsize=4096)
def parsed(text: str) -> Parsed:
    """What a sentence states. Kept, since the sentences of an article are looked at for every question about it."""
    return Parsed(text)


def offers(kind: Kind | None, asked: Collection[str], text: str) -> float:
    """How well `text` offers an answer of that kind: 0 not at all, 1 plainly, something between for a likely one.

    What the question itself says, the stems `asked`, is no answer. Without a kind 0.5.
    """
    if kind is None:
        return 0.5
    said = parsed(text)
    match kind:
        case "clock":
            return float(any(moment.minutes for moment in said.moments))
        case "date":
            moments = [moment for moment in said.moments if moment.start >= dateline_end(text)]
            days = [moment for moment in moments if not moment.minutes]
            new = [m for m in days if not _known(asked, text[m.start : m.end])]
            if any(m.month or m.weekday is not None or m.year for m in new):
                return 1.0
            return 0.5 if moments else 0.0  # "at about 11:20 p.m." is an answer too
        case "reason":
            return float(_REASON.search(text) is not None)
        case "person" | "name" | "place":
            new_names = [name for name in said.names if not {w.stem for w in name.words}.intersection(asked)]
            if kind == "person":
                # A capital at the start says little, but of a country: "Argentina won the cup."
                sure = [n for n in new_names if not _where(text, n) and (not n.initial or n.last in _COUNTRY)]
                return max((1.0 if len(name.words) > 1 else 0.6 for name in sure), default=0.0)
            if kind == "place":
                return 1.0 if any(_PLACED.search(text[max(0, n.start - 12) : n.end]) for n in new_names) else 0.0
            return float(bool(new_names))
        case _:
            alone = len(said.quantities) == 1
            return max((_fits(asked, kind, text, quantity, alone) for quantity in said.quantities), default=0.0)


class Figure(NamedTuple):
    """A figure in the unit that its kind is measured in, or a day by its ordinal (None where its year is not told)."""

    value: float | None
    unit: str
    text: str


def _where(text: str, name: Name) -> bool:
    """Whether a name says where: "LEEDS – …", "in the Suez Canal"."""
    return dateline_end(text, name.start) > name.start or _AT.search(text, 0, name.start) is not None


def figures(kind: Kind, asked: Collection[str], text: str) -> list[Figure]:
    """The figures of that kind, or the days, that `text` plainly gives; not those of the question."""
    said = parsed(text)
    if kind in ("clock", "date"):
        days = [(m, text[m.start : m.end]) for m in said.moments if m.start >= dateline_end(text)]
        return [
            Figure(m.first.toordinal() if m.first else None, kind, day) for m, day in days if not _known(asked, day)
        ]
    plain = [q for q in said.quantities if _fits(asked, kind, text, q, alone=False) >= PLAINLY]
    return [Figure(q.value, q.unit, text[q.start : q.end]) for q in plain]


def lacks(question: str, text: str, *, surely: bool = False) -> bool:
    """Whether `text` has nothing of the kind that the question asks for, in any of its parts.

    `surely` is for text that may put it otherwise than articles do: only where a time, a date or a figure is asked
    for and none at all is there, or the length where the width is asked for, or tonnes where people are counted or
    a height is asked for.
    """
    if yes_or_no(question):
        return False
    asked = content_stems(question)
    kinds = [kind_of(part.asks) for part in parts(question)]
    # A reason can be given without any word that says so.
    if any(kind in (None, "reason") or in_words(kind, text) for kind in kinds):
        return False
    said = parsed(text)
    if said.quantities and (
        (kinds == ["measure"] and _in_another_unit(question, said.quantities))
        or (kinds == ["measure"] and _of_another_dimension(asked, text, said.quantities))
        or (kinds == ["count"] and concepts(asked) & _PEOPLE and all(map(_amount, said.quantities)))
    ):
        return True
    if any(offers(kind, asked, text) > 0 or (kind == "person" and _acts(asked, text)) for kind in kinds):
        return False
    return not surely or (FIGURES.issuperset(kinds) and not said.quantities and not said.moments)


def _acts(asked: Collection[str], text: str) -> bool:
    """Whether a body or a group acts that the question does not name: "The state will pay"."""
    return any(stem(found["who"]) not in asked for found in _ACTOR.finditer(text))


def _counts_another(asked: Collection[str], quantity: Quantity) -> bool:
    """Whether it counts things where people are asked for, or people where a strength is: "2,818 buildings"."""
    if quantity.unit:
        return False
    wanted, counted = concepts(asked), concepts(quantity.counted[:1])
    things = not _THINGS.isdisjoint(quantity.counted[:1])
    return (bool(wanted & _PEOPLE) and things and not _THINGS & set(asked)) or (
        "magnitude" in wanted and (things or bool(counted & _PEOPLE))
    )


def _amount(quantity: Quantity) -> bool:
    """Whether it is of a stuff or a distance, and no number of people."""
    return quantity.unit not in ("", "%", "pp") or not _AMOUNTS.isdisjoint(quantity.counted[:1])


def _in_another_unit(question: str, given: Sequence[Quantity]) -> bool:
    """Whether all that is given is in units in which that does not come which is asked for: "31 tonnes tall".

    Money, shares and bare numbers may be meant by nearly any word: "How high was the ransom?", "How deep are the cuts?"
    """
    stems = frozenset(word.stem for word in words(question) if word.content and not word.name)
    units = measured_in(stems)
    if units is None or not _FALLEN.isdisjoint(stems):
        return False
    return all(
        one.unit in _PHYSICAL and one.unit not in units and _MORE_UNITS.isdisjoint(one.counted[:1]) for one in given
    )


def _of_another_dimension(asked: Collection[str], text: str, given: Sequence[Quantity]) -> bool:
    """Whether a text that gives lengths alone gives the length where the width is asked for."""
    wanted, said = (concepts(stems) & DIMENSIONS for stems in (asked, content_stems(text)))
    return bool(wanted and said and not wanted & said) and all(one.unit == "m" for one in given)


def in_words(kind: Kind | None, text: str) -> bool:
    """Whether `text` may give what a question of that kind asks for without a figure: "No one was hurt."."""
    return kind in FIGURES and _IN_WORDS.search(text) is not None


def _fits(asked: Collection[str], kind: Kind, text: str, quantity: Quantity, alone: bool) -> float:
    if quantity.weak and kind != "share":
        return 0.0
    if quantity.kind == "ordinal" or _known(asked, text[quantity.start : quantity.end]):
        return 0.0
    unit = quantity.unit
    if _counts_another(asked, quantity) or (kind in ("money", "share") and unit in _PHYSICAL):
        return 0.0
    around = {word.stem for word in words(text[max(0, quantity.start - 40) : quantity.end + 40])}.union(
        quantity.counted
    )
    near = 0.7 if around.isdisjoint(asked) else 1.0
    match kind:
        case "share":
            return near if unit in ("%", "pp") else 0.3 * near
        case "money":
            return near if unit in CURRENCIES or "lira" in quantity.counted else 0.3 * near
        case "duration":
            return near if unit in ("s", "m") else 0.2 * near
        case "measure":
            units, named = _measured(frozenset(asked))
            if not named.isdisjoint(around) or ("age" in named and APPOSED_AGE.match(text, quantity.start)):
                return 1.0 if unit in units else 0.2
            if _of_another_dimension(asked, text[quantity.start : quantity.end + BESIDE], [quantity]):
                return 0.3 * near
            return near if unit in units and (unit or not named) else 0.2 * near
        case _:
            befell, told = (concepts(stems) & _BEFELL for stems in (asked, content_stems(text) if alone else around))
            if befell and told and not befell & told:
                near *= 0.3  # "60 were killed", asked how many survived
            return near if not unit else 0.3 * near


@lru_cache(maxsize=256)
def _measured(asked: frozenset[str]) -> tuple[frozenset[str], frozenset[str]]:
    """In which units that comes which a question with the stems `asked` wants measured, and the stems that name it."""
    for measured, units, named in _MEASURED:
        if not asked.isdisjoint(content_stems(measured)):
            return units, frozenset(content_stems(named))
    return _UNITS, frozenset()


def measured_in(asked: frozenset[str]) -> frozenset[str] | None:
    """The units in which that comes which a question with the stems `asked` wants measured; None if any may."""
    units, _ = _measured(asked)
    return None if units is _UNITS else units


def _known(asked: Collection[str], text: str) -> bool:
    """Whether all the words of `text` are the question's own."""
    return all(word.stem in asked for word in words(text) if word.content)
