"""Every prompt can be read, uses only known variables, and shares its sentinel with the code."""

import pytest

import prompts


@pytest.mark.parametrize("name", prompts.names())
def test_a_prompt_is_in_its_form(name: str) -> None:
    prompt = prompts.load(name)
    assert prompt.variables <= prompts.VARIABLES
    messages = prompt.messages(**dict.fromkeys(prompt.variables, "{question} {evil}"))
    assert [message["role"] for message in messages] == ["system", "user"]
    # What goes in is not read as a template again.
    assert ("{evil}" in messages[0]["content"] + messages[1]["content"]) == bool(prompt.variables)


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


def test_asking_again_carries_the_conversation_on() -> None:
    prompt = prompts.load("answer_plain")
    asked = prompt.messages(**dict.fromkeys(prompt.variables, "x"))
    again = prompt.asked_again(asked, "It rose.")
    assert again[:2] == asked
    assert [message["role"] for message in again[2:]] == ["assistant", "user"]
    assert again[2]["content"] == "It rose."
    assert again[3]["content"] == prompt.again != ""
