"""From article to answer, with the real index and embedding model; the language model is scripted."""

import asyncio
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from scripted import ScriptedEndpoint

import rag
from index.errors import InputError, SearchIndexError
from rag.bot import Bot
from rag.llm.choose import Choice
from rag.llm.model import LanguageModel
from rag.query_engine import NewsQuery, query_engine
from rag.reading import MOST

pytestmark = pytest.mark.model

ARTICLES = {
    "flood": "The river Alva rose to 6.4 metres on Monday, its highest level since 1954. Mayor Ida Brandt ordered "
    "2,300 people in the lower town to leave their homes.\n\nTwo bridges were closed. The barrier at Kell held.",
    "vote": "The council of Alva voted 31 to 14 on Tuesday to raise the barrier at Kell by two metres. The work will "
    "cost 18 million euros and begin in spring, said Mayor Ida Brandt.",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in ARTICLES.items():
        (tmp_path / f"{name}.md").write_text(
            f"---\ntitle: The {name} in Alva\nsource: Alva Post\npublished: 2024-02-05\n---\n\n{text}\n"
        )
    return tmp_path


@pytest.fixture
def bot(folder: Path, endpoint: ScriptedEndpoint, minilm_folder: Path) -> Iterator[Bot]:
    with rag.open(llm="scripted", llm_base_url=endpoint.url, llm_timeout=2, judge="off") as bot:
        assert {result.outcome for result in bot.add(folder)} == {"added"}
        yield bot


def test_the_models_markers_become_exact_citations(bot: Bot, endpoint: ScriptedEndpoint) -> None:
    endpoint.texts = ["The river Alva rose to 6.4 metres [1], its highest level since 1954 [9][1]."]
    answer = bot.ask("How high did the river Alva rise?")
    assert answer.text == "The river Alva rose to 6.4 metres [1], its highest level since 1954 [1]."
    assert not answer.abstained
    (citation,) = answer.citations
    assert citation.quote == bot.article(citation.article_id).text[citation.start : citation.end]
    assert "6.4 metres" in citation.quote
    assert (citation.placed_by, citation.published) == ("model", "2024-02-05")
    assert [sentence.verdict for sentence in answer.sentences] == ["supported"]
    assert all(answer.text[s.start : s.end] == s.text for s in answer.sentences)
    assert "1 citation" in answer.notices[0]
    assert answer.invented == answer.to_json()["invented"] == 1
    assert answer.usage["prompt_tokens"] == 100


def test_a_sentence_without_a_marker_is_attributed(bot: Bot, endpoint: ScriptedEndpoint) -> None:
    endpoint.texts = ["The council voted 31 to 14 to raise the barrier at Kell."]
    answer = bot.ask("How did the council vote on the barrier?")
    (citation,) = answer.citations
    assert citation.placed_by == "engine"
    assert "31 to 14" in citation.quote
    assert answer.text.endswith("[1].")


def test_a_wrong_figure_is_not_supported(bot: Bot, endpoint: ScriptedEndpoint) -> None:
    endpoint.texts = ["The council of Alva voted 31 to 14 [1]. The work will cost 81 million euros [1]."]
    answer = bot.ask("What will the work on the barrier at Kell cost?")
    assert answer.sentences[1].verdict in ("contradicted", "not_found")
    places = [sentence.evidence for sentence in answer.sentences]
    closest = [place and bot.article(place.article_id).text[place.start : place.end] for place in places]
    assert closest == [ARTICLES["vote"].partition(". ")[0] + ".", ARTICLES["vote"].partition(". ")[2]]


def test_the_part_that_is_missing_is_named(bot: Bot, endpoint: ScriptedEndpoint) -> None:
    endpoint.texts = ["The river Alva rose to 6.4 metres [1]."]
    answer = bot.ask("How high did the river Alva rise, and how many boats sank?")
    assert answer.notices == ("No answer was found to “how many boats sank”.",)


def test_the_part_that_the_model_leaves_open_is_quoted(bot: Bot, endpoint: ScriptedEndpoint) -> None:
    endpoint.texts = ["The river Alva rose to 6.4 metres [1]."]
    events = list(bot.stream("How high did the river Alva rise, and what will the work on the barrier cost?"))
    finished = events[-1]
    assert isinstance(finished, rag.Finished)
    answer = finished.answer
    assert answer.notices == (
        "Left open was “what will the work on the barrier cost”: the sentence nearest to it is quoted at the end.",
    )
    assert answer.text == "".join(event.text for event in events if isinstance(event, rag.Delta))
    assert [sentence.verdict for sentence in answer.sentences] == ["supported", "supported"]
    added = answer.citations[-1]
    assert (added.number, added.placed_by) == (2, "engine")
    assert added.quote == bot.article(added.article_id).text[added.start : added.end]
    assert answer.text.endswith(f" {added.quote} [2]")
    assert answer.sentences[-1].text == answer.text[answer.sentences[-1].start : answer.sentences[-1].end]


def test_articles_of_the_days_asked_for_do_not_hide_the_one_that_answers(
    bot: Bot, endpoint: ScriptedEndpoint, tmp_path: Path
) -> None:
    other = tmp_path / "bread.md"
    other.write_text("---\ntitle: Bread\npublished: 2024-03-04\n---\n\nA bakery in Kell opens on Sundays.\n")
    bot.add(other)
    endpoint.texts = ["The council voted 31 to 14 to raise the barrier [1]."]
    answer = bot.ask("How did the council of Alva vote on the barrier at Kell yesterday?", as_of="2024-03-05")
    assert answer.notices[0] == "No article of those days answers (“yesterday”): all were searched."
    assert "31 to 14" in answer.citations[0].quote


def test_what_fails_every_check_becomes_an_abstention(bot: Bot, endpoint: ScriptedEndpoint) -> None:
    endpoint.texts = ["The barrier at Kell will cost 99 billion dollars, Angela Merkel said [1]."]
    answer = bot.ask("What will the barrier at Kell cost?")
    assert answer.abstained
    assert not answer.citations


def test_the_sentinel_is_an_abstention_and_never_shown(bot: Bot, endpoint: ScriptedEndpoint) -> None:
    endpoint.texts = ["NOT FOUND. From what I remember it was 12."]
    events = list(bot.stream("How many people in the lower town own a boat?"))
    assert not any(isinstance(event, rag.Delta) for event in events)
    finished = events[-1]
    assert isinstance(finished, rag.Finished)
    assert finished.answer.abstained
    assert "don’t say" in finished.answer.text


@pytest.mark.parametrize(
    ("status", "said"),
    [(401, "key was refused"), (404, "unknown there"), (429, "too many requests"), (500, "error 500")],
)
def test_a_failing_endpoint_is_one_line_and_the_passages(
    bot: Bot, endpoint: ScriptedEndpoint, status: int, said: str
) -> None:
    endpoint.status = status
    answer = bot.ask("How high did the river Alva rise?")
    assert answer.error is not None
    assert said in answer.error
    assert "\n" not in answer.error
    assert answer.passages


def test_a_cut_stream_keeps_what_was_said(bot: Bot, endpoint: ScriptedEndpoint) -> None:
    endpoint.texts, endpoint.cut = ["The river Alva rose to 6.4 metres [1]. Two bridges were closed [1]."], 12
    answer = bot.ask("How high did the river Alva rise?")
    assert answer.error is not None
    assert "broke off" in answer.error
    assert answer.text.startswith("The river Alva")


@pytest.mark.parametrize(
    "sent",
    [
        '{"id": tru',
        '{"id": "1", "choices": null}',
        '{"id": "1", "choices": [{"index": 0, "delta": null, "finish_reason": null}]}',
        "[1, 2]",
    ],
)
def test_a_stream_that_makes_no_sense_is_an_error_and_the_passages(
    bot: Bot, endpoint: ScriptedEndpoint, sent: str
) -> None:
    endpoint.raw = f"data: {sent}\n\n"
    answer = bot.ask("How high did the river Alva rise?")
    assert answer.error is not None
    assert answer.passages


def test_half_a_surrogate_pair_from_an_endpoint_is_no_text(bot: Bot, endpoint: ScriptedEndpoint) -> None:
    endpoint.texts, endpoint.chunk = ["The river Alva rose to 6.4 metres \ud83d [1]."], 100
    answer = bot.ask("How high did the river Alva rise?")
    assert answer.text == "The river Alva rose to 6.4 metres ? [1]."


def test_a_silent_endpoint_times_out(bot: Bot, endpoint: ScriptedEndpoint) -> None:
    endpoint.pause = 10
    answer = bot.ask("How high did the river Alva rise?")
    assert answer.error is not None
    assert "RAG_LLM_TIMEOUT" in answer.error


def test_nothing_listening(folder: Path, minilm_folder: Path) -> None:
    with rag.open(llm="scripted", llm_base_url="http://127.0.0.1:9/v1") as bot:
        bot.add(folder)
        answer = bot.ask("How high did the river Alva rise?")
        assert answer.error is not None
        assert "nothing answers" in answer.error
        assert answer.passages


def test_leaving_a_stream_hangs_up(bot: Bot, endpoint: ScriptedEndpoint) -> None:
    endpoint.texts, endpoint.pause = ["The river Alva rose. " * 200], 0.02
    for event in bot.stream("How high did the river Alva rise?"):
        if isinstance(event, rag.Delta):
            break
    assert endpoint.disconnected.wait(5)


async def test_asking_from_an_event_loop(bot: Bot, endpoint: ScriptedEndpoint) -> None:
    endpoint.texts = ["The river Alva rose to 6.4 metres [1]."]
    answers = await asyncio.gather(*(bot.aask("How high did the river Alva rise?") for _ in range(3)))
    assert {answer.text for answer in answers} == {"The river Alva rose to 6.4 metres [1]."}


def test_extractive_answers_are_quotations(folder: Path, minilm_folder: Path) -> None:
    with rag.open(llm="extractive") as bot:
        bot.add(folder)
        answer = bot.ask("How high did the river Alva rise?")
        assert answer.engine == "extractive"
        assert "6.4 metres" in answer.text
        assert all(sentence.verdict == "supported" for sentence in answer.sentences)
        assert bot.ask("Who won the football match?").abstained


@pytest.mark.parametrize(
    ("text", "notices"),
    [
        (f"Corrected on Tuesday.\n\n{ARTICLES['flood']}", ()),
        (
            "Corrected: the river Alva stayed low, and nobody had to leave the lower town, the mayor said.",
            ("“The flood in Alva” was changed or removed while this was answered: [1] quotes it as it was.",),
        ),
    ],
)
def test_an_article_that_changes_while_it_is_asked_is_quoted_as_it_was_read(
    folder: Path, minilm_folder: Path, text: str, notices: tuple[str, ...]
) -> None:
    with rag.open(llm="extractive") as bot:
        bot.add(folder)
        for event in bot.stream("How high did the river Alva rise?"):
            if isinstance(event, rag.Retrieved):
                file = folder / "flood.md"
                file.write_text(file.read_text().replace(ARTICLES["flood"], text))
                assert {entry.outcome for entry in bot.add(file)} == {"changed"}
        assert isinstance(event, rag.Finished)
        (citation,) = event.answer.citations
        assert citation.quote == ARTICLES["flood"].partition(" Mayor")[0]
        assert event.answer.notices == notices
        if not notices:
            assert citation.quote == bot.article(citation.article_id).text[citation.start : citation.end]


def test_of_an_article_that_changed_nothing_is_told_when_nothing_is_cited(
    bot: Bot, folder: Path, endpoint: ScriptedEndpoint
) -> None:
    endpoint.texts = ["The river Alva rose to 9.9 metres [1]."]
    for event in bot.stream("How high did the river Alva rise?"):
        if isinstance(event, rag.Retrieved):
            file = folder / "flood.md"
            file.write_text(file.read_text().replace(ARTICLES["flood"], "The river Alva stayed low, the mayor said."))
            bot.add(file)
    assert isinstance(event, rag.Finished)
    assert event.answer.abstained
    assert event.answer.notices == ()


def test_given_articles_are_not_kept(minilm_folder: Path) -> None:
    with rag.open(llm="extractive") as bot:
        answer = bot.ask("How high did the river Alva rise?", articles=[{"title": "Flood", "text": ARTICLES["flood"]}])
        assert "6.4 metres" in answer.text
        (citation, *_) = answer.citations
        assert citation.quote in ARTICLES["flood"]
        assert bot.articles() == []


@pytest.mark.parametrize(
    ("question", "arguments", "said"),
    [
        ("  ", {}, "the question is empty"),
        (None, {"articles": [{"text": "It rose."}]}, "the question is None; give it as text"),
        ("Why?", {"after": "yesterday-ish"}, "after is 'yesterday-ish'"),
        ("Why?", {"after": "2024-05-05", "before": "2024-01-01"}, "after is 2024-05-05 and before is 2024-01-01"),
        ("Why?", {"after": "2024-05-05", "before": "2024-05-05"}, "which leaves no day"),
        ("\x00", {}, "the question is empty"),
        ("Why?", {"as_of": "9999-12-31"}, "as_of is 9999-12-31; give a day from 1500 to 2200"),
        ("Why?", {"as_of": "0001-01-01"}, "as_of is 0001-01-01"),
        ("Why?", {"source": [1]}, "the source is 1; give it as text"),
        ("Why?", {"source": 5}, "source is 5; give a name, or a list of names"),
        ("Why?", {"k": 10**9}, "k is 1000000000; give the number of passages, from 1 to 200"),
        ("Why?", {"articles": ["It rose."]}, "articles[0] is 'It rose.' (str)"),
    ],
)
def test_bad_input_is_refused(question: str, arguments: dict[str, Any], said: str, minilm_folder: Path) -> None:
    with rag.open(llm="extractive") as bot, pytest.raises(InputError) as refused:
        bot.ask(question, **arguments)
    assert said in str(refused.value)


def test_an_index_that_is_gone_is_not_taken_for_articles_that_do_not_say(folder: Path, minilm_folder: Path) -> None:
    with rag.open(llm="extractive") as bot:
        bot.add(folder)
        current = bot.settings.home / "index" / "current"
    for lost in ("x", ""):
        current.write_text(lost)
        with rag.open(llm="extractive") as bot, pytest.raises(SearchIndexError, match="not indexed yet"):
            bot.ask("How high did the river Alva rise?")
    with rag.open(llm="extractive") as bot:
        bot.index.catch_up()
        assert not bot.ask("How high did the river Alva rise?").abstained


def test_a_search_is_refused_what_a_question_is(minilm_folder: Path) -> None:
    with rag.open(llm="extractive") as bot:
        with pytest.raises(InputError, match="the query is empty"):
            bot.search(" ")
        with pytest.raises(InputError, match="after is 2024-05-05 and before is 2024-05-05"):
            bot.search("flood", after="2024-05-05", before=date(2024, 5, 5))


def test_half_a_surrogate_pair_is_read_as_a_question_mark(minilm_folder: Path) -> None:
    with rag.open(llm="extractive") as bot:
        assert bot.check("It rose \ud800.", "It rose ?.").verdict == "supported"
        assert bot.search("river", source="\ud800") == []
        with pytest.raises(InputError, match="No article fits"):
            bot.article("\ud800")


def test_one_text_is_one_piece_of_evidence(minilm_folder: Path) -> None:
    sentence, text = "The river Alva rose to 6.4 metres.", ARTICLES["flood"]
    with rag.open(llm="extractive") as bot:
        assert bot.check(sentence, text) == bot.check(sentence, [text])
        assert bot.check(sentence, text).verdict == "supported"
        for claim, evidence, said in [
            (None, text, "the sentence is None"),
            (sentence, None, "the evidence is None"),
            (sentence, [text, 7], "the evidence[1] is 7; give it as text"),
        ]:
            with pytest.raises(InputError) as refused:
                bot.check(claim, evidence)  # type: ignore[arg-type]
            assert said in str(refused.value)


GOOD_AND_BAD = "The council of Alva voted 31 to 14 [1]. The work will cost 81 million euros [1]."


def test_failed_sentences_can_be_dropped(folder: Path, endpoint: ScriptedEndpoint, minilm_folder: Path) -> None:
    endpoint.texts = [GOOD_AND_BAD]
    with rag.open(llm="scripted", llm_base_url=endpoint.url, judge="off", on_unsupported="drop") as bot:
        bot.add(folder)
        answer = bot.ask("How did the council vote on the barrier at Kell?")
    assert answer.text == "The council of Alva voted 31 to 14 [1]."
    assert [answer.text[s.start : s.end] for s in answer.sentences] == [answer.text]


def test_a_failed_answer_can_be_written_again(folder: Path, endpoint: ScriptedEndpoint, minilm_folder: Path) -> None:
    endpoint.texts = [GOOD_AND_BAD, "The council of Alva voted 31 to 14 [1]. The work will cost 18 million euros [1]."]
    with rag.open(llm="scripted", llm_base_url=endpoint.url, judge="off", on_unsupported="retry") as bot:
        bot.add(folder)
        answer = bot.ask("How did the council vote on the barrier at Kell?")
    assert "81 million" in endpoint.requests[1]["messages"][1]["content"]
    assert "18 million" in answer.text
    assert {sentence.verdict for sentence in answer.sentences} == {"supported"}
    assert answer.usage["prompt_tokens"] == 200


def test_an_answer_of_which_every_sentence_is_dropped_is_an_abstention(
    folder: Path, endpoint: ScriptedEndpoint, minilm_folder: Path
) -> None:
    endpoint.texts = ["The barrier at Kell will cost 99 billion dollars, Angela Merkel said [1]."]
    endpoint.cut = 24  # what was written before a stream broke is checked, and has failed
    with rag.open(llm="scripted", llm_base_url=endpoint.url, judge="off", on_unsupported="drop") as bot:
        bot.add(folder)
        answer = bot.ask("What will the barrier at Kell cost?")
    assert answer.error is not None
    assert answer.abstained
    assert "not borne out" in answer.text
    assert (answer.sentences, answer.citations) == ((), ())


def test_a_second_silence_does_not_replace_what_is_supported(
    folder: Path, endpoint: ScriptedEndpoint, minilm_folder: Path
) -> None:
    endpoint.texts = [GOOD_AND_BAD, "NOT FOUND"]
    with rag.open(llm="scripted", llm_base_url=endpoint.url, judge="off", on_unsupported="retry") as bot:
        bot.add(folder)
        answer = bot.ask("How did the council vote on the barrier at Kell?")
    assert answer.text == GOOD_AND_BAD
    assert not answer.abstained
    assert answer.usage["prompt_tokens"] == 200


def test_a_second_silence_replaces_what_is_not_supported_at_all(
    folder: Path, endpoint: ScriptedEndpoint, minilm_folder: Path
) -> None:
    endpoint.texts = ["The barrier at Kell will cost 99 billion dollars, Angela Merkel said [1].", "NOT FOUND"]
    with rag.open(llm="scripted", llm_base_url=endpoint.url, judge="off", on_unsupported="retry") as bot:
        bot.add(folder)
        assert bot.ask("What will the barrier at Kell cost?").abstained


def test_markers_of_an_article_are_not_the_answers(minilm_folder: Path) -> None:
    text = "The barrier at Kell was built in 1931.[7] The `lower town was flooded in 1954 [1], Brandt said【1】."
    with rag.open(llm="extractive") as bot:
        for question, shown in (
            ("When was the barrier at Kell built?", "built in 1931.(7)"),
            ("When was the lower town flooded?", "The `lower town was flooded in 1954 (1), Brandt said(1)."),
        ):
            answer = bot.ask(question, articles=[{"title": "Flood", "text": text}])
            assert shown in answer.text
            assert answer.citations
            assert all(citation.quote in text for citation in answer.citations)
            assert {citation.placed_by for citation in answer.citations} == {"engine"}
            assert (answer.invented, answer.notices) == (0, ())
            assert [f"[{n}]" for s in answer.sentences for n in s.citations] == re.findall(r"\[\d+\]", answer.text)
            assert {(sentence.tier, sentence.verdict) for sentence in answer.sentences} == {("copy", "supported")}


def test_a_model_is_shown_no_markers_of_an_article(endpoint: ScriptedEndpoint, minilm_folder: Path) -> None:
    articles = [{"title": "Flood [1]", "text": "The flood in Oda killed 12 people [2], the mayor said."},
                {"title": "Houses", "text": "The flood in Oda destroyed 40 houses [1]."}]  # fmt: skip
    copied = "The flood in Oda killed 12 people (2), the mayor said [1]."
    endpoint.texts = [copied]
    with rag.open(llm="scripted", llm_base_url=endpoint.url, judge="off") as bot:
        answer = bot.ask("How many people did the flood in Oda kill?", articles=articles)
    prompt = endpoint.requests[0]["messages"][-1]["content"]
    assert re.findall(r"^\[\d\] .*$", prompt, re.MULTILINE) == ["[1] Flood (1)", "[2] Houses"]
    assert prompt.count("[") == 2
    assert answer.text == copied
    assert [(one.article_id, one.quote) for one in answer.citations] == [
        (answer.articles[0].article_id, articles[0]["text"])
    ]
    assert [(sentence.tier, sentence.verdict) for sentence in answer.sentences] == [("copy", "supported")]


def test_a_follow_up_is_understood(bot: Bot, endpoint: ScriptedEndpoint) -> None:
    endpoint.texts = [
        "The council of Alva voted 31 to 14 to raise the barrier at Kell [1].",
        "How much will the barrier at Kell cost?",
        "The work will cost 18 million euros [1].",
    ]
    conversation = rag.Conversation()
    bot.ask("How did the council vote on the barrier at Kell?", conversation=conversation)
    answer = bot.ask("And how much will it cost?", conversation=conversation)
    assert "barrier" in answer.standalone_question
    assert "18 million" in answer.text
    assert [turn.question for turn in conversation.turns][1] == "And how much will it cost?"


@pytest.fixture
def frank(folder: Path, endpoint: ScriptedEndpoint, minilm_folder: Path) -> Iterator[Bot]:
    """A bot whose model says how sure it is that an answer is stated, as the local one does."""
    with rag.open(judge="off") as bot:
        bot.choice = Choice(
            LanguageModel("frank", model="frank", address=lambda: endpoint.url, key="none", context=235, marks=False,
                          timeout=5, judges=True),
            "scripted",
        )  # fmt: skip
        bot.add(folder)
        yield bot


def test_a_silence_that_the_evidence_belies_is_answered_by_quotation(frank: Bot, endpoint: ScriptedEndpoint) -> None:
    endpoint.texts, endpoint.sure = ["NOT FOUND"], 0.9
    answer = frank.ask("How high did the river Alva rise on Monday?")
    assert not answer.abstained
    assert "6.4 metres" in answer.text
    assert {sentence.tier for sentence in answer.sentences} == {"copy"}
    assert answer.signs["stated"] > 2
    judged = endpoint.requests[0]["messages"][-1]["content"]
    assert "6.4 metres" in judged
    assert "How high did the river Alva rise on Monday?" in judged


def test_where_no_sentence_states_the_answer_there_is_silence_before_any_writing(
    frank: Bot, endpoint: ScriptedEndpoint
) -> None:
    endpoint.texts, endpoint.sure = ["There are 14 boats."], 0.02
    answer = frank.ask("How many boats are there in the lower town of Alva?")
    assert answer.abstained
    assert answer.confidence is not None
    assert answer.confidence < 0.3
    assert len(endpoint.requests) == MOST
    assert not [request for request in endpoint.requests if request.get("stream")]


def test_where_no_article_of_the_days_asked_for_states_the_answer_all_are_read(
    frank: Bot, endpoint: ScriptedEndpoint, tmp_path: Path
) -> None:
    later = tmp_path / "later.md"
    later.write_text("---\ntitle: Kell\npublished: 2024-03-04\n---\n\nThe river Alva fell at Kell on Monday.\n")
    frank.add(later)
    endpoint.texts, endpoint.sure, endpoint.surer = ["NOT FOUND"], 0.02, {"6.4 metres": 0.9}
    answer = frank.ask("How high did the river Alva rise at Kell yesterday?", as_of="2024-03-05")
    assert "6.4 metres" in answer.text
    assert answer.notices[0] == "No article of those days answers (“yesterday”): all were searched."


def test_a_small_model_that_is_no_judge_writes_only_where_sentences_would_be_quoted(
    frank: Bot, endpoint: ScriptedEndpoint
) -> None:
    assert frank.choice.model is not None
    frank.choice.model.judges = False
    endpoint.texts = ["NOT FOUND"]
    answer = frank.ask("How high did the river Alva rise on Monday?")
    assert "6.4 metres" in answer.text
    assert "stated" not in answer.signs
    asked = len(endpoint.requests)
    assert frank.ask("How many boats did the queen of Lund sell?").abstained
    assert len(endpoint.requests) == asked


def test_an_answer_of_which_nothing_is_borne_out_is_replaced_by_a_quotation(
    frank: Bot, endpoint: ScriptedEndpoint
) -> None:
    endpoint.texts, endpoint.sure = ["The river Alva rose to 9.9 metres on Monday."], 0.9
    answer = frank.ask("How high did the river Alva rise on Monday?")
    assert "9.9" not in answer.text
    assert "6.4 metres" in answer.text
    assert "quoted from them instead" in " ".join(answer.notices)
    assert [citation.number for citation in answer.citations] == list(range(1, len(answer.citations) + 1))


def test_metres_where_people_are_counted_are_replaced_by_a_quotation(frank: Bot, endpoint: ScriptedEndpoint) -> None:
    endpoint.texts, endpoint.sure = ["6.4 metres."], 0.9
    answer = frank.ask("How many people had to leave their homes in Alva?")
    assert "2,300 people" in answer.text
    assert "6.4 metres." not in answer.text
    assert "quoted from them instead" in " ".join(answer.notices)


def test_a_quotation_without_the_figure_that_is_asked_for_is_silence(frank: Bot, endpoint: ScriptedEndpoint) -> None:
    endpoint.texts, endpoint.sure = ["NOT FOUND", "Angela Merkel owns 14 boats in Alva."], 0.9
    for _ in endpoint.texts:
        answer = frank.ask("At what time did the council of Alva vote?")
        assert answer.abstained
        assert not answer.notices


def test_of_two_things_compared_both_figures_are_quoted_and_no_model_guesses(
    frank: Bot, endpoint: ScriptedEndpoint, tmp_path: Path
) -> None:
    for ship, length in (("Aurora", "210 metres"), ("Boreas", "984 feet")):
        text = f"The ship {ship}, which is {length} long, came into port on Monday."
        (tmp_path / f"{ship}.md").write_text(f"# {ship} in port\n\n{text}\n", encoding="utf-8")
        frank.add(tmp_path / f"{ship}.md")
    endpoint.texts, endpoint.sure = ["The Aurora is longer."], 0.9
    answer = frank.ask("Which ship is longer, the Aurora or the Boreas?")
    assert {citation.title for citation in answer.citations} == {"Aurora in port", "Boreas in port"}
    assert "By these figures it is the Boreas: 984 feet [" in answer.text
    assert {sentence.verdict for sentence in answer.sentences} == {"supported"}
    assert "is longer" not in answer.text


def test_a_superseded_figure_is_replaced_by_a_quotation_of_the_newest(
    frank: Bot, endpoint: ScriptedEndpoint, tmp_path: Path
) -> None:
    for day, said in (("2023-03-06", "killed at least 36 people in Valmora"), ("2023-03-10", "in Valmora killed 115")):
        (tmp_path / f"{day}.md").write_text(
            f"---\ntitle: Storm\ndate: {day}\n---\nThe storm {said}, the mayor said.\n", encoding="utf-8"
        )
        frank.add(tmp_path / f"{day}.md")
    endpoint.texts = ["The storm killed at least 36 people."]
    answer = frank.ask("How many people did the storm in Valmora kill?")
    assert answer.sentences[0].text.startswith("The storm in Valmora killed 115")
    assert "36 (" in answer.text
    assert "superseded" in answer.text
    assert any("older figure" in notice for notice in answer.notices)


async def test_the_llamaindex_engine_takes_a_string(bot: Bot, endpoint: ScriptedEndpoint) -> None:
    model = bot.choice.model
    assert model is not None
    engine = query_engine(bot.index, model, bot.embedder)
    for question in ("How high did the river Alva rise?", NewsQuery("How high did the river Alva rise?")):
        endpoint.texts = ["The river rose to 6.4 metres [1]."]
        response = await engine.aquery(question)
        assert "6.4 metres" in str(await response.get_response() if hasattr(response, "get_response") else response)
        assert any("6.4 metres" in node.text for node in response.source_nodes)
