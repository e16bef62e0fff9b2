"""Fifty steps of training of three small random checkpoints, as PyTorch makes them.

The checkpoints start with random biases and norm gains, for the reason told in
model_goldens.py. Transformers in eager attention, float32, CPU, no dropout.

Per step t, counted from 0, on batch t:
    loss            mean cross-entropy in nats of model(tokens).logits against
                    labels, over all labels of the batch that are not -100
    gradient norm   of all gradients together, before they are clipped to 1
    update          torch.optim.AdamW, decay 0.1 for parameters of two axes
                    (embeddings too, and positions) and 0 for vectors
    learning rate   rises linearly over 10 steps, then falls as a cosine to a tenth

training/batches.safetensors, the same for all models:
    tokens          [step, batch, pos] int32
    labels          [step, batch, pos] int32: what follows the token at the same
                    place, so that nothing is left to shift, or -100

training/<name>/golden.json, parameters by their names in transformers:
    optimizer       beta1, beta2, epsilon, weightDecay, clipNorm
    steps           [{"loss", "gradientNorm", "learningRate"}, ...]
    gradientNorms   L2 norm of each parameter's gradient at step 0, not clipped
    finalNorms      L2 norm of each parameter after the last step, without those
                    that hold a bias of keys (see final_norms)

    accumulated     as steps, of the same training with each batch in two halves: the
                    sum of half their gradients, and the mean of their losses

training/schedules.json: learning rates of torch.optim.lr_scheduler, by name:
    [{"kind", "steps", "warmup", "final", "decay", "rates": one for each step}, ...]

training/<name>/golden.safetensors: some whole gradients of step 0, not clipped,
in the shapes of transformers.
"""

import itertools
import json
import math
import shutil
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor
from torch.nn.functional import cross_entropy
from torch.optim.lr_scheduler import ConstantLR, CosineAnnealingLR, LinearLR, SequentialLR
from transformers import (
    AutoModelForCausalLM,
    GPT2Config,
    GPTNeoConfig,
    LlamaConfig,
    PreTrainedConfig,
    PreTrainedModel,
)

from model_goldens import randomise

STEPS, WARMUP = 50, 10
BATCH, POS = 4, 17
PEAK_LEARNING_RATE = 3e-3
OPTIMIZER = {"beta1": 0.9, "beta2": 0.95, "epsilon": 1e-8, "weightDecay": 0.1, "clipNorm": 1.0}
IGNORED = -100
VOCABULARY = 97
CONTEXT = 24  # longer than a text: the last positions get no gradient, only decay

# How far losses, and norms relatively, may move when only rounding changes: ten
# times less than an engine may be off, so that a miss is not chaos.
STEADY = 1e-4


@dataclass(frozen=True)
class Run:
    """One fixture: a configuration, its random weights, and the gradients to keep whole."""

    name: str
    config: PreTrainedConfig
    seed: int
    gradients: list[str]


def runs() -> list[Run]:
    """All fixtures. MLPs are narrow to keep the files small."""
    ids = dict(bos_token_id=1, eos_token_id=2)
    gpt2 = GPT2Config(
        vocab_size=VOCABULARY,
        n_embd=32,
        n_layer=2,
        n_head=4,
        n_inner=40,
        n_positions=CONTEXT,
        resid_pdrop=0.0,
        embd_pdrop=0.0,
        attn_pdrop=0.0,
        **ids,
    )
    gpt_neo = GPTNeoConfig(
        vocab_size=VOCABULARY,
        hidden_size=20,
        num_layers=2,
        num_heads=4,
        intermediate_size=36,
        attention_types=[[["global", "local"], 1]],
        window_size=6,
        max_position_embeddings=CONTEXT,
        resid_dropout=0.0,
        embed_dropout=0.0,
        attention_dropout=0.0,
        **ids,
    )
    llama = LlamaConfig(
        vocab_size=VOCABULARY,
        hidden_size=24,
        intermediate_size=36,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=CONTEXT,
        tie_word_embeddings=False,
        **ids,
    )
    return [
        Run(
            "gpt2",
            gpt2,
            seed=31,
            gradients=[
                "transformer.wpe.weight",
                "transformer.h.0.attn.c_attn.weight",
                "transformer.h.1.mlp.c_fc.bias",
            ],
        ),
        Run(
            "gpt-neo",
            gpt_neo,
            seed=32,
            gradients=[
                "transformer.wte.weight",
                "transformer.h.0.ln_2.bias",
                "transformer.h.1.attn.attention.k_proj.weight",  # the local layer
            ],
        ),
        Run(
            "llama",
            llama,
            seed=33,
            gradients=[
                "model.layers.0.input_layernorm.weight",
                "model.layers.0.self_attn.k_proj.weight",
                "model.layers.1.mlp.gate_proj.weight",
            ],
        ),
    ]


