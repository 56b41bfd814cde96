"""What comes of reading one entry of a source when it is not an article."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Failure:
    """An entry that could not be read: where, and why in one line for people.

    `status` is the HTTP status where one was received (404 and 410 tell a page that is gone
    from one that is not reachable today); `transient` says that trying again later may help.
    """

    address: str
    reason: str
    status: int | None = None
    transient: bool = False
