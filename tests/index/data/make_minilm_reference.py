"""Make the reference for test_minilm: 200 varied texts and their vectors by sentence-transformers on PyTorch.

    python -m venv /tmp/reference && /tmp/reference/bin/pip install sentence-transformers
    /tmp/reference/bin/python tests/index/data/make_minilm_reference.py FOLDER

FOLDER is the original model as sentence-transformers reads it. The vectors are stored as 16-bit floats: their
rounding turns a vector by less than a millionth of a cosine.
"""

import json
import random
import sys
from pathlib import Path

HERE = Path(__file__).parent

SENTENCES = """
The council voted nine to four on Tuesday to close the old harbour bridge until spring.
Rain is expected in the north by the weekend, with gusts of up to 95 km/h along the coast.
“We were told nothing,” said the mayor, who learned of the plan from a newspaper.
Shares in the airline fell 7.4% after it cut its forecast for the third time this year.
Who replaced the finance minister after the vote of no confidence?
Scientists aboard the research ship measured water two degrees warmer than a decade ago.
The court will hear the appeal on 14 March 2024; until then the ban stays in force.
A fire at a warehouse in the port district injured three people, officials said.
Researchers warn that the vaccine's effect wanes after about six months.
How many people were still in the town when the siege began?
The striker scored twice in stoppage time, and the stadium simply would not leave.
Prices of wheat rose for a fifth week as exports through the strait remained blocked.
Der Bundestag stimmte am Donnerstag mit knapper Mehrheit für das neue Klimagesetz.
Größere Überschwemmungen seien nicht auszuschließen, hieß es beim Wetterdienst.
Le gouvernement a annoncé lundi une hausse de l'impôt sur les grandes fortunes.
À Lyon, des milliers de personnes ont manifesté contre la fermeture de l'hôpital.
El presidente visitó ayer las zonas afectadas por el terremoto y prometió ayuda.
¿Cuántos vuelos fueron cancelados a causa de la huelga de controladores?
Il sindaco ha rassicurato i cittadini: l'acqua del lago è di nuovo potabile.
De regering trekt het omstreden voorstel over stikstof in, meldt de minister.
Rząd przyjął projekt budżetu na przyszły rok z deficytem niższym niż oczekiwano.
Уряд оголосив про відновлення залізничного сполучення з прифронтовими містами.
Правительство объявило о новых мерах поддержки малого бизнеса.
Η κυβέρνηση ανακοίνωσε νέα μέτρα για την αντιμετώπιση της ξηρασίας.
Hükümet, depremzedeler için yeni konutların yıl sonuna kadar biteceğini açıkladı.
أعلنت الحكومة عن خطة جديدة لدعم المزارعين بعد موسم جاف.
הממשלה אישרה את התוכנית להרחבת קו הרכבת הקלה.
सरकार ने किसानों के लिए नई योजना की घोषणा की।
政府は来年度から全国の学校で給食を無償化する方針を発表した。
市政府宣布，从下周起地铁首班车提前半小时。
정부는 내년부터 최저임금을 인상하기로 결정했다고 밝혔다.
รัฐบาลประกาศมาตรการช่วยเหลือผู้ประสบภัยน้ำท่วม
Chính phủ công bố gói hỗ trợ mới cho các doanh nghiệp nhỏ.
Serikali imetangaza mpango mpya wa kusambaza maji vijijini.
Ríkisstjórnin kynnti nýja áætlun um orkuskipti í samgöngum.
""".strip().splitlines()

ODD = [
    "",
    " ",
    "\n",
    "a",
    "I",
    "?",
    "...",
    "—",
    "42",
    "0",
    "3.14159265358979",
    "1,234,567.89",
    "-17 °C",
    "50%",
    "€1.2bn",
    "2023-03-08",
    "8/3/23",
    "12:45",
    "+1 (555) 010-9999",
    "🙂",
    "🚀🚀🚀",
    "👩‍👩‍👧‍👦 family day 🎉",
    "🇺🇦 🇪🇺",
    "No 🙅 way ❗️",
    "ÅNGSTRÖM",
    "ångström",
    "a\u030angstro\u0308m",
    "naïve café résumé",
    "ﬁnancial ﬂuctuations",
    "Ｆｕｌｌｗｉｄｔｈ　ｔｅｘｔ",
    "soft\u00adhyphen and zero\u200bwidth",
    "tab\tseparated\tvalues",
    "line one\r\nline two\r\n\r\nline four",
    "form\x0cfeed \x00 null \x07 bell",
    "\ufeffbyte order mark",
    "MIXED case WORDS And ACRONYMS: NATO, EU, U.S., UN",
    "don't won't it's rock 'n' roll",
    "“curly” ‘quotes’ „low“ «angle»",
    "e.g. i.e. etc. vs. Mr. Dr. St.",
    "http://example.org/a/b?c=d&e=f#g",
    "name.surname@example.org",
    "#hashtag @mention $TICKER",
    "C++ and C# and .NET",
    "SELECT title FROM article WHERE published > 1678233600;",
    '{"title": "A story", "tags": ["x", "y"], "n": 3}',
    "<p>Not <b>really</b> markup &amp; entities</p>",
    "[CLS] [SEP] [MASK] [PAD] [UNK]",
    "##ing ##ed",
    "x" * 99,
    "x" * 100,
    "x" * 101,
    "y" * 5000,
    "ha" * 60,
    "no " * 400,
    "1 " * 300,
    "." * 700,
    "木" * 300,
    "é" * 150,
    "🙂" * 280,
    "antidisestablishmentarianism pneumonoultramicroscopicsilicovolcanoconiosis",
    "| year | total |\n| 2021 | 17 |\n| 2022 | 23 |",
]


def texts() -> list[str]:
    """Two hundred texts, the same at every call."""
    chance = random.Random(7)
    made = [*SENTENCES, *ODD]
    for size in (2, 2, 2, 3, 3, 4, 5, 6, 8, 10, 12, 15, 20, 30, 60):  # from a short paragraph to a long article
        made += [" ".join(chance.choices(SENTENCES[:12], k=size)), "\n".join(chance.choices(SENTENCES, k=size))]
    while len(made) < 170:
        first, second = chance.sample(SENTENCES, 2)
        number = chance.randint(1, 10 ** chance.randint(1, 9))
        made.append(f"{number:,} {first} {chance.choice(ODD[8:20])} {second.lower()}")
    while len(made) < 200:  # cut anywhere
        sentence = chance.choice(SENTENCES)
        start = chance.randrange(len(sentence) - 5)
        made.append(sentence[start : start + chance.randint(3, 60)])
    return made


if __name__ == "__main__":
    import numpy as np
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(sys.argv[1], device="cpu")
    vectors = np.stack([model.encode(text, normalize_embeddings=True) for text in texts()])  # one by one: no padding
    (HERE / "minilm_texts.json").write_text(json.dumps(texts(), indent=0) + "\n", encoding="utf-8")
    np.save(HERE / "minilm_vectors.npy", vectors.astype(np.float16))
