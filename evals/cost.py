"""What a run may cost: an estimate before anything is spent, and a ceiling that holds while it runs."""

import ipaddress
from collections.abc import Callable, Mapping, Sequence
from urllib.parse import urlsplit

from evals.config import EndpointConfig, EngineConfig, JudgeConfig, LlamaIndexConfig, SystemConfig
from evals.datasets import Question
from evals.errors import TooExpensive
from evals.metrics.latency import Price
from evals.systems import System

# Tokens of one answer, about, where a system does not say: instructions and passages in, an answer out.
PROMPT, COMPLETION = 3500, 300
# Of one call to a judge, and calls for one answer: its sentences together, and each with its citations alone.
JUDGEMENT, CALLS = (1500, 250), 3


class Budget:
    """The estimate and the spending of one run, in the currency of the prices."""

    def __init__(self, ceiling: float | None) -> None:
        self.ceiling = ceiling
        self.estimate = 0.0
        self.spent = 0.0
        self.unpriced: list[str] = []

    def price(self, config: SystemConfig) -> Price | None:
        """What a system's tokens cost, if its configuration says."""
        given = getattr(config, "price", None)
        return None if given is None else Price(given.prompt, given.completion)

    def plan(self, config: SystemConfig, system: System, questions: Sequence[Question]) -> None:
        """Count these questions into the estimate."""
        price = self.price(config)
        if price is None:
            if questions and elsewhere(config):
                self.unpriced.append(config.name)
            return
        tokens = getattr(system, "tokens", lambda _question: (PROMPT, COMPLETION))
        self.estimate += sum(price.cost(*tokens(question)) for question in questions)

    def plan_judge(self, config: JudgeConfig, answers: int) -> None:
        """Count the judging of so many answers into the estimate."""
        if config.type != "endpoint" or not answers:
            return
        if config.price is not None:
            price = Price(config.price.prompt, config.price.completion)
            self.estimate += answers * CALLS * price.cost(*JUDGEMENT)
        elif not on_this_machine(config.base_url):
            self.unpriced.append(f"the judge {config.model}")

    def judged(self, config: JudgeConfig) -> Callable[[int, int], None]:
        """What counts a judge's tokens."""
        given = config.price

        def spent(prompt: int, completion: int) -> None:
            if given is not None:
                self.spent += Price(given.prompt, given.completion).cost(prompt, completion)

        return spent

    def check(self) -> None:
        """Raise TooExpensive unless all that may cost has a price, and the estimate is below the ceiling."""
        if self.unpriced:
            raise TooExpensive(
                f"{', '.join(self.unpriced)} is at an address that may charge: give its price for a million tokens "
                "(price: {prompt: 0.4, completion: 1.6}; zeros if it is free)"
            )
        if self.estimate == 0:
            return
        if self.ceiling is None:
            raise TooExpensive(f"the run would cost about {self.estimate:.2f}: set max_cost to allow it")
        if self.estimate > self.ceiling:
            raise TooExpensive(
                f"the run would cost about {self.estimate:.2f}, more than max_cost {self.ceiling:g}: "
                "take fewer questions (limit), or raise max_cost"
            )

    def spend(self, price: Price | None, usage: Mapping[str, int]) -> None:
        """Count one answer's tokens."""
        if price is not None:
            self.spent += price.cost(int(usage.get("prompt_tokens", 0)), int(usage.get("completion_tokens", 0)))

    def check_spent(self) -> None:
        """Raise TooExpensive when the ceiling is reached: the estimate was too low."""
        if self.ceiling is not None and self.spent > 0 and self.spent >= self.ceiling:
            raise TooExpensive(
                f"{self.spent:.2f} is spent, max_cost is {self.ceiling:g}: stopped; what was answered is kept, and a "
                "run with a higher max_cost goes on from here"
            )


def elsewhere(config: SystemConfig) -> bool:
    """Whether a system's model is on another machine, which may charge for it."""
    match config:
        case EndpointConfig():
            return not on_this_machine(config.base_url)
        case LlamaIndexConfig():
            return config.base_url is not None and not on_this_machine(config.base_url)
        case EngineConfig():
            from rag.settings import load

            settings = load(**config.settings)
            remote = settings.llm_base_url is not None or settings.llm_api_key is not None
            here = settings.llm in ("local", "extractive") or on_this_machine(settings.llm_base_url)
            return remote and not here
        case _:
            return False


def on_this_machine(url: str | None) -> bool:
    """Whether an address is a loopback or private one; None is OpenAI's, which is neither."""
    host = urlsplit(url or "").hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return False