def make_batches() -> tuple[Tensor, Tensor]:
    """Tokens and labels, [step, batch, pos]: texts run around one cycle of 23 tokens,
    each from its own place, and one token in ten is any other. In every fifth
    batch the labels at the head of each text are ignored, as those of a prompt."""
    generator = torch.Generator().manual_seed(7)

    def whole(end: int, *shape: int) -> Tensor:
        return torch.randint(end, shape, generator=generator)

    cycle = torch.randperm(VOCABULARY, generator=generator)[:23]
    places = whole(len(cycle), STEPS, BATCH, 1) + torch.arange(POS + 1)
    texts = cycle[places % len(cycle)]
    noisy = torch.rand(texts.shape, generator=generator) < 0.1
    texts = torch.where(noisy, whole(VOCABULARY, *texts.shape), texts)

    tokens, labels = texts[..., :-1], texts[..., 1:].clone()
    heads = whole(POS + 1, STEPS, BATCH, 1)
    in_head = torch.arange(POS) < heads
    in_head[torch.arange(STEPS) % 5 != 0] = False
    labels[in_head] = IGNORED
    assert (labels != IGNORED).any(dim=(1, 2)).all(), "a batch without labels has no loss"
    return tokens, labels


def learning_rate(step: int) -> float:
    """Of step, counted from 0."""
    if step < WARMUP:
        return PEAK_LEARNING_RATE * (step + 1) / WARMUP
    share = (step - WARMUP) / (STEPS - 1 - WARMUP)
    return PEAK_LEARNING_RATE * (0.1 + 0.9 * (1 + math.cos(math.pi * share)) / 2)


@dataclass(frozen=True)
class Trajectory:
    """What a training was; parameters by name."""

    steps: list[dict[str, float]]  # loss, gradientNorm, learningRate
    gradients: dict[str, Tensor]  # at step 0
    final_norms: dict[str, float]


def train(model: PreTrainedModel, tokens: Tensor, labels: Tensor, parts: int = 1) -> Trajectory:
    """Trains model in place, each batch in equal parts one after the other."""
    parameters = dict(model.named_parameters())
    matrices = [parameter for parameter in parameters.values() if parameter.ndim > 1]
    vectors = [parameter for parameter in parameters.values() if parameter.ndim == 1]
    optimizer = torch.optim.AdamW(
        [
            {"params": matrices, "weight_decay": OPTIMIZER["weightDecay"]},
            {"params": vectors, "weight_decay": 0.0},
        ],
        betas=(OPTIMIZER["beta1"], OPTIMIZER["beta2"]),
        eps=OPTIMIZER["epsilon"],
    )
    steps, gradients = [], {}
    for step in range(STEPS):
        rate = learning_rate(step)
        for group in optimizer.param_groups:
            group["lr"] = rate
        optimizer.zero_grad()
        loss = torch.zeros(())
        for some, expected in zip(tokens[step].chunk(parts), labels[step].chunk(parts), strict=True):
            logits = model(some, use_cache=False).logits
            part = cross_entropy(logits.flatten(0, 1), expected.flatten(), ignore_index=IGNORED) / parts
            part.backward()
            loss = loss + part.detach()
        if step == 0:
            gradients = {name: parameter.grad.clone() for name, parameter in parameters.items()}
        norm = torch.nn.utils.clip_grad_norm_(parameters.values(), OPTIMIZER["clipNorm"])
        optimizer.step()
        steps.append({"loss": loss.item(), "gradientNorm": norm.item(), "learningRate": rate})
    return Trajectory(steps, gradients, norms(parameters))


def norms(tensors: dict[str, Tensor]) -> dict[str, float]:
    """L2 norms, summed in float64."""
    return {name: tensor.detach().double().norm().item() for name, tensor in tensors.items()}


def other_roundings(model: PreTrainedModel, tokens: Tensor, labels: Tensor) -> list[Trajectory]:
    """The same training in float64, and from weights of which the last bits differ
    (transformers computes norms and softmax in float32 whatever the model's type)."""
    nudged = deepcopy(model)
    generator = torch.Generator().manual_seed(1)
    for parameter in nudged.parameters():
        parameter.data.mul_(1 + 1e-6 * torch.randn(parameter.shape, generator=generator))
    return [train(deepcopy(model).double(), tokens, labels), train(nudged, tokens, labels)]


