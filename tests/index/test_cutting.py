"""Whoever changes how articles are cut says so in the fingerprint, by which indexes of before are made anew."""

import hashlib
import json
from typing import Any

import pytest
import regex

from index import passages, sentences
from index.article import Article
from index.passages import PassageRules, passages_of
from index.sentences import sentence_spans

# Invented, and such that each rule of the cutting shows in it.
TEXTS = {
    "en": (
        "ALVA (Feb. 5) — The barrier was shut at 5 p.m. Tuesday, said J. K. Lund of the U.N. office. It was not opened "
        "at 7 p.m. EST. Mr. Lund asked: “Who pays?” “Nobody,” said Dr. Berg. (The town had asked in 2019, and again "
        "in 2021, for help from the state.) Then it rained …  Nobody came at 6:04 p.m. Alva time."
        "\n\n1. The mill stays shut. "
        "2. The road is open.\nJ.D. Hollis and P.D.Q. Marsh came. It was late.) Then they went.\n\n"
        "“We have seen the water rise for three days and nobody told us when to go. We carried "
        "what we could to the upper floor. My neighbour lost his boat. The school is shut until Monday, and the bridge "
        "may not be crossed by anything heavier than a bicycle,” said Ida Brandt. "
        + "The council of Alva voted 31 to 14 to raise the barrier at Kell by two metres. " * 14
        + "\n\nA list of the streets that were shut: "
        + "Harbour Street, Mill Lane and the Old Quay by the river, " * 20
    ),
    "de": "Am 5. Februar wurde die Brücke gesperrt. Das sagte Dr. Berg, z. B. am Dienstag. „Wer zahlt?“, fragte er. "
    "Es kostet 2,4 Mia. Franken im Jahr. " * 4,
    "fr": "Le pont est fermé depuis mardi. « Qui paie ? », demande M. Lund. La mairie n’a rien dit… Rien du tout. " * 4,
    "es": "¿Quién paga? Nadie, dijo el Sr. Lund. El puente de Alva, cerrado desde el martes, sigue en pie. " * 4,
    "ru": "Мост закрыт со вторника, сообщил А. Б. Лунд. Кто заплатит? Никто не знает. Школа откроется 5 февр. 2024 г. "
    * 4,
    "ar": "أغلق الجسر يوم الثلاثاء. من يدفع؟ لا أحد يعرف. قال عمدة المدينة إن المدرسة ستبقى مغلقة. " * 4,
    "hi": "पुल मंगलवार से बंद है। कौन भुगतान करेगा? किसी को नहीं पता। स्कूल सोमवार तक बंद रहेगा। " * 4,
    "zh": "大桥自星期二起关闭。谁来付钱？没有人知道。学校将关闭到星期一。" * 30,
    "ja": "橋は火曜日から閉鎖されている。「誰が払うのか」と町長は言った。誰も知らない。" * 20,
    "ko": "다리는 화요일부터 폐쇄되었다. 누가 지불하는가? 아무도 모른다. 학교는 월요일까지 쉰다. " * 20,
    "th": "สะพานปิดตั้งแต่วันอังคารกำลังน้ำท่วมผู้คนกำลังรอ" * 40,
    None: "x👩‍👩‍👧é" * 300 + ". " + "🇺🇦🇩🇪" * 250,
}
# The fingerprint's number → what is cut under it. Cut something else: raise `_CUTTING`, and add a line here.
CUT = {
    3: "8c3eeb3bf2e2ce6e",
    4: "81903814ad52b20a",
}


def cut() -> str:
    """All sentences and passages of the texts, as one hash."""
    spans: list[Any] = []
    for language, text in TEXTS.items():
        article = Article(text=text.strip(), title="T", address="/a", language=language)
        spans += sentence_spans(article.text, language)
        for rules in (PassageRules(), PassageRules(target=200, overlap=80)):
            spans += [(p.start, p.end) for p in passages_of(article, rules)]
    return hashlib.sha256(json.dumps(spans).encode()).hexdigest()[:16]


def test_what_is_cut_changes_with_the_fingerprint_alone() -> None:
    assert list(CUT)[-1] == passages._CUTTING
    assert cut() == CUT[passages._CUTTING], "articles are cut differently: raise _CUTTING in index/passages.py"
    assert len(set(CUT.values())) == len(CUT)


NEVER = regex.compile(r"(?!)")
CHANGES: dict[str, tuple[Any, str, Any]] = {
    "the longest sentence": (sentences, "MAX_SENTENCE", 790),
    "the longest quotation": (sentences, "LONG_QUOTATION", 10_000),
    "times of day": (sentences, "_FALSE", (sentences._INITIALS, sentences._SCALED)),
    "initials": (sentences, "_FALSE", (sentences._TIME, sentences._SCALED)),
    "short words for scales": (sentences, "_FALSE", (sentences._TIME, sentences._INITIALS)),
    "list numbers": (sentences, "_LIST_NUMBER", NEVER),
    "seams that are missed": (sentences, "_MISSED", NEVER),
    "closing marks": (sentences, "_CLOSING", NEVER),
    "letters with their marks": (sentences, "_CLUSTER", regex.compile(".", regex.DOTALL)),
    "the size of characters": (passages, "_DENSE", NEVER),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_to_the_cutting_does_not_go_unnoticed(change: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = cut()
    monkeypatch.setattr(*CHANGES[change])
    assert cut() != before


def test_the_fingerprint_names_the_segmenter(monkeypatch: pytest.MonkeyPatch) -> None:
    before = PassageRules().fingerprint
    monkeypatch.setattr(passages.metadata, "version", lambda name: f"another {name}")
    assert PassageRules().fingerprint != before
