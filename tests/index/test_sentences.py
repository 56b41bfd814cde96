"""Sentences are cut where a reader would cut them, and nothing but white space is lost.

A case is the sentences of a text; ``|`` stands where one ends and the next begins.
"""

import time

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from index.sentences import MAX_SENTENCE, sentence_spans

ENGLISH = [
    "Mr. Smith left the U.S. in Jan. 2023.| He came back with Dr. Jones.",
    "Gen. Ann Lee spoke at 5 p.m. Tuesday.| It rained.",
    "The doors opened at 10:30 a.m. ET.| Police came at once.",
    "She left at 3 p.m.| They stayed.",
    "It landed at 6:04 p.m. Indian time (12:34 p.m. GMT).| It worked.",
    "It fell at 7:19 p.m. April 15, 2019.| It ended at 5 p.m.| May said so.| He fell at 5 p.m.| This time he was seen.",
    "He lives in Washington, D.C.| The city is big.",
    "The author J.D. Hollis won.| So did P.D.Q. Marsh.",
    "The fund rose 2.5% in Q1 vs. 1.3% a year ago.| Acme Inc. said so.",
    "It cost $3.5 million, i.e. too much.| Was it worth it?| No!",
    "No. 5 is alive.| See Fig. 3 and p. 24.",
    "“Is it true?” he asked.| “Yes,” she said.| “It is.”| He nodded.",
    '"Is it true?" he asked.| "Yes," she said.| "It is."| He nodded.',
    "The mayor had left, the clerk said.| “He was tired.”| Nobody minded.",
    "“We came. We saw,” she said.| Then they left.",
    "The plan failed, he said.| (The ministry denies it.)| Talks go on.",
    "The polls put him behind.| (One survey has him further behind by twelve points.)| Half of the voters are unsure.",
    "He paused…| Then he left.",
    "Wait... what is this?| It is nothing.",
    "1. First item.| 2. Second item.",
    "3. Oakham\n\n|The river rose.",
    "Martin Lund Jr. spoke first.| Lt. Col. Bea Wu spoke last.",
    "The U.N. said so.| The E.U. did not.",
    "Visit www.example.com for more.| Then go.",
    "A heading\n\n|A paragraph.| With two sentences.\n\n|Another.",
    "Rates stay at 4.25 percent.| Markets fell 1.2 percent.",
    "The St. Leonard's bridge fell at 4 a.m. on Friday.| It was built in 1912.",
]
QUOTATION = (
    "“We have waited for this day longer than anybody in this town can remember, and it has come.| We will open the "
    "bridge on Friday, whatever the weather does.| Nobody will be left behind on the other bank of the river again,” "
    "the mayor said.| The crowd cheered."
)
OTHERS = [
    ("de", "Das kostet z. B. 3,5 Mio. Euro.| Am 3. Oktober kam Dr. Braun.| „Gut so“, sagte er."),
    ("de", "Er sieht Ausgaben von 488,6 Mrd. Euro vor.| Das kostet 4 Mia. Franken.| Das ist viel."),
    ("en", "Es waren 3,2 Mrd. Menschen.| Rund 5 Tsd. kamen.| Es kostet 5 Mio.| Die Koalition streitet."),
    ("fr", "M. Dupont est arrivé à 18 h.| « C'est fini », a-t-il dit.| Il est parti."),
    ("es", "El Sr. López llegó.| ¿Cuándo se fue?| ¡Ayer!"),
    ("ru", "Мост закрыт.| Его построили в 1912 г. в городе.| Почему?"),
    ("zh", "北京下雨了。|上海没有下雨。|为什么？"),
    ("ja", "橋が落ちた。|けが人はいない。"),
    ("ar", "سقط الجسر.| هل أصيب أحد؟| لا."),
    ("hi", "पुल गिर गया।| कोई घायल नहीं हुआ।"),
    ("xx", "The bridge fell.| Nobody was hurt."),
]


@pytest.mark.parametrize(("language", "case"), [*(("en", case) for case in [*ENGLISH, QUOTATION]), *OTHERS])
def test_sentences_end_where_a_reader_ends_them(language: str, case: str) -> None:
    text = case.replace("|", "")
    expected = [sentence.strip() for sentence in case.split("|")]
    assert [text[start:end] for start, end in sentence_spans(text, language)] == expected


SCRAPS = st.sampled_from(
    [
        *("Mr. ", "U.S. ", "5 p.m. ", "ET ", "J.D. ", "The ", "end. ", "“", "” ", '"', "' ", "(A", ".) ", "… ", "... "),
        *("1. ", "\n", "\n\n", "\r\n", "\f", "\u2028", "é", "e\u0301", "🇺🇦", "👩‍👩‍👧 ", "\u200b", "\ufeff"),
        *("שלום. ", "مرحبا؟ ", "北京。", "「はい」"),
    ]
)
TEXTS = st.text(max_size=300) | st.lists(SCRAPS, max_size=200).map("".join)


@given(text=TEXTS, language=st.sampled_from([None, "en", "de", "zh", "ar", "xx", "english", ""]))
def test_nothing_but_white_space_is_lost(text: str, language: str | None) -> None:
    end = 0
    for start, stop in sentence_spans(text, language):
        assert end <= start < stop
        assert not text[end:start].strip()
        assert text[start:stop] == text[start:stop].strip()
        assert stop - start <= MAX_SENTENCE
        end = stop
    assert not text[end:].strip()


CLUSTERS = st.sampled_from(["a", "x\u0323\u0302", "e\u0301", "👩\u200d👩\u200d👧", "🇺🇦", "👍🏽", "กำ", "क्षि", "각"])


@given(st.lists(CLUSTERS, min_size=20, max_size=60), st.integers(1, 100))
def test_no_cut_is_within_a_character(some: list[str], times: int) -> None:
    text = "".join(some) * times
    between = {0, *(cluster.end() for cluster in regex.finditer(r"\X", text))}
    spans = sentence_spans(text)
    assert {place for span in spans for place in span} <= between
    assert all(span.end - span.start <= MAX_SENTENCE for span in spans)
    assert "".join(text[start:end] for start, end in spans) == text


def test_a_character_too_long_is_cut_all_the_same() -> None:
    text = "x" + "\u0302" * 2000
    assert [end - start for start, end in sentence_spans(text)] == [MAX_SENTENCE, MAX_SENTENCE, 401]


@pytest.mark.parametrize(
    "unit", ["word ", "a", "a. ", '"a ', "a\n\n", "(A", "中文", "… A", " ", "A.B. ", "“A. ", "e\u0301", "🇺🇦"]
)
def test_a_million_characters_take_seconds(unit: str) -> None:
    text = unit * (1_000_000 // len(unit)) + "x"
    start = time.process_time()
    spans = sentence_spans(text)
    assert time.process_time() - start < 20
    assert spans[-1].end == len(text)
