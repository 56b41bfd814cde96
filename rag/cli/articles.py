"""Commands on the library: list, show, remove, index."""

from typing import Any

import click

from rag.cli.common import json_option, now_and_then, opened, print_json, safe, safe_line, say


@click.command("list", epilog="Example: rag list --json")
@json_option
def list_(as_json: bool) -> None:
    """List the articles of the library, in a stable order."""
    with opened() as bot:
        if as_json:
            # With their texts, since the hash is of the text; one at a time, since they may be many.
            articles = [entry(article, 0) for article in bot.library.articles()]
            ids = [article["article_id"] for article in articles]
            counts = bot.passage_counts(ids)
            family = kin(bot, ids)
            print_json([a | {"passages": counts.get(a["article_id"], 0)} | family[a["article_id"]] for a in articles])
            return
        listed = bot.articles()
        family = kin(bot, [article.article_id for article in listed])
        for article in listed:
            day = f"{article.published:%Y-%m-%d}" if article.published else "no date   "
            original = family[article.article_id].get("copy_of")
            copy = f"  (copy of {original})" if original else ""
            click.echo(safe(f"{article.article_id}  {day}  {article.source or '–':<20}  {article.title}{copy}"))
        if not listed:
            say("the library is empty; add articles with: rag add SOURCE")


def entry(article: Any, passages: int) -> dict[str, Any]:
    """An article as ``rag list --json`` prints it."""
    return {
        "article_id": article.article_id,
        "title": article.title,
        "source": article.source,
        "url": article.url,
        "published": f"{article.published:%Y-%m-%d}" if article.published else None,
        "hash": article.text_hash,
        "passages": passages,
    }


def kin(bot: Any, article_ids: list[str]) -> dict[str, dict[str, Any]]:
    """For each article what it is a copy of (``copy_of``), or which are copies of it (``copies``), if any."""
    originals, copies = bot.library.originals(article_ids), bot.library.copies(article_ids)
    return {
        article_id: ({"copy_of": originals[article_id]} if article_id in originals else {})
        | ({"copies": copies[article_id]} if article_id in copies else {})
        for article_id in article_ids
    }


@click.command(epilog="Example: rag show 'open road' --json")
@click.argument("article")
@json_option
def show(article: str, as_json: bool) -> None:
    """Show one article, by id (or its beginning), address or title."""
    with opened() as bot:
        found = bot.article(article)
        if as_json:
            passages = bot.passage_counts([found.article_id])[found.article_id]
            addresses = [address.address for address in bot.library.addresses(article_id=found.article_id)]
            print_json(
                entry(found, passages)
                | kin(bot, [found.article_id])[found.article_id]
                | {
                    "authors": list(found.authors),
                    "language": found.language,
                    "addresses": addresses,
                    "metadata": dict(found.metadata),
                    "text": found.text,
                }
            )
            return
        known = [found.source, f"{found.published:%d %B %Y}" if found.published else None, ", ".join(found.authors)]
        click.echo(safe(found.title))
        click.echo(safe(" · ".join(part for part in (*known, found.url) if part)))
        family = kin(bot, [found.article_id])[found.article_id]
        if "copy_of" in family:
            click.echo(f"copy of {family['copy_of']}")
        if "copies" in family:
            click.echo(f"copies: {', '.join(family['copies'])}")
        click.echo()
        click.echo(safe(found.text))


@click.command(epilog="Example: rag remove 3f2a9c0d11e4b7a6")
@click.argument("articles", nargs=-1, required=True, metavar="ARTICLE…")
def remove(articles: tuple[str, ...]) -> None:
    """Remove articles, by id (or its beginning), address or whole title."""
    with opened() as bot:
        known = bot.library.get_many([bot.library.resolve(name, part=False) for name in articles], texts=False)
        removed = bot.remove(*known)
        for article_id in removed:
            say(f"removed: {safe_line(known[article_id].title)}")
        say(f"removed {len(removed)} article{'s' if len(removed) != 1 else ''}")


@click.command(epilog="Example: rag index --rebuild")
@click.option("--rebuild", is_flag=True, help="Make the index anew from the library.")
def index(rebuild: bool) -> None:
    """Bring the search index up to date with the library."""
    with opened() as bot:
        bring_up_to_date(bot, rebuild=rebuild)
        status = bot.index.status()
        say(f"{status.articles} articles in {status.passages} passages, embedded by {status.embedding}")


def bring_up_to_date(bot: Any, *, rebuild: bool = False) -> None:
    """Index what is new, with a bar that shows rate and time left; without a terminal with a line now and then."""
    from tqdm import tqdm

    tell = now_and_then()
    with tqdm(desc="indexing", unit=" articles", leave=False, disable=None) as bar:

        def progress(state: Any) -> None:
            bar.total = state.total
            passages = f"{state.passages} passages embedded of {state.read} read" if state.read else ""
            bar.set_postfix_str(passages, refresh=False)
            bar.update(state.done - bar.n)
            tell(f"indexing: {state.done} of {state.total} articles{passages and ', '}{passages}")

        (bot.index.rebuild if rebuild else bot.index.bring_up_to_date)(progress)