def check_steady(name: str, golden: Trajectory, others: list[Trajectory]) -> None:
    """Fails where the trajectory learns nothing, or rounding moves it."""
    losses = [step["loss"] for step in golden.steps]
    moved = max(
        abs(loss - step["loss"]) for other in others for loss, step in zip(losses, other.steps, strict=True)
    )
    gradient_norms = [step["gradientNorm"] for step in golden.steps]
    print(
        f"{name}: loss {', '.join(f'{loss:.2f}' for loss in losses[::7])}; "
        f"gradient norm {min(gradient_norms):.2f} to {max(gradient_norms):.2f}; rounding moves the loss by {moved:.1e}"
    )
    assert sum(losses[-5:]) / 5 < losses[0] - 1, "the loss hardly falls"
    assert moved < STEADY, "rounding decides the trajectory: lower the learning rate"


def final_norms(golden: Trajectory, others: list[Trajectory]) -> dict[str, float]:
    """Those that rounding does not decide. A bias of keys adds the same to all scores
    of a query, so its gradient is zero but for rounding, which Adam scales up."""
    found = {name: norm for name, norm in golden.final_norms.items() if not name.endswith("c_attn.bias")}
    for name, norm in found.items():
        for other in others:
            assert math.isclose(norm, other.final_norms[name], rel_tol=STEADY), f"rounding decides {name}"
    return found


def write_training_goldens(folder: Path) -> None:
    """Replaces folder with the batches and one checkpoint folder per entry of runs()."""
    torch.set_num_threads(1)  # one order of summation
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    tokens, labels = make_batches()
    batches = {"tokens": tokens, "labels": labels}
    save_file({key: ids.to(torch.int32).contiguous() for key, ids in batches.items()}, folder / "batches.safetensors")
    for run in runs():
        target = folder / run.name
        model = AutoModelForCausalLM.from_config(run.config)
        randomise(model, run.seed, std=0.12)
        model.save_pretrained(target)

        model = AutoModelForCausalLM.from_pretrained(target, dtype=torch.float32, attn_implementation="eager")
        others = other_roundings(model, tokens, labels)
        golden = train(model, tokens, labels)
        check_steady(run.name, golden, others)
        fresh = AutoModelForCausalLM.from_pretrained(target, dtype=torch.float32, attn_implementation="eager")
        accumulated = train(fresh, tokens, labels, parts=2)
        save_file({name: golden.gradients[name] for name in run.gradients}, target / "golden.safetensors")
        write_json(
            target / "golden.json",
            {
                "optimizer": OPTIMIZER,
                "steps": golden.steps,
                "gradientNorms": norms(golden.gradients),
                "finalNorms": final_norms(golden, others),
                "accumulated": accumulated.steps,
            },
        )
    write_schedules(folder / "schedules.json")


def write_schedules(path: Path) -> None:
    """A warm-up, then what the kind of schedule says, each by PyTorch's own schedulers."""

    def rates(steps: int, warmup: int, final: float, kind: str, decay: int) -> list[float]:
        optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=PEAK_LEARNING_RATE)
        rest = steps - warmup
        linear = lambda length: LinearLR(optimizer, 1.0, final, total_iters=length)
        parts = {
            "constant": [(ConstantLR(optimizer, 1.0), rest)],
            "linear": [(linear(rest), rest)],
            "cosine": [(CosineAnnealingLR(optimizer, rest, PEAK_LEARNING_RATE * final), rest)],
            "warmup-stable-decay": [(ConstantLR(optimizer, 1.0), rest - decay), (linear(decay), decay)],
        }[kind]
        # Step 1 has 1/warmup of the rate, and the last of the warm-up all of it.
        parts.insert(0, (LinearLR(optimizer, 1 / warmup, total_iters=warmup - 1), warmup - 1))
        milestones = list(itertools.accumulate(length for _, length in parts))[:-1]
        scheduler = SequentialLR(optimizer, [part for part, _ in parts], milestones)
        found = []
        for _ in range(steps):
            found.append(float(f"{scheduler.get_last_lr()[0]:.9g}"))
            optimizer.step()
            scheduler.step()
        return found

    schedules = [
        dict(kind=kind, steps=40, warmup=8, final=0.1, decay=10)
        for kind in ("constant", "linear", "cosine", "warmup-stable-decay")
    ]
    lines = ",\n".join(json.dumps({**each, "rates": rates(**each)}) for each in schedules)
    path.write_text(f"[\n{lines}\n]\n", "utf-8")


def write_json(path: Path, golden: dict) -> None:
    """One step or norm per line, in the nine digits that tell float32 numbers apart."""

    def short(value):
        if isinstance(value, float):
            return float(f"{value:.9g}")
        return {key: short(each) for key, each in value.items()} if isinstance(value, dict) else value

    def lines(steps: list[dict]) -> str:
        return "[\n" + ",\n".join(json.dumps(short(step)) for step in steps) + "\n]"

    parts = [
        f'"{key}": {lines(value) if isinstance(value, list) else json.dumps(short(value), indent=0)}'
        for key, value in golden.items()
    ]
    path.write_text("{\n" + ",\n".join(parts) + "\n}\n", "utf-8")
