"""Conversations are kept in order, with what was said of them."""

import pytest

from index.conversations import Conversations
from index.errors import InputError
from index.library import Library


def test_a_conversation_is_kept(any_library: Library) -> None:
    kept = Conversations(any_library.database)
    talk = kept.create("Flood")
    kept.append(talk.conversation_id, "user", "Where?")
    answer = kept.append(talk.conversation_id, "assistant", "In Elmsford [1].", {"citations": [{"number": 1}]})
    assert [(m.position, m.role) for m in kept.messages(talk.conversation_id)] == [(0, "user"), (1, "assistant")]
    assert kept.messages(talk.conversation_id)[1] == answer
    other = kept.create()
    kept.rename(other.conversation_id, "Bread")
    assert [c.title for c in kept.latest()] == ["Bread", "Flood"]
    given = kept.rate(answer.message_id, -1, "Wrong place.")
    assert kept.feedback() == [given]
    assert kept.delete(talk.conversation_id)
    assert kept.feedback() == []
    assert kept.messages(talk.conversation_id) == []


def test_what_is_not_there_is_said(any_library: Library) -> None:
    kept = Conversations(any_library.database)
    with pytest.raises(InputError, match="no conversation 'x'"):
        kept.append("x", "user", "Hello")
    with pytest.raises(InputError, match="no message 'y'"):
        kept.rate("y", 1)
