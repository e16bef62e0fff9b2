"""The benchmarks on the peers' side. Each tries its settings first and goes on with the fastest."""

from dataclasses import dataclass, field
from inspect import signature
from typing import Callable

import torch
from torch.nn import functional as F

from calibrate import best_threads, fastest
from gpt2 import Gpt2, attend


@dataclass
class Task:
    detail: str
    run: Callable[[], object]
    facts: dict = field(default_factory=dict)


def prepare(peer, benchmark, size):
    torch.manual_seed(1)
    if peer == "transformer_lens":
        return transformer_lens_forward(size)
    return {"train": train, "forward": forward, "generate": generate, "matmul": matmul, "attention": attention}[benchmark](
        size
    )


def pytorch(*details):
    return ", ".join([f"PyTorch {torch.__version__}", *details])


def parameters(model):
    return sum(parameter.numel() for parameter in model.parameters())


def random_ids(size, tokens):
    return torch.randint(size["vocabulary"], (size["batch"], tokens))


def train(size):
    """Attention without patterns where PyTorch can. Matrices and embeddings decay, as ours."""
    model = Gpt2(**size)
    ids = random_ids(size, size["tokens"])
    labels = random_ids(size, size["tokens"])
    groups = [
        {"params": [each for each in model.parameters() if each.dim() == 2], "weight_decay": 0.1},
        {"params": [each for each in model.parameters() if each.dim() != 2], "weight_decay": 0.0},
    ]

    def with_optimizer(**options):
        # Copies, because an optimizer writes its options into the groups that it is given.
        optimizer = torch.optim.AdamW([dict(group) for group in groups], lr=1e-3, betas=(0.9, 0.999), eps=1e-8, **options)

        def step():
            optimizer.zero_grad(set_to_none=True)
            loss = F.cross_entropy(model(ids).flatten(0, 1), labels.flatten())
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            return loss.item()

        return step

    ways = {"AdamW": with_optimizer, "AdamW(foreach=True)": lambda: with_optimizer(foreach=True)}
    if "fused" in signature(torch.optim.AdamW).parameters:
        ways["AdamW(fused=True)"] = lambda: with_optimizer(fused=True)
    threads = best_threads(with_optimizer(foreach=True))
    optimizer, step = fastest(ways)
    return Task(pytorch(threads, optimizer), step, {"parameters": parameters(model)})


def forward(size):
    """Attention by products, because its patterns are wanted."""
    model = Gpt2(**size).eval()
    ids = random_ids(size, size["tokens"])

    @torch.inference_mode()
    def run():
        return model.captured(ids)

    threads = best_threads(run)
    captures = {name: list(value.shape) for name, value in run().items()}
    facts = {"parameters": parameters(model), "captures": captures}
    return Task(pytorch(threads, f"{len(captures)} activations"), run, facts)


def transformer_lens_forward(size):
    from importlib.metadata import version

    from transformer_lens import HookedTransformer, HookedTransformerConfig

    width, heads = size["width"], size["heads"]
    config = HookedTransformerConfig(
        n_layers=size["layers"],
        d_model=width,
        n_heads=heads,
        d_head=width // heads,
        d_mlp=4 * width,
        d_vocab=size["vocabulary"],
        n_ctx=size["context"],
        act_fn="gelu_new",
        normalization_type="LN",
        device="cpu",
    )
    model = HookedTransformer(config).eval()
    ids = random_ids(size, size["tokens"])

    @torch.inference_mode()
    def run():
        return model.run_with_cache(ids)

    threads = best_threads(run)
    logits, cache = run()
    captures = {name: list(value.shape) for name, value in cache.items() if not name.startswith("unembed.")}
    captures["logits"] = list(logits.shape)
    detail = f"TransformerLens {version('transformer-lens')} on {pytorch(threads, f'{len(cache)} activations')}"
    return Task(detail, run, {"captures": captures})


def generate(size):
    """Greedy, with keys and values in memory that is taken once."""
    model = Gpt2(**size).eval()
    prompt = random_ids(size, size["prompt"])
    blocks, heads = size["layers"], size["heads"]
    caches = torch.zeros(blocks, 2, 1, heads, size["context"], size["width"] // heads)

    @torch.inference_mode()
    def run():
        ids, past, produced = prompt, 0, []
        for _ in range(size["tokens"]):
            logits = model.with_cache(ids, caches, past)
            past += ids.shape[1]
            ids = logits.argmax(-1, keepdim=True)
            produced.append(ids.item())
        return produced

    threads = best_threads(run)
    return Task(pytorch(threads), run, {"parameters": parameters(model), "generated": len(run())})


def matmul(size):
    leading = [] if size["batch"] == 1 else [size["batch"]]
    left = torch.randn(*leading, size["rows"], size["inner"])
    right = torch.randn(*leading, size["inner"], size["columns"])
    product = torch.empty(*leading, size["rows"], size["columns"])

    @torch.inference_mode()
    def run():
        torch.matmul(left, right, out=product)

    return Task(pytorch(best_threads(run)), run, {"result": list(product.shape)})


def attention(size):
    shape = [size["batch"], size["heads"], size["tokens"], size["width"]]
    q, k, v = (torch.randn(shape) for _ in range(3))

    @torch.inference_mode()
    def run():
        return attend(q, k, v, is_causal=True)

    return Task(pytorch(best_threads(run)), run, {"result": shape})
