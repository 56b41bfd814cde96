"""The command line in a test: how it is called, and how it ends."""

from collections.abc import Callable
from typing import NamedTuple


class Ended(NamedTuple):
    """A command that has ended: its status, and what it wrote."""

    status: int
    out: str
    err: str


Run = Callable[..., Ended]
