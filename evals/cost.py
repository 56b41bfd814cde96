"""What a run may cost: an estimate before anything is spent, and a ceiling that holds while it runs."""

import ipaddress
from collections.abc import Callable, Mapping, Sequence
from threading import Lock
from urllib.parse import urlsplit

from evals.config import EndpointConfig, EngineConfig, JudgeConfig, LlamaIndexConfig, SystemConfig
from evals.config import Price as PriceConfig
from evals.datasets import Question
from evals.errors import TooExpensive
from evals.metrics.latency import Price
from evals.systems import System

# Tokens of one answer, about, where a system does not say: instructions and passages in, an answer out.
PROMPT, COMPLETION = 3500, 300
# Of one call to a judge, and calls for one answer: its sentences together, and each with its citations alone.
JUDGEMENT, CALLS = (1500, 250), 3


class Budget:
    """The estimate and the spending of one run, in the currency of the prices. What earlier, stopped parts of the run
    have spent counts too. Threads may share one."""

    def __init__(self, ceiling: float | None) -> None:
        self.ceiling = ceiling
        self.estimate = 0.0
        self.spent = 0.0
        self.unpriced: list[str] = []
        self._lock = Lock()

    def price(self, config: SystemConfig) -> Price | None:
        """What a system's tokens cost, if its configuration says."""
        return _price(getattr(config, "price", None))

    def plan(self, config: SystemConfig, system: System, questions: Sequence[Question]) -> None:
        """Count these questions, which are still to be asked, into the estimate."""
        if self.price(config) is None:
            if questions and elsewhere(config):
                self.unpriced.append(config.name)
            return
        self.estimate += sum(self._cost(config, system, question, {}) for question in questions)

    def plan_judge(self, config: JudgeConfig, answers: int) -> None:
        """Count the judging of so many answers into the estimate."""
        if config.type != "endpoint" or not answers:
            return
        if config.price is None and not on_this_machine(config.base_url):
            self.unpriced.append(f"the judge {config.model}")
        self.estimate += answers * _judging(config)

    def spend_on_judge(self, config: JudgeConfig, answers: int) -> None:
        """Count so many answers that an earlier part of the run judged, by the estimate: their tokens are not kept."""
        if config.type == "endpoint":
            self._add(answers * _judging(config))

    def judged(self, config: JudgeConfig) -> Callable[[int, int], None]:
        """What counts a judge's tokens."""
        price = _price(config.price)
        return lambda prompt, completion: self._add(0.0 if price is None else price.cost(prompt, completion))

    def check(self) -> None:
        """Raise TooExpensive unless all that may cost has a price, and what is spent and the estimate of the rest are
        together below the ceiling."""
        if self.unpriced:
            raise TooExpensive(
                f"{', '.join(self.unpriced)} is at an address that may charge: give its price for a million tokens "
                "(price: {prompt: 0.4, completion: 1.6}; zeros if it is free)"
            )
        if self.estimate == 0:
            return
        before = f"{self.spent:.2f} is spent, and the rest of the run" if self.spent else "the run"
        if self.ceiling is None:
            raise TooExpensive(f"{before} would cost about {self.estimate:.2f}: set max_cost to allow it")
        if self.spent + self.estimate > self.ceiling:
            raise TooExpensive(
                f"{before} would cost about {self.estimate:.2f}, more than max_cost {self.ceiling:g}: "
                "take fewer questions (limit), or raise max_cost"
            )

    def spend(self, config: SystemConfig, system: System, question: Question, usage: Mapping[str, int]) -> None:
        """Count the tokens of one answer, or the estimate of them where the reply did not give any."""
        self._add(self._cost(config, system, question, usage))

    def _cost(self, config: SystemConfig, system: System, question: Question, usage: Mapping[str, int]) -> float:
        price = self.price(config)
        if price is None:
            return 0.0
        if "prompt_tokens" in usage:
            return price.cost(int(usage["prompt_tokens"]), int(usage.get("completion_tokens", 0)))
        return price.cost(*getattr(system, "tokens", lambda _question: (PROMPT, COMPLETION))(question))

    def _add(self, cost: float) -> None:
        with self._lock:
            self.spent += cost

    def check_spent(self) -> None:
        """Raise TooExpensive when the ceiling is reached: the estimate was too low."""
        if self.ceiling is not None and self.spent > 0 and self.spent >= self.ceiling:
            raise TooExpensive(
                f"{self.spent:.2f} is spent, max_cost is {self.ceiling:g}: stopped; what was answered is kept, and a "
                "run with a higher max_cost goes on from here"
            )


def _price(given: PriceConfig | None) -> Price | None:
    return None if given is None else Price(given.prompt, given.completion)


def _judging(config: JudgeConfig) -> float:
    """What judging one answer costs, about."""
    price = _price(config.price)
    return 0.0 if price is None else CALLS * price.cost(*JUDGEMENT)


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
