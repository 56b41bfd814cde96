"""The prompts, one Markdown file each; nothing else holds prompt text.

A prompt has a ``## system`` and a ``## user`` section. It may have ``## examples``: blocks of ``name: value``
lines, one for each variable of the user section, and a last line ``reply: …``. ``{name}`` is a variable, and
only the names of `VARIABLES` may be used. What goes into a variable is never read as a template again.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

# The one word with which a model says that the passages do not hold the answer.
NOT_FOUND = "NOT FOUND"

VARIABLES = frozenset(
    {"claim", "conversation", "date", "evidence", "not_found", "objection", "passages", "question", "text", "title"}
)

_PLACEHOLDER = re.compile(r"\{([A-Za-z_]+)\}")
_SECTION = re.compile(r"^## (system|examples|user)\s*$", re.MULTILINE)
_LINE = re.compile(r"([A-Za-z_]+): (.+)")


@dataclass(frozen=True, slots=True)
class Prompt:
    """The parts of a prompt: `system` and `examples`, turns of (user, reply), are fixed, so that their evaluation can
    be reused."""

    name: str
    system: str
    user: str
    examples: tuple[tuple[str, str], ...] = ()

    @property
    def variables(self) -> frozenset[str]:
        """Names that `messages` wants."""
        return frozenset(_PLACEHOLDER.findall(self.system + self.user))

    def messages(self, **values: str) -> list[dict[str, str]]:
        """Chat messages in OpenAI's form. Raises KeyError for a variable too many or too few."""
        if values.keys() != self.variables:
            raise KeyError(f"prompt {self.name!r} takes {sorted(self.variables)}, got {sorted(values)}")

        turns = [("system", _filled(self.system, values))]
        for asked, reply in self.examples:
            turns += [("user", asked), ("assistant", reply)]
        turns.append(("user", _filled(self.user, values)))
        return [{"role": role, "content": content} for role, content in turns]


def load(name: str) -> Prompt:
    """Read ``prompts/NAME.md``. Raises ValueError where its form or a variable is not as above."""
    text = resources.files(__name__).joinpath(f"{name}.md").read_text(encoding="utf-8")
    _, *pieces = _SECTION.split(text)
    sections = dict(zip(pieces[::2], (piece.strip() for piece in pieces[1::2]), strict=True))
    if sections.keys() - {"examples"} != {"system", "user"}:
        raise ValueError(
            f"prompts/{name}.md must have the sections '## system' and '## user', and may have '## examples'"
        )
    examples = tuple(_example(name, block, sections["user"]) for block in _blocks(sections.get("examples", "")))
    prompt = Prompt(name, sections["system"], sections["user"], examples)
    if unknown := prompt.variables - VARIABLES:
        raise ValueError(f"prompts/{name}.md uses unknown variables {sorted(unknown)}; known: {sorted(VARIABLES)}")
    return prompt


def _blocks(text: str) -> list[str]:
    return [block for block in re.split(r"\n\s*\n", text) if block.strip()]


def _example(name: str, block: str, user: str) -> tuple[str, str]:
    """The turn of an example: `user` filled in with its values, and the reply to it."""
    lines = [_LINE.fullmatch(line.strip()) for line in block.strip().splitlines()]
    values = {line[1]: line[2] for line in lines if line is not None}
    wanted = {*_PLACEHOLDER.findall(user), "reply"}
    if None in lines or values.keys() != wanted:
        raise ValueError(f"prompts/{name}.md: an example has a line for each of {sorted(wanted)}, not: {block!r}")
    return _filled(user, values), values["reply"]


def _filled(template: str, values: Mapping[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda match: values[match[1]], template)


def names() -> list[str]:
    """Names of all prompts."""
    return sorted(p.name.removesuffix(".md") for p in resources.files(__name__).iterdir() if p.name.endswith(".md"))
