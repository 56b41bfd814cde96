"""`rag models`: the pinned weights, and fetching them."""

from typing import Any

import click

from rag.cli.common import fetch_progress, json_option, print_json, say


@click.group(invoke_without_command=True, epilog="Example: rag models fetch qwen2.5-coder-1.5b-instruct")
@json_option
@click.pass_context
def models(ctx: click.Context, as_json: bool) -> None:
    """List the models with size, licence, origin and where each lies."""
    if ctx.invoked_subcommand is not None:
        return
    from index.weights import CATALOGUE, locate
    from rag.settings import load

    cache = load().model_cache
    rows: list[dict[str, Any]] = [
        {
            "name": weights.name,
            "bytes": weights.size,
            "licence": weights.licence,
            "origin": weights.origin,
            "path": None if (path := locate(weights, cache=cache)) is None else str(path),
        }
        for weights in CATALOGUE.values()
    ]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        click.echo(f"{row['name']}\n  {row['bytes'] / 1e6:,.0f} MB · {row['licence']} · from {row['origin']}")
        click.echo(f"  {row['path'] or 'not here; rag models fetch ' + row['name']}")


@models.command(epilog="Example: rag models fetch all-minilm-l6-v2")
@click.argument("names", nargs=-1, required=True, metavar="NAME…")
def fetch(names: tuple[str, ...]) -> None:
    """Fetch models into the cache, verified by their SHA-256."""
    from index.weights import CATALOGUE, ensure
    from rag.settings import load

    for name in names:
        if name not in CATALOGUE:
            raise click.UsageError(f"there is no model {name!r}; there are {', '.join(CATALOGUE)}")
    settings = load()
    for name in names:
        with fetch_progress() as progress:
            path = ensure(name, cache=settings.model_cache, progress=progress, offline=settings.offline)
        say(f"{name}: {path}")
