"""The `rag` command. Data goes to standard output, everything else to standard error.

Exit status: 0 done, 1 failed (one line says what and what to do), 2 wrong usage. Commands are
imported when they are run, so that ``rag --help`` and a typing error cost nothing.
"""

import importlib
import io
import os
import sys
import traceback

import click

from index.errors import ArticleRagError

# Command → (where it is, its line in the help). The page and the evaluation are not ours to import;
# they are found by name.
COMMANDS = {
    "add": ("rag.cli.sources:add", "Add articles: files, folders, pages, feeds."),
    "sync": ("rag.cli.sources:sync", "Read again what was added: what changed, moved or went."),
    "list": ("rag.cli.articles:list_", "List the articles of the library."),
    "show": ("rag.cli.articles:show", "Show one article."),
    "remove": ("rag.cli.articles:remove", "Remove articles."),
    "index": ("rag.cli.articles:index", "Bring the search index up to date, or rebuild it."),
    "search": ("rag.cli.questions:search", "Find passages."),
    "ask": ("rag.cli.questions:ask", "Ask a question; the answer is cited and checked."),
    "chat": ("rag.cli.questions:chat", "Ask questions one after another."),
    "ui": ("ui:command", "Serve the chat page."),
    "eval": ("evals.cli:command", "Measure how good the answers are."),
    "models": ("rag.cli.models:models", "List the model weights, or fetch them."),
    "doctor": ("rag.cli.doctor:doctor", "Check the settings and that everything works."),
}


class _Lazy(click.Group):
    """Knows its commands by name and help line; imports the one that is run."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module, attribute = COMMANDS[name][0].split(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:  # click would make a failure of it
            # `rag list | head`: the reader has what it wants. What is left unwritten goes nowhere, at exit too.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise click.exceptions.Exit(0) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(
    cls=_Lazy,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Example: rag add articles/ && rag ask 'How many people died in Lahaina?'",
)
@click.version_option(package_name="article-rag", prog_name="rag")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def cli(debug: bool) -> None:
    """Ask questions of news articles. Every answer is cited to the sentence and checked."""


def main() -> None:
    """Run the command line, and turn errors into one line and an exit status."""
    if sys.stdout is None or sys.stderr is None:  # closed by the caller: there is nobody to tell
        sys.exit(1)
    for stream in (sys.stdout, sys.stderr):
        # News has curly quotes and dashes; a terminal that cannot show them gets question marks, not a crash.
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    if isinstance(sys.stdin, io.TextIOWrapper):  # neither closed nor somebody else's
        sys.stdin.reconfigure(errors="replace")
    debug = "--debug" in sys.argv[1:]
    try:
        status = cli.main(standalone_mode=False)
    except click.exceptions.Exit as exit_:
        status = exit_.exit_code
    except click.Abort:
        click.echo("interrupted", err=True)
        status = 130
    except click.UsageError as error:
        error.show()
        status = 2
    except click.ClickException as error:
        error.show()
        status = 1
    except (ArticleRagError, OSError) as error:
        if debug:
            traceback.print_exc()
        click.echo(f"rag: {error}", err=True)
        status = 1
    sys.exit(status if isinstance(status, int) else 0)
