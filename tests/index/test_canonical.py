"""Pages that name other addresses as their own: nothing of theirs is lost, and nobody takes turns."""

from itertools import count
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.article import Article
from index.library import Library
from index.library_values import Incoming, Outcome, Put, Seen

FLOOD = (
    "The river Alva rose to 6.4 metres on Monday, its highest level since 1954, and two bridges were closed while the "
    "fire service pumped out cellars in the old town, said the mayor, Ida Brandt, who had walked along the dyke."
)
VOTE = (
    "The council of Sund voted 31 to 14 on Tuesday to raise the barrier at Kell by two metres, after a debate that "
    "lasted until midnight and in which speakers of all parties had asked who would pay for the gates and the pumps."
)
FIRE = (
    "A warehouse in the harbour of Norvik burned down in the night to Sunday; nobody was hurt, but smoke drifted over "
    "the station, where trains were held for three hours until the wind had turned, a spokeswoman for the port said."
)
LONGER = {text: f"{text} Read the whole report in the app." for text in (FLOOD, VOTE)}
ADDRESSES = [f"https://news.example/{name}" for name in "abcd"]
A, B, C, D = ADDRESSES
_names = count()


def page(read_at: str, text: str, named: str | None = None) -> Incoming:
    """What reading a page gives that names `named` as its own address."""
    if named in (None, read_at):
        return Incoming(article=Article(text=text, title="", address=read_at), seen=Seen(kind="page"))
    assert named is not None
    article = Article(text=text, title="", address=named)
    return Incoming(article=article, seen=Seen(kind="page", canonical=read_at), aliases=(read_at,))


def put(library: Library, *incoming: Incoming) -> list[Put]:
    return list(library.put_many(list(incoming)))


def outcomes(puts: list[Put]) -> list[Outcome]:
    return [one.outcome for one in puts]


def texts(library: Library) -> dict[str, str]:
    return {article.address: article.text for article in library.articles()}


@given(
    pages=st.dictionaries(
        st.sampled_from(ADDRESSES),
        st.tuples(
            st.sampled_from([FLOOD, VOTE, FIRE, *LONGER.values()]), st.one_of(st.none(), st.sampled_from(ADDRESSES))
        ),
        min_size=1,
    ),
    order=st.randoms(use_true_random=False),
)
@settings(max_examples=80)
def test_whatever_pages_name_all_that_they_say_is_kept_and_stays(
    pages: dict[str, tuple[str, str | None]], order: Random, tmp_path_factory: pytest.TempPathFactory
) -> None:
    reading = [page(read_at, text, named) for read_at, (text, named) in pages.items()]
    order.shuffle(reading)
    with Library.open(tmp_path_factory.getbasetemp() / f"canonical{next(_names)}.sqlite3") as library:
        for _ in range(3):
            put(library, *reading)
        settled = library.last_change()
        put(library, *reading)
        assert library.last_change() == settled
        held = {text[:60] for text in texts(library).values()}
        assert held == {text[:60] for text, _ in pages.values()}


def test_another_number_is_another_article(library: Library) -> None:
    more = FLOOD.replace("6.4", "7.1")
    put(library, page(A, FLOOD, C), page(B, more, C))
    assert texts(library) == {C: FLOOD, B: more}


def test_what_a_page_says_of_itself_replaces_nothing_of_the_page_that_named_it(library: Library) -> None:
    put(library, page(A, FLOOD, C), page(C, VOTE))
    assert texts(library) == {A: FLOOD, C: VOTE}
    assert outcomes(put(library, page(A, FLOOD, C), page(C, VOTE))) == [Outcome.UNCHANGED] * 2


def test_the_page_that_named_an_address_first_keeps_it_up_to_date(library: Library) -> None:
    put(library, page(A, FLOOD, C))
    assert outcomes(put(library, page(A, VOTE, C))) == [Outcome.CHANGED]
    assert texts(library) == {C: VOTE}


def test_a_page_that_stands_in_an_export_is_not_overwritten_by_another_that_names_it(library: Library) -> None:
    put(library, Incoming(article=Article(text=FLOOD, title="", address=C), seen=Seen(kind="entry")))
    assert outcomes(put(library, page(A, LONGER[FLOOD], C))) == [Outcome.UNCHANGED]
    put(library, page(A, VOTE, C))
    assert texts(library) == {C: FLOOD, A: VOTE}


def test_a_named_address_that_only_leads_on_is_followed(library: Library) -> None:
    story = page(C, FLOOD)
    put(library, Incoming(article=story.article, seen=story.seen, aliases=(D,)))
    for _ in range(2):
        assert outcomes(put(library, page(A, LONGER[FLOOD], D))) == [Outcome.UNCHANGED]
    assert texts(library) == {C: FLOOD}


def test_naming_a_page_is_no_sighting_of_it(library: Library) -> None:
    put(library, page(C, FLOOD))
    library.mark_missing(C)
    put(library, page(A, LONGER[FLOOD], C))
    known = library.address(C)
    assert known is not None
    assert known.missing_count == 1


def test_a_page_with_an_article_of_its_own_keeps_it_when_the_one_it_names_goes(library: Library) -> None:
    put(library, page(C, VOTE), page(A, FLOOD, C))
    (named,) = [article for article in library.articles() if article.address == C]
    library.remove([named.article_id])
    assert outcomes(put(library, page(A, FLOOD.replace("Monday", "Sunday"), C))) == [Outcome.CHANGED]
    assert texts(library).keys() == {A}
