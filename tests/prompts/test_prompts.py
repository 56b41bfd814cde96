"""Every prompt can be read, uses only known variables, and shares its sentinel with the code."""

from pathlib import Path

import pytest

import prompts


@pytest.mark.parametrize("name", prompts.names())
def test_a_prompt_is_in_its_form(name: str) -> None:
    prompt = prompts.load(name)
    assert prompt.variables <= prompts.VARIABLES
    messages = prompt.messages(**dict.fromkeys(prompt.variables, "{question} {evil}"))
    turns = ["user", "assistant"] * len(prompt.examples)
    assert [message["role"] for message in messages] == ["system", *turns, "user"]
    # What goes in is not read as a template again.
    assert ("{evil}" in messages[0]["content"] + messages[-1]["content"]) == bool(prompt.variables)


@pytest.mark.parametrize("name", [name for name in prompts.names() if name.startswith("answer")])
def test_the_instructions_of_an_answer_never_change(name: str) -> None:
    """What is fixed comes first, so that a local model evaluates it once; only the sentinel is filled in."""
    prompt = prompts.load(name)
    system = prompts.Prompt(name, prompt.system, "")
    assert system.variables <= {"not_found"}
    if system.variables:
        assert prompts.NOT_FOUND in system.messages(not_found=prompts.NOT_FOUND)[0]["content"]


def test_too_many_and_too_few_variables_are_refused() -> None:
    prompt = prompts.Prompt("test", "Be brief.", "{question}")
    with pytest.raises(KeyError, match="takes"):
        prompt.messages()
    with pytest.raises(KeyError, match="takes"):
        prompt.messages(question="Why?", date="today")


def test_examples_are_turns_before_the_question() -> None:
    prompt = prompts.load("states_answer")
    values = {"evidence": "Storm: It rained.", "question": "Did it rain?"}
    first, *_, asked, reply, last = prompt.messages(**values)
    assert first["content"] == prompt.system
    assert (asked["content"], reply["content"]) == prompt.examples[-1]
    assert last["content"].startswith("Text: Storm: It rained.\nQuestion: Did it rain?\n")
    assert {given for _, given in prompt.examples} == {"yes", "no"}
    # Every answer is there to a question nearly the same: the words of a question alone decide nothing.
    assert sum(given == "yes" for _, given in prompt.examples) * 2 == len(prompt.examples)


@pytest.mark.parametrize("block", ["evidence: It rained.\nreply: no", "evidence: a\nquestion: b\nreply: c\nwhy", "-"])
def test_an_example_that_is_not_whole_is_refused(block: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    text = f"## system\nx\n\n## examples\n{block}\n\n## user\n{{evidence}} {{question}}\n"
    (tmp_path / "bad.md").write_text(text, encoding="utf-8")
    monkeypatch.setattr(prompts.resources, "files", lambda _name: tmp_path)
    with pytest.raises(ValueError, match=r"bad\.md: an example has a line for each of"):
        prompts.load("bad")
