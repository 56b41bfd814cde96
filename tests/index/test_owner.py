"""One owner at a time, and no lock outlives its process."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from index.errors import IndexInUse, SearchIndexError
from index.owner import Owner

HOLD = """
import sys, time
from pathlib import Path
from index.owner import Owner
owner = Owner(Path(sys.argv[1]))
print(owner.try_acquire(), flush=True)
time.sleep(60)
"""


def test_one_owner_at_a_time(tmp_path: Path) -> None:
    first, second = Owner(tmp_path), Owner(tmp_path)
    assert first.holder() is None
    assert first.try_acquire()
    assert first.try_acquire()
    assert not second.try_acquire()
    holder = second.holder()
    assert holder is not None
    with pytest.raises(IndexInUse, match=rf"belong to process {holder.pid} on {holder.host}"):
        second.acquire()
    first.release()
    assert second.holder() is None
    with second:
        assert second.owned
        assert not first.try_acquire()
    assert not second.owned


def test_a_killed_owner_is_followed_at_once(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "True\n"
        owner = Owner(tmp_path)
        assert not owner.try_acquire()
        holder = owner.holder()
        assert holder is not None
        assert holder.pid == process.pid
        process.kill()
        process.wait()
        assert owner.holder() is None
        assert owner.try_acquire()
        owner.release()


def test_an_owner_whose_note_cannot_be_written_lets_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, text: str) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    owner = Owner(tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr("index.owner.write_atomically", full)
        with pytest.raises(SearchIndexError, match=r"cannot be written: No space left.*free some space"):
            owner.acquire()
    assert not owner.owned
    with Owner(tmp_path) as other:
        assert other.owned
    assert owner.try_acquire()
    owner.release()


def test_a_damaged_note_names_nobody(tmp_path: Path) -> None:
    owner = Owner(tmp_path)
    (tmp_path / "owner.json").write_text('{"pid": "x"')
    assert owner.holder() is None
    assert owner.try_acquire()
    owner.release()
