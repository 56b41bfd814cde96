"""The embedding model with low-rank changes to its weights, in torch, for training alone.

Every matrix W becomes W + B·A with A and B of rank `RANK` (LoRA: Hu et al. 2021, arXiv:2106.09685); of the rest only
the norms' scales and shifts are trained. A claim and its evidence go through it as one text; the vector that
all-MiniLM-L6-v2 makes of a text, as long as `LENGTH`, is weighed into one logit.
"""

import math
import time
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from index.minilm import HEADS, LAYERS, WIDTH
from rag.verify.learned import LENGTH

RANK = 16
_DROPOUT = 0.05


class LowRank(nn.Module):
    """A linear layer that stays as it is but for a product of two thin matrices."""

    def __init__(self, weights: dict[str, Tensor], name: str) -> None:
        super().__init__()
        self.name = name
        self.weight = nn.Parameter(weights[f"{name}.weight"], requires_grad=False)
        self.bias = nn.Parameter(weights[f"{name}.bias"], requires_grad=False)
        rows, columns = self.weight.shape
        self.a = nn.Parameter(torch.randn(RANK, columns) / math.sqrt(columns))
        self.b = nn.Parameter(torch.zeros(rows, RANK))

    def forward(self, states: Tensor) -> Tensor:
        """The layer's output."""
        changed = functional.linear(functional.linear(states, self.a), self.b)
        return functional.linear(states, self.weight, self.bias) + 2 * changed

    def change(self) -> dict[str, Tensor]:
        """What `rag.verify.learned` adds to the weight: the product of the two."""
        return {f"{self.name}.a": self.a, f"{self.name}.b": 2 * self.b}


class Norm(nn.Module):
    """A layer norm, trained as a whole."""

    def __init__(self, weights: dict[str, Tensor], name: str) -> None:
        super().__init__()
        self.name = name
        self.weight = nn.Parameter(weights[f"{name}.weight"].clone())
        self.bias = nn.Parameter(weights[f"{name}.bias"].clone())

    def forward(self, states: Tensor) -> Tensor:
        """The normed states."""
        return functional.layer_norm(states, (WIDTH,), self.weight, self.bias, 1e-12)

    def change(self) -> dict[str, Tensor]:
        """What takes the place of the model's own."""
        return {f"{self.name}.weight": self.weight, f"{self.name}.bias": self.bias}


class Layer(nn.Module):
    """One of the encoder's layers."""

    def __init__(self, weights: dict[str, Tensor], number: int) -> None:
        super().__init__()
        base = f"encoder.layer.{number}"
        self.query, self.key, self.value = (
            LowRank(weights, f"{base}.attention.self.{part}") for part in ("query", "key", "value")
        )
        self.mix = LowRank(weights, f"{base}.attention.output.dense")
        self.mixed = Norm(weights, f"{base}.attention.output.LayerNorm")
        self.up = LowRank(weights, f"{base}.intermediate.dense")
        self.down = LowRank(weights, f"{base}.output.dense")
        self.out = Norm(weights, f"{base}.output.LayerNorm")

    def forward(self, states: Tensor, mask: Tensor) -> Tensor:
        """States after the layer, shape (texts, tokens, 384)."""

        def heads(of: Tensor) -> Tensor:
            return of.view(*of.shape[:2], HEADS, WIDTH // HEADS).transpose(1, 2)

        attended = functional.scaled_dot_product_attention(
            heads(self.query(states)), heads(self.key(states)), heads(self.value(states)), attn_mask=mask
        )
        mixed = self.mix(attended.transpose(1, 2).reshape(states.shape))
        states = self.mixed(states + functional.dropout(mixed, _DROPOUT, self.training))
        deep = self.down(functional.gelu(self.up(states)))
        return self.out(states + functional.dropout(deep, _DROPOUT, self.training))


class Network(nn.Module):
    """Token ids and mask, both (texts, tokens), to logits (texts,)."""

    def __init__(self, safetensors: Path) -> None:
        from safetensors.torch import load_file

        super().__init__()
        weights = load_file(safetensors)
        positions = (
            weights["embeddings.position_embeddings.weight"] + weights["embeddings.token_type_embeddings.weight"][0]
        )
        self.words = nn.Parameter(weights["embeddings.word_embeddings.weight"], requires_grad=False)
        self.positions = nn.Parameter(positions, requires_grad=False)
        self.norm = Norm(weights, "embeddings.LayerNorm")
        self.layers = nn.ModuleList(Layer(weights, number) for number in range(LAYERS))
        self.head = nn.Linear(WIDTH, 1)
        nn.init.normal_(self.head.weight, std=0.16)
        nn.init.zeros_(self.head.bias)

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """The logits of "the evidence bears the claim out"."""
        states = self.norm(self.words[ids] + self.positions[: ids.shape[1]])
        for layer in self.layers:
            states = layer(states, mask[:, None, None, :].bool())
        vectors = functional.normalize((states * mask[..., None]).sum(1).float(), dim=-1)
        return self.head(LENGTH * vectors).squeeze(-1)

    def changes(self) -> dict[str, Tensor]:
        """All that training changed, as `rag.verify.learned` reads it, in 16-bit floats."""
        found = {"head.weight": self.head.weight[0], "head.bias": self.head.bias}
        for module in self.modules():
            if isinstance(module, LowRank | Norm):
                found |= module.change()
        return {name: tensor.detach().to(torch.float16).contiguous() for name, tensor in found.items()}


def train(
    network: Network,
    texts: Sequence[Sequence[int]],
    labels: Sequence[float],
    order: Sequence[Sequence[int]],
    rate: float,
) -> None:
    """One pass over the batches `order`, positions in `texts`, with a learning rate that rises to `rate` and falls."""
    trained = [parameter for parameter in network.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=rate, weight_decay=0.01)
    started, losses, seen = time.perf_counter(), [], 0
    network.train()
    for step, rows in enumerate(order):
        for group in optimizer.param_groups:
            group["lr"] = rate * min(1.0, (step + 1) / (0.06 * len(order))) * max(0.02, 1 - step / len(order))
        with torch.autocast("cpu", torch.bfloat16):
            logits = network(*batch([texts[i] for i in rows]))
        loss = functional.binary_cross_entropy_with_logits(logits.float(), torch.tensor([labels[i] for i in rows]))
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        losses.append(loss.item())
        seen += len(rows)
        if step % 25 == 24:
            pace = seen / (time.perf_counter() - started)
            print(f"{step + 1} of {len(order)}: loss {sum(losses[-25:]) / 25:.3f}, {pace:.1f} pairs/s", flush=True)


def batch(texts: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
    """Token ids padded with zeros, and the mask."""
    longest = max(map(len, texts))
    ids = torch.tensor([[*text, *[0] * (longest - len(text))] for text in texts])
    mask = torch.tensor([[1.0] * len(text) + [0.0] * (longest - len(text)) for text in texts])
    return ids, mask
