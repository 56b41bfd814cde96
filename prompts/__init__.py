"""The prompts, one Markdown file each; nothing else holds prompt text.

A prompt has a ``## system`` and a ``## user`` section, and may have an ``## again`` section, what the
model is asked when it has answered; ``{name}`` is a variable, and only the names of `VARIABLES` may be
used. What goes into a variable is never read as a template again.
"""

import re
from dataclasses import dataclass
from importlib import resources

# The one word with which a model says that the passages do not hold the answer.
NOT_FOUND = "NOT FOUND"

VARIABLES = frozenset(
    {"claim", "conversation", "date", "evidence", "not_found", "objection", "passages", "question", "text", "title"}
)

_PLACEHOLDER = re.compile(r"\{([A-Za-z_]+)\}")
_SECTION = re.compile(r"^## (system|user|again)\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Prompt:
    """The parts of a prompt: `system` is fixed, so that its evaluation can be reused; `again` is for afterwards."""

    name: str
    system: str
    user: str
    again: str = ""

    @property
    def variables(self) -> frozenset[str]:
        """Names that `messages` wants."""
        return frozenset(_PLACEHOLDER.findall(self.system + self.user))

    def messages(self, **values: str) -> list[dict[str, str]]:
        """Chat messages in OpenAI's form. Raises KeyError for a variable too many or too few."""
        if values.keys() != self.variables:
            raise KeyError(f"prompt {self.name!r} takes {sorted(self.variables)}, got {sorted(values)}")

        def fill(template: str) -> str:
            return _PLACEHOLDER.sub(lambda match: values[match[1]], template)

        return [{"role": "system", "content": fill(self.system)}, {"role": "user", "content": fill(self.user)}]

    def asked_again(self, messages: list[dict[str, str]], answer: str) -> list[dict[str, str]]:
        """`messages` carried on: the answer to them, and what is asked then. Only the end must be read anew."""
        return [*messages, {"role": "assistant", "content": answer}, {"role": "user", "content": self.again}]


def load(name: str) -> Prompt:
    """Read ``prompts/NAME.md``. Raises ValueError where its form or a variable is not as above."""
    text = resources.files(__name__).joinpath(f"{name}.md").read_text(encoding="utf-8")
    _, *pieces = _SECTION.split(text)
    sections = dict(zip(pieces[::2], (piece.strip() for piece in pieces[1::2]), strict=True))
    if sections.keys() - {"again"} != {"system", "user"}:
        raise ValueError(f"prompts/{name}.md must have the sections '## system' and '## user', and may have '## again'")
    prompt = Prompt(name, sections["system"], sections["user"], sections.get("again", ""))
    if unknown := prompt.variables - VARIABLES:
        raise ValueError(f"prompts/{name}.md uses unknown variables {sorted(unknown)}; known: {sorted(VARIABLES)}")
    return prompt


def names() -> list[str]:
    """Names of all prompts."""
    return sorted(p.name.removesuffix(".md") for p in resources.files(__name__).iterdir() if p.name.endswith(".md"))
