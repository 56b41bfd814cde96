"""What kind of answer a question wants, and whether a text has one."""

import pytest

from rag.answer_types import Kind, kind_of, lacks, offers, yes_or_no
from rag.words import content_stems


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("At what time did the fire break out?", "clock"),
        ("When did the strike end?", "date"),
        ("What share of the houses burnt?", "share"),
        ("How much did the bridge cost?", "money"),
        ("And how much did they first want for letting it go?", "money"),
        ("How much sand was dug away to free the Ever Given?", "measure"),
        ("How long was the canal blocked?", "duration"),
        ("How many people died?", "count"),
        ("How heavy is the rover?", "measure"),
        ("Why did the bank fail?", "reason"),
        ("Where did it land?", "place"),
        ("Who owns the ship?", "person"),
        ("Which ship was it?", "name"),
        ("Wie viele Menschen starben?", "count"),
        ("Did it rain?", None),
        ("Will she work with the Homeland List?", None),
        ("List the towns that were hit.", "name"),
        ("What were the names of the towns?", "name"),
        ("How much must the treasurer repay?", "money"),
        ("In which minute did she score?", "measure"),
        ("Were more hurt according to the first report or according to the last one?", None),
        ("Which ship is longer, the Aurora or the Boreas?", "measure"),
        ("Which opened first, the bridge or the tunnel?", "date"),
        ("Which is cheaper, the train or the bus?", "money"),
        ("Who has more seats, the left or the right?", "count"),
        ("How did the number of the homeless change from May to June?", "count"),
        ("How far did the bank's deposits fall?", "money"),
        ("How far did the rover travel?", "measure"),
        ("How did the fire change the town?", None),
    ],
)
def test_the_kind_of_a_question(question: str, kind: str | None) -> None:
    assert kind_of(question) == kind


@pytest.mark.parametrize(
    ("kind", "fits", "does_not"),
    [
        ("date", "ALVA, March 9 – It reopens on March 23.", "ALVA, March 9 (Reuters) – It reopens soon."),
        ("person", "LEEDS, March 9 – It belongs to Ida Lund.", "LEEDS GREEN, March 9 – It belongs to the town."),
        ("reason", "It fell since prices had doubled.", "It is the lowest level since 2019."),
    ],
)
def test_where_and_since_when_is_no_answer(kind: Kind, fits: str, does_not: str) -> None:
    assert offers(kind, content_stems("What of the mill?"), fits) >= 0.6
    assert offers(kind, content_stems("What of the mill?"), does_not) == 0


@pytest.mark.parametrize(
    ("question", "fits", "does_not"),
    [
        ("How strong was the first quake?", "It had a magnitude of 7.8.", "The first quake killed 41,156 people."),
        ("How deep is the water?", "It lies at 12,500 feet.", "The water is 4 degrees cold."),
        ("How old was he?", "John Green, 53, spoke.", "John Green, with 53 others, spoke."),
        ("How fast was it?", "It hit the pier at 7 mph.", "It was 300 metres long."),
        ("Which ship is longer, the Aurora or the Boreas?", "The Boreas measures 300 metres.", "It has 40 cabins."),
        ("What is the population?", "Some 13,000 people live there.", "It has 13,000 trees."),
    ],
)
def test_a_measure_is_of_what_is_measured(question: str, fits: str, does_not: str) -> None:
    asked = content_stems(question)
    assert offers("measure", asked, fits) >= 0.7
    assert offers("measure", asked, does_not) < 0.3


