"""What the import contract cannot see: the page is one module, and starting up must stay cheap."""

import ast
import subprocess
import sys

import pytest
from conftest import REPOSITORY

HEAVY = ("llama_index", "chromadb", "gradio", "onnxruntime", "trafilatura", "scipy", "openai", "sqlalchemy")


def test_the_page_stands_on_rag_and_evals_alone() -> None:
    tree = ast.parse((REPOSITORY / "ui.py").read_text(encoding="utf-8"))
    imported = {
        name.partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names])
    }
    assert not imported & {"index", "prompts"}


@pytest.mark.parametrize("code", ["import rag", "import rag.cli", "import index", "import evals"])
def test_importing_is_cheap(code: str) -> None:
    loaded = subprocess.run(
        [sys.executable, "-c", f"{code}; import sys; print(*sys.modules)"], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not [name for name in HEAVY if name in loaded]


def test_the_public_names_are_those_documented() -> None:
    import rag

    assert all(getattr(rag, name) is not None for name in rag.__all__)
    with pytest.raises(AttributeError):
        _ = rag.nothing
