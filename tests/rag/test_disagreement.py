"""Different values for one thing: found, dated, and not invented."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from rag.disagreement import Statement, disagreements
from rag.evidence import EvidenceSentence
from rag.remark import newest_figure, newest_first, remark

MONDAY, FRIDAY = date(2023, 3, 6), date(2023, 3, 10)


def on(day: date | None, text: str, article: str | None = None, title: str = "Storm in Valmora") -> Statement:
    return Statement(text=text, article_id=article or f"{day}-{text[:5]}", title=title, source="Daily", published=day)


def evidence(statement: Statement) -> EvidenceSentence:
    day = statement.published
    return EvidenceSentence(
        article_id=statement.article_id, title=statement.title, source=statement.source, url=None,
        published=None if day is None else int(datetime.combine(day, time(), UTC).timestamp()), language="en",
        start=0, end=len(statement.text), text=statement.text, score=0.5, by_part=(0.5,), dense=None, lexical=0.0,
        position=0,
    )  # fmt: skip


def values(statements: list[Statement], question: str) -> list[list[str]]:
    return [[value.text for value in found.values] for found in disagreements(statements, question)]


TOLL = [
    on(MONDAY, "The storm killed at least 36 people in Valmora, the mayor said."),
    on(FRIDAY, "The death toll of the storm in Valmora has risen to 115."),
]


def test_what_else_happened_then_is_not_counted() -> None:
    statements = [
        on(MONDAY, "23 of the 68 people on board were injured.", title="Crash"),
        on(FRIDAY, "The number of injured has been corrected to 26.", title="Crash"),
    ]
    assert values(statements, "How many people were injured when the plane left the runway?") == [["26", "23"]]


def test_a_much_larger_figure_of_something_else_hides_no_change() -> None:
    statements = [
        on(MONDAY, "Some 180 houses were destroyed, according to a first count.", title="Floods in Valmora"),
        on(FRIDAY, "The fire brigade now puts the number of destroyed houses at 430.", title="Floods in Valmora"),
        on(FRIDAY, "The storm destroyed lines and cut the power to 410,000 homes.", title="Storm on the coast"),
    ]
    assert values(statements, "How many houses were destroyed?") == [["430", "180"]]


def test_the_day_on_which_it_was_written_is_no_value() -> None:
    statements = [
        on(MONDAY, "ALVA, March 6 – Schools in the valley will stay shut, the mayor said."),
        on(FRIDAY, "Schools will reopen on March 23."),
    ]
    assert values(statements, "When will schools in the valley reopen?") == []


def test_a_toll_that_rose() -> None:
    (found,) = disagreements(TOLL, "How many people did the storm in Valmora kill?")
    assert [(v.text, v.published, v.superseded) for v in found.values] == [("115", FRIDAY, False), ("36", MONDAY, True)]
    assert found.changed
    assert all(v.text in TOLL[v.index].text for v in found.values)


def test_the_remark_gives_every_value_with_its_day_and_marks_what_is_superseded() -> None:
    sources = [(evidence(statement),) for statement in TOLL]
    question = "How many people did the storm in Valmora kill?"
    assert remark(question, "", sources) == [
        ("The figure has changed: 115 (Daily, 10 March 2023)", 1),
        ("; 36 (Daily, 6 March 2023, superseded)", 0),
    ]
    assert remark(question, "It killed 36, later 115.", sources) == []


def test_the_order_of_the_evidence_does_not_matter() -> None:
    assert values(TOLL[::-1], "death toll of the valmora storm?") == [["115", "36"]]


def test_that_the_figure_of_today_is_wanted_need_not_stand_in_the_sentence() -> None:
    assert values(TOLL, "What is the latest death toll so far?") == [["115", "36"]]


def test_who_asks_how_far_it_had_come_by_a_day_is_told_no_change() -> None:
    assert values(TOLL, "How many people had the storm in Valmora killed by 7 March 2023?") == []
    assert values(TOLL, "How many people were killed by the storm in Valmora?") == [["115", "36"]]


def test_the_new_figure_of_an_article_that_repeats_the_old_one() -> None:
    lowered = on(date(2023, 3, 20), "The toll of the storm in Valmora was lowered: 97 people died, not 115.")
    assert values([*TOLL[1:], lowered], "How many people died in the storm in Valmora?") == [["97", "115"]]


def test_what_does_not_change_is_disputed_not_superseded() -> None:
    statements = [
        on(MONDAY, "The 21-foot submersible belongs to a firm in Arlen.", title="Meridian is missing"),
        on(FRIDAY, "The nose of the 22-foot vessel was found.", title="Meridian is found"),
    ]
    (found,) = disagreements(statements, "How long was the Meridian submersible?")
    assert [(v.text, v.superseded) for v in found.values] == [("22-foot", False), ("21-foot", False)]
    assert not found.changed


def test_who_left_is_no_figure_of_who_remained() -> None:
    statements = [
        on(MONDAY, "Some 4,000 civilians remained in the besieged city of Valmora."),
        on(FRIDAY, "About 2,500 civilians remained in the besieged city of Valmora, she said."),
        on(FRIDAY, "About 900 soldiers left the besieged city.", article="other"),
    ]
    assert values(statements, "How many civilians remained in Valmora?") == [["2,500", "4,000"]]


@pytest.mark.parametrize(
    ("one", "other", "question"),
    [
        ("The storm killed 36 people in Valmora.", "The storm killed thirty-six people in Valmora.", "How many died?"),
        ("About 44,800 people died in Valmora.", "In Valmora 44,844 people died.", "How many people died in Valmora?"),
        ("The storm killed 36 people in Valmora.", "In Arlen, 4 people were killed.", "How many died in Valmora?"),
        (
            "The storm killed 36 people in Valmora.",
            "The storm injured 50 people in Valmora.",
            "How many died in Valmora?",
        ),
        (
            "Repairs in Valmora cost $5 million.",
            "Repairs in Valmora took 40 days.",
            "How much did repairs in Valmora cost?",
        ),
        (
            "The first quake killed 36 people.",
            "The second quake killed 4 people.",
            "How many people did the quakes kill?",
        ),
        (
            "In 2021 storms killed 36 people.",
            "In 2022 storms killed 30 people.",
            "How many people did the storms kill?",
        ),
        ("The storm killed 36 people in Valmora.", "The storm killed 80 people in Valmora.", "Who is the mayor?"),
        ("The storm killed 36 people in Valmora.", "The storm killed 5 people in Arlen.", "How many people died?"),
    ],
)
def test_what_is_no_disagreement(one: str, other: str, question: str) -> None:
    assert values([on(MONDAY, one), on(FRIDAY, other)], question) == []


def test_one_article_does_not_disagree_with_itself() -> None:
    statements = [on(MONDAY, "The storm killed 36 people.", "a"), on(MONDAY, "The storm killed 80 people.", "a")]
    assert values(statements, "How many people did the storm kill?") == []


def test_a_figure_within_another_does_not_tell_it() -> None:
    statements = [on(MONDAY, "The storm killed 2 people in Valmora."), on(FRIDAY, "The storm killed 12 in Valmora.")]
    sources = [(evidence(statement),) for statement in statements]
    assert len(remark("How many people did the storm kill?", "At least 12 people were killed.", sources)) == 2


def test_those_whom_a_blast_left_hurt_did_not_leave() -> None:
    statements = [
        on(MONDAY, "About 300 people were evacuated in Valmora."),
        on(FRIDAY, "The blast in Valmora left 40 people injured."),
    ]
    assert values(statements, "How many people were evacuated in Valmora?") == []


@pytest.mark.parametrize(
    ("one", "other", "question"),
    [
        (
            "A plane with 88 people on board crashed near Valmora.",
            "The number of dead in the plane crash near Valmora has risen to 71.",
            "How many people survived the plane crash near Valmora?",
        ),
        (
            "A plane with 88 people on board crashed near Valmora.",
            "The number of dead in the plane crash near Valmora has risen to 71.",
            "How many people were on the plane near Valmora?",
        ),
        (
            "The pilot, Jonas Vik, 52, survived the crash near Valmora.",
            "Seventeen people survived the crash near Valmora.",
            "How many people survived the crash near Valmora?",
        ),
        (
            "The storm killed 36 people in Valmora.",
            "Seven more people were killed by the storm in Valmora.",
            "How many people did the storm kill in Valmora?",
        ),
        (
            "The stadium in Valmora will cost 300 million euros.",
            "The stadium in Valmora will cost 380 million euros.",
            "How much will the roof of the stadium in Valmora cost?",
        ),
    ],
)
def test_figures_of_something_else_do_not_differ(one: str, other: str, question: str) -> None:
    assert values([on(MONDAY, one), on(FRIDAY, other)], question) == []


def test_undated_articles_are_compared_but_not_superseded() -> None:
    statements = [on(None, "The storm killed 36 people.", "a"), on(None, "The storm killed 80 people.", "b")]
    (found,) = disagreements(statements, "How many people did the storm kill?")
    assert not found.changed
    assert not any(value.superseded for value in found.values)
    pieces = remark("How many people did the storm kill?", "", [(evidence(statement),) for statement in statements])
    assert [text.endswith("(Daily)") for text, _ in pieces] == [True, True]


def test_nothing_to_compare() -> None:
    assert disagreements([], "How many people died?") == []
    assert disagreements([on(MONDAY, "")], "") == []


def test_of_several_figures_of_an_article_the_one_that_is_asked_for() -> None:
    many = [
        *TOLL,
        on(MONDAY, "Six deaths had been confirmed by noon.", article=TOLL[0].article_id),
        on(FRIDAY, "Only 27 of the dead had been identified.", article=TOLL[1].article_id),
    ]
    assert values(many, "How many people did the storm in Valmora kill?") == [["115", "36"]]


def test_of_a_chronicle_the_figure_that_is_told_as_of_now() -> None:
    chronicle = on(FRIDAY, "Deaths by day: Mar. 7, 53 dead; Mar. 8, 80 dead.", article=TOLL[1].article_id)
    assert values([*TOLL, chronicle], "How many people did the storm in Valmora kill?") == [["115", "36"]]


def test_a_figure_of_another_year_is_of_something_else() -> None:
    then = on(MONDAY, "The last such storm in Valmora, in 1999, killed 317 people.")
    assert values([then, TOLL[1]], "How many people did the storm in Valmora kill?") == []
    assert values([then, TOLL[1]], "How many people did the storm in Valmora kill in 1999?") == []


def test_who_asks_for_the_reason_is_not_told_figures() -> None:
    assert values(TOLL, "Why did the death toll of the storm in Valmora rise?") == []


@pytest.mark.parametrize(
    ("question", "sentence", "pair", "differing"),
    [
        ("What is the inflation rate in Valmora?", "The inflation rate in Valmora was {}.", ("5.5%", "6.1%"), True),
        ("How fast was the wind in Valmora?", "The wind in Valmora reached {}.", ("60 mph", "80 mph"), True),
        ("How many senators voted against the bill?", "{} senators voted against the bill.", ("48", "49"), True),
        ("How many houses burnt in Valmora?", "In Valmora {} houses burnt.", ("3,549", "3,500"), False),
        ("What was the magnitude of the quake in Valmora?", "The quake in Valmora had a magnitude of {}.",
         ("7.8", "7.7"), True),
    ],
)  # fmt: skip
def test_a_difference_is_no_rounding(question: str, sentence: str, pair: tuple[str, str], differing: bool) -> None:
    told = [on(day, sentence.format(value)) for day, value in zip((MONDAY, FRIDAY), pair, strict=True)]
    assert bool(values(told, question)) == differing


def test_votes_for_and_against_are_not_one_thing() -> None:
    votes = [on(MONDAY, "49 senators voted against the bill."), on(FRIDAY, "51 senators voted for the bill.")]
    assert values(votes, "How many senators voted against the bill?") == []
    assert values(votes, "How many senators voted for the bill?") == []


def test_the_newest_figure_is_read_first() -> None:
    old, new = (
        replace(evidence(told), score=score, by_part=(score,)) for told, score in zip(TOLL, (0.6, 0.2), strict=True)
    )
    other = replace(evidence(on(MONDAY, "Two bridges were closed.")), score=0.3, by_part=(0.3,))
    question = "How many people did the storm in Valmora kill?"
    order = newest_first(question, [old, other, new])
    assert [one.text for one in order] == [new.text, old.text, other.text]
    assert order[0].score == 0.6
    assert order[1].score < 0.3
    both = newest_first(f"{question[:-1]}, and who is its mayor?", [old, other, new])
    assert both[0].text == new.text
    assert newest_first("How many people had the storm in Valmora killed by 7 March 2023?", [old, new]) == [old, new]
    assert newest_first("Why were two bridges closed?", [old, other, new]) == [old, other, new]


@pytest.mark.parametrize(
    ("question", "answer", "newest"),
    [
        ("How many people did the storm in Valmora kill?", None, True),
        ("How many people did the storm in Valmora kill?", "At least 36 people [1].", True),
        ("How many people did the storm in Valmora kill?", "It killed 115, not 36.", False),
        ("How many people did the storm in Valmora kill?", "It killed one hundred fifteen people.", False),
        ("How many people did the storm in Valmora kill?", "It killed 17,000 elsewhere.", False),
        ("How many people had the storm in Valmora killed by 7 March 2023?", None, False),
        ("How many people did the storm in Valmora kill, and who is its mayor?", None, False),
        ("Why did the storm kill people in Valmora?", None, False),
    ],
)
def test_the_newest_figure_in_place_of_an_older_one(question: str, answer: str | None, newest: bool) -> None:
    found = newest_figure(question, [(evidence(statement),) for statement in TOLL], answer)
    assert (None if found is None else found.text) == (TOLL[1].text if newest else None)


QUAKES = [
    on(MONDAY, "A second quake of magnitude 7.5 followed in Valmora in the afternoon.", title="Quakes in Valmora"),
    on(FRIDAY, "The agency puts the magnitude of the first quake in Valmora at 7.7, and that of the second at 7.6."),
]


def test_that_of_the_second_is_read_with_what_it_stands_for() -> None:
    assert values(QUAKES, "What was the magnitude of the second quake in Valmora?") == [["7.6", "7.5"]]


def test_what_is_told_weeks_after_the_day_asked_for_may_be_of_another() -> None:
    later = on(date(2023, 4, 20), "A second quake of magnitude 5.8 followed in Valmora minutes later.")
    question = "What was the magnitude of the second quake in Valmora on 6 March 2023?"
    assert values([*QUAKES, later], question) == [["7.6", "7.5"]]


@pytest.mark.parametrize(
    ("question", "first", "second", "differing"),
    [
        ("How many people died in the quake in Nara?", "At least 120 people died in the Nara quake.",
         "The Nara quake killed 145 people.", True),
        ("How many people died in the quake in Nara?", "At least 120 people died in the Nara quake.",
         "The Nara quake killed 45 children.", False),
        ("How many children died in the quake in Nara?", "The Nara quake killed 41 children.",
         "The Nara quake killed 45 children.", True),
        ("How many soldiers were killed in the battle of Droma?", "The government said 60 of its soldiers were killed.",
         "Rebels said 14 of their soldiers were killed in the battle of Droma.", False),
        ("How many people voted for the bill?", "The House passed the bill by 218 votes to 210.",
         "The Senate passed the bill by 51 votes to 49.", False),
        ("What was the magnitude of the quake?", "A magnitude 7.1 quake hit Nara on Friday.",
         "An aftershock of magnitude 5.8 hit Nara on Sunday.", False),
        ("What is the unemployment rate?", "Spain's unemployment rate was 11.8%.",
         "Germany's unemployment rate was 5.9%.", False),
        ("What is the unemployment rate in Spain?", "Spain's unemployment rate was 11.8%.",
         "Spain's unemployment rate among the young was 28.4%.", False),
        ("How many people were killed in the attack?", "The attack in Kabul killed 12 people, police said.",
         "The attack in Quetta killed 30 people, police said.", False),
        ("How many people were killed in the attack?", "The attack in Kabul killed 12 people, police said.",
         "The toll of the attack in Kabul has risen to 19.", True),
        ("How many people attended the fair?", "Some 20,000 people attended the fair on Friday.",
         "Some 35,000 people attended the fair on Saturday.", False),
        ("How many people attended the fair?", "Some 20,000 people attended the fair, the mayor said on Friday.",
         "Some 35,000 people attended the fair, its director said on Saturday.", True),
    ],
)  # fmt: skip
def test_only_values_of_one_thing_are_compared(question: str, first: str, second: str, differing: bool) -> None:
    assert bool(values([on(MONDAY, first, title=""), on(FRIDAY, second, title="")], question)) == differing


def test_of_figures_of_an_article_that_fit_alike_the_likeliest_counts() -> None:
    question = "How much did people give to restore the cathedral of Valmora?"
    later = on(FRIDAY, "Donors gave €846 million.", title="The cathedral of Valmora opens, restored")
    told = [
        on(MONDAY, "By Monday €880 million had been promised.", "a", "Valmora to restore its cathedral"),
        on(MONDAY, "The Arnold family promised €200 million.", "a", "Valmora to restore its cathedral"),
    ]
    assert values([later, *told], question) == [["€846 million", "€880 million"]]
    assert values([later, *(told[:1] * 10), told[1]], question) == [["€846 million", "€880 million"]]
    unlikely = [on(FRIDAY, f"The choir sang number {n}.", f"c{n}") for n in range(9)]
    assert values([later, *unlikely, *told], question) == []
    table = on(MONDAY, "Donor | Promised\nArnold | €200 million\nBerg | €100 million", "a", "To restore Valmora")
    assert values([later, table], question) == []


def test_what_comes_to_an_end_falls_far() -> None:
    question = "How many people are missing after the storm in Valmora?"
    many = on(MONDAY, "In Valmora 850 people were missing after the storm.")
    assert values([many, on(FRIDAY, "Another 31 people are still missing in Valmora after the storm.")], question) == [
        ["31", "850"]
    ]
    assert values([many, on(FRIDAY, "After the storm 2 people are missing in Valmora.")], question) == []


def test_a_quarters_figure_does_not_replace_an_older_quarters() -> None:
    told = [
        on(day, f"Tesla's revenue was ${value} billion.", title="")
        for day, value in ((MONDAY, 24.9), (FRIDAY, 21.3), (MONDAY - timedelta(days=300), 18.7))
    ]
    assert values(told, "How high was Tesla's revenue?") == []
    assert values(told[::2], "How much was Tesla's revenue?") == []


def test_what_a_part_is_about_stands_in_another() -> None:
    crowd = [
        on(MONDAY, "The storm killed 36 people in Valmora."), on(FRIDAY, "The fire killed 97 people in Lund."),
    ]  # fmt: skip
    sources = [(evidence(statement),) for statement in crowd]
    assert remark("How many people live in Valmora and how many died?", "", sources) == []


def test_shares_of_the_same_whole_are_compared() -> None:
    canal = [
        on(MONDAY, "About 12% of the world’s trade passes through the Orn Canal.", title="Orn Canal blocked"),
        on(FRIDAY, "The canal, which carries about 10% of world trade, is open again.", title="Orn Canal reopens"),
    ]
    assert values(canal, "What share of world trade goes through the Orn Canal?") == [["10%", "12%"]]


@pytest.mark.parametrize(
    ("question", "first", "second", "expected"),
    [
        ("How many people died in the Valmora storm?", "The storm killed at least 12 people.",
         "Twenty-three bodies have been recovered.", ["Twenty-three", "12"]),
        ("What is the death toll of the storm in Valmora?", "The coast guard put the number of dead at 64.",
         "The count is now 51, as thirteen of the dead were on two lists.", ["51", "64"]),
        ("How many were hurt in the Valmora storm?", "Police said 27 people were injured, three of them seriously.",
         "Hospitals treated 40 people hurt by the storm.", ["40", "27"]),
        ("How many protesters were arrested in Valmora?", "Officers detained 37 people, a spokeswoman said.",
         "The final figure for arrests during the protest in Valmora is 112.", ["112", "37"]),
        ("How many houses were destroyed in Valmora?", "The storm of 2 May destroyed 64 houses in Valmora.",
         "Surveyors now say that it destroyed 81 houses.", ["81", "64"]),
        ("How many jobs is Lund Motors cutting after the storm in Valmora?", "Lund Motors will cut 1,800 jobs.",
         "After 11 rounds of talks with Lund Motors 2,400 positions are to go.", ["2,400", "1,800"]),
        ("How large an area has the fire in Valmora burned?", "The fire has consumed 4,200 hectares.",
         "The blaze in winds of 60 km/h has blackened 8,700 hectares.", ["8,700 hectares", "4,200 hectares"]),
        ("How fast was the train going when it left the rails in Valmora?", "It was travelling at 52 km/h.",
         "The vehicle entered the curve at 67 km/h.", ["67 km/h", "52 km/h"]),
        ("When will the bridge in Valmora open?", "Cars will be able to cross it from 14 March.",
         "The opening has been pushed back to 2 May.", ["2 May", "14 March"]),
        ("What time did the explosion in Valmora happen?", "It happened at 6:40 a.m., the fire service said.",
         "The detonation came at 7:15 a.m., residents say.", ["7:15 a.m.", "6:40 a.m."]),
        ("How long a prison sentence did Radek Voss get in Valmora?", "Radek Voss got a sentence of nine years.",
         "A court on Friday reduced the prison term of Radek Voss to six years.", ["six years", "nine years"]),
    ],
)  # fmt: skip
def test_articles_need_not_put_it_alike(question: str, first: str, second: str, expected: list[str]) -> None:
    assert values([on(MONDAY, first), on(FRIDAY, second)], question) == [expected]


@pytest.mark.parametrize(
    ("question", "first", "second"),
    [
        ("How many customers did the breach in Valmora affect?", "Data on 900,000 customers was exposed in Valmora.",
         "Telmont in Valmora has 8 million subscribers."),
        ("How much did the economy of Valmora grow?", "The bank expects Valmora's economy to grow by 2.8%.",
         "The economy of Valmora grew by 1.9%."),
        ("How fast was the lorry going in Valmora?", "The lorry was going at 94 km/h.",
         "Lorries may go at 60 km/h on that stretch in Valmora."),
        ("How much did Tarn offer for the Valmora stores?", "Tarn offered $6 billion for the Valmora stores.",
         "Habel offered $7 billion for the stores, more than Tarn, and so did others after Habel."),
        ("How many cases of cholera have there been in Valmora?", "There have been 1,930 cases of cholera.",
         "There were 214 new cases of cholera on Tuesday alone."),
        ("When did the storm hit Valmora?", "The storm hit Valmora on 4 March.", "It hit Valmora again on 8 March."),
    ],
)  # fmt: skip
def test_what_only_looks_comparable(question: str, first: str, second: str) -> None:
    assert values([on(MONDAY, first), on(FRIDAY, second)], question) == []


def test_under_the_name_of_another_place_it_is_told_of_that() -> None:
    question = "How many houses did the tornado in Valmora destroy?"
    here = on(MONDAY, "It destroyed 64 houses, the sheriff of Valmora said.", title="Tornado hits Valmora")
    there = on(FRIDAY, "The tornado destroyed 23 houses.", "a", title="Ruin in Dunmore after the twister")
    spoken = on(FRIDAY, "Valmora was hit too.", "a", title=there.title)
    assert values([here, there, spoken], question) == []
    assert values([here, replace(there, title="The day after"), spoken], question) == [["23", "64"]]


def test_what_two_have_together_is_not_what_one_has() -> None:
    told = [
        on(MONDAY, "In Valmora 30 people died.", "a"), on(MONDAY, "Arlen was hit too.", "a"),
        on(FRIDAY, "In Valmora and Arlen together 80 people died."),
    ]  # fmt: skip
    assert values(told, "How many people died in Valmora and Arlen together?") == []


def test_a_day_and_a_time_are_called_so() -> None:
    for question, told, lead in (
        ("When will the bridge in Valmora open?", ("It opens on 14 March.", "It will now open on 2 May."),
         "The date has changed"),
        ("What time did the storm reach Valmora?", ("It came at 6:40 a.m.", "It came at 7:15 a.m."),
         "The articles give different times"),
    ):  # fmt: skip
        sources = [(evidence(on(day, text)),) for day, text in zip((MONDAY, FRIDAY), told, strict=True)]
        assert remark(question, "", sources)[0][0].startswith(lead)