@pytest.mark.parametrize(
    ("question", "text", "missing", "surely"),
    [
        ("How many people died?", "At least 36 people died.", False, False),
        ("How many people died?", "The mayor spoke of a sad day.", True, True),
        ("How many people died in the fire of 2019?", "The fire of 2019 was a sad day.", True, False),
        ("When does building begin?", "It is to begin next spring.", False, False),
        ("When did the strike end?", "It ended after long talks.", True, True),
        ("Who owns the ship?", "A company does.", True, False),
        ("Who will pay for the tram?", "The state will pay 60 percent of it.", False, False),
        ("Who will pay for the tram?", "The state said so.", True, False),
        ("Who owns the ship?", "Shoei Kisen Kaisha owns it.", False, False),
        ("Did it rain?", "Nothing of the kind.", False, False),
        ("How many people died?", "4,000 cubic metres of rock.", True, True),
        ("How many people died?", "Two, under 4,000 cubic metres of rock.", False, False),
        ("How many tonnes of rock fell?", "4,000 tonnes of rock.", False, False),
        ("How many people stayed?", "12% of the town.", False, False),
        ("How wide is the ship?", "The ship is 400 metres long.", True, True),
        ("How wide is the ship?", "It is 400 metres long and 59 metres wide.", False, False),
        ("How wide is the ship?", "It measures 59 metres.", False, False),
        ("How tall is the crane of Port Ellery?", "The crane of Port Ellery is 31 tonnes tall.", True, True),
        ("How tall is the crane?", "It is 31 metres tall and lifts 31 tonnes.", False, False),
        ("How high is the death toll?", "The toll has risen to 115.", False, False),
        ("How high is the death toll?", "The toll rose to 97 after a long search.", False, False),
        ("How high was Norwell's revenue?", "Norwell's revenue was $21.3 billion.", False, False),
        ("How high was the ransom?", "The hackers demanded $4 million.", False, False),
        ("How deep are the job cuts?", "It cut 10% of its staff.", False, False),
        ("How wide was the margin?", "She won by 3,120 votes.", False, False),
        ("How heavy was the rain?", "200 mm of rain fell.", False, False),
        ("How many people were injured?", "Nobody was injured in the 20-minute attack.", False, False),
        ("How many people died?", "Dozens of people died in the 20-minute attack.", False, False),
        ("How fast was the ship?", "It made eight knots.", False, False),
        ("How deep is the water in Cold Lake?", "It is 40 metres deep.", False, False),
        ("Why did they stay?", "People had nowhere to go.", False, False),
        ("How long is it and how wide is it?", "It is 400 metres long.", False, False),
        ("How many people were hurt?", "No one was hurt.", False, False),
        ("Who was president of Egypt?", "ISMAILIA – Egypt suspended all traffic through the Suez Canal.", True, False),
        ("Who won the cup?", "LUSAIL – Argentina won the cup.", False, False),
        ("How many people did the quake of 1939 kill?", "In 1939, 2,818 buildings collapsed.", True, False),
        ("What compensation did the line pay?", "The 984-foot ship had left half an hour before.", True, False),
        ("How many people lost their homes?", "The fire destroyed 2,200 homes.", False, False),
        ("What magnitude did the quake have?", "The quake killed more than 17,000 people.", True, False),
        ("How strong is support for the plan?", "Support is weak.", False, False),
        ("Has the price of eggs fallen?", "Yes, egg prices have fallen sharply.", False, False),
        ("Is Anna Holm still on the transfer list?", "she will stay.", False, False),
    ],
)
def test_what_lacks_an_answer(question: str, text: str, missing: bool, surely: bool) -> None:
    assert lacks(question, text) == missing
    assert lacks(question, text, surely=True) == surely


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Was the airport still usable?", True),
        ("and didn't it rain?", True),
        ("did anybody die", True),
        ("Between the report of Monday and that of Friday, has the toll changed?", True),
        ("In March, who was hurt?", False),
        ("On Monday, did it rain or snow?", False),
        ("Was it the wind or the crew?", False),
        ("Where was the airport?", False),
        ("Issues of the day", False),
    ],
)
def test_yes_or_no(question: str, expected: bool) -> None:
    assert yes_or_no(question) is expected


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("reason", "He resigned after a report on the fire.", True),
        ("reason", "It opened 39 days after the fire.", False),
        ("date", "The blaze broke out at about 11:20 p.m.", True),
        ("date", "The blaze broke out in a work train.", False),
    ],
)
def test_a_sentence_offers_a_kind(kind: Kind, text: str, expected: bool) -> None:
    assert (offers(kind, set(), text) > 0) is expected


def test_a_number_of_those_whom_something_else_befell_is_hardly_wanted() -> None:
    asked = content_stems("How many people survived the crash near Sorvo?")
    assert offers("count", asked, "Seventeen people survived, the ministry said.") >= 0.7
    assert offers("count", asked, "The number of dead in the crash has risen to 71.") <= 0.3
    assert offers("count", asked, "At least 60 people were killed and 17 survived.") >= 0.7
