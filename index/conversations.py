"""Conversations and feedback, kept in the library's database. What they mean is the caller's matter."""

import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from index.database import Database
from index.errors import InputError
from index.schema import conversations, feedback, messages


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """A conversation's name and times (epoch seconds)."""

    conversation_id: str
    title: str
    created: float
    updated: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message; `data` is JSON that the caller wants back."""

    message_id: str
    conversation_id: str
    position: int
    role: str
    text: str
    data: Mapping[str, Any]
    created: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """What a reader thought of a message: `rating` is 1 (good) or -1 (bad)."""

    feedback_id: str
    message_id: str
    rating: int
    comment: str
    created: float


class Conversations:
    """``Conversations(library.database)``; every method is a transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, title: str = "") -> Conversation:
        now = time.time()
        made = Conversation(conversation_id=uuid.uuid4().hex, title=title, created=now, updated=now)
        with self._database.write() as connection:
            values = {name: getattr(made, name) for name in Conversation.__slots__}
            connection.execute(sa.insert(conversations).values(**values))
        return made

    def append(self, conversation_id: str, role: str, text: str, data: Mapping[str, Any] | None = None) -> Message:
        """Add a message at the end. Raises InputError for an unknown conversation."""
        here = conversations.c.conversation_id == conversation_id
        now = time.time()
        with self._database.write() as connection:
            # The update comes first: it makes two writers queue for the next position.
            if connection.execute(sa.update(conversations).where(here).values(updated=now)).rowcount == 0:
                raise InputError(f"There is no conversation {conversation_id!r}.")
            last = sa.select(sa.func.max(messages.c.position)).where(messages.c.conversation_id == conversation_id)
            position = connection.execute(last).scalar_one()
            message = Message(
                message_id=uuid.uuid4().hex,
                conversation_id=conversation_id,
                position=0 if position is None else position + 1,
                role=role,
                text=text,
                data=dict(data or {}),
                created=now,
            )
            values = {name: getattr(message, name) for name in Message.__slots__}
            connection.execute(sa.insert(messages).values(**values))
        return message

    def rename(self, conversation_id: str, title: str) -> None:
        with self._database.write() as connection:
            here = conversations.c.conversation_id == conversation_id
            connection.execute(sa.update(conversations).where(here).values(title=title))

    def messages(self, conversation_id: str) -> list[Message]:
        """All messages, in order."""
        query = sa.select(messages).where(messages.c.conversation_id == conversation_id).order_by(messages.c.position)
        with self._database.read() as connection:
            return [Message(**row._mapping) for row in connection.execute(query)]

    def latest(self, limit: int = 100) -> list[Conversation]:
        """The conversations, the latest first."""
        query = sa.select(conversations).order_by(conversations.c.updated.desc(), conversations.c.conversation_id)
        with self._database.read() as connection:
            return [Conversation(**row._mapping) for row in connection.execute(query.limit(limit))]

    def delete(self, conversation_id: str) -> bool:
        """Delete a conversation with its messages and their feedback; whether it was there."""
        here = conversations.c.conversation_id == conversation_id
        with self._database.write() as connection:
            return connection.execute(sa.delete(conversations).where(here)).rowcount > 0

    def rate(self, message_id: str, rating: int, comment: str = "") -> Feedback:
        """Keep feedback on a message. Raises InputError for an unknown message."""
        given = Feedback(
            feedback_id=uuid.uuid4().hex, message_id=message_id, rating=rating, comment=comment, created=time.time()
        )
        with self._database.write() as connection:
            known = sa.select(messages.c.message_id).where(messages.c.message_id == message_id)
            if connection.execute(known).one_or_none() is None:
                raise InputError(f"There is no message {message_id!r}.")
            values = {name: getattr(given, name) for name in Feedback.__slots__}
            connection.execute(sa.insert(feedback).values(**values))
        return given

    def feedback(self) -> list[Feedback]:
        """All feedback, oldest first."""
        query = sa.select(feedback).order_by(feedback.c.created, feedback.c.feedback_id)
        with self._database.read() as connection:
            return [Feedback(**row._mapping) for row in connection.execute(query)]
