"""Small random checkpoints and what Hugging Face transformers computes on them.

Every parameter is random, biases and norm gains too: transformers starts those
at 0 and 1, where a forgotten bias or a swapped gain cannot be seen. Eager
attention, float32, CPU; the golden is computed from the files as reloaded, so
it sees the rounding of the stored dtype.

golden.safetensors, names as in TransformerLens:
    input_ids                   [batch, pos] int32
    logits                      [batch, pos, vocab]
    hook_embed                  [batch, pos, d_model] token embedding only
    blocks.L.hook_resid_post    [batch, pos, d_model] before any final norm
    blocks.L.hook_attn_out      [batch, pos, d_model]
    blocks.L.attn.hook_pattern  [batch, head, query, key]
    blocks.L.mlp.hook_post      [batch, pos, d_mlp] act(pre), gated: act(gate)·up;
                                experts side by side, 0 where not chosen
    blocks.L.mlp.hook_expert_weights    [batch, pos, expert] as summed with, 0
                                where not chosen
    greedy_ids                  [12] int32, what follows row 0 of input_ids; none
                                for encoders
"""

import shutil
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from transformers import (
    AutoModelForCausalLM,
    AutoModelForMaskedLM,
    BertConfig,
    GPT2Config,
    GPTNeoConfig,
    GPTNeoXConfig,
    LlamaConfig,
    MixtralConfig,
    PreTrainedConfig,
    PreTrainedModel,
)
from transformers.models.bert.modeling_bert import BertAttention
from transformers.pytorch_utils import Conv1D

GREEDY_TOKENS = 12
TOKEN_IDS = {"bos_token_id": 1, "eos_token_id": 2}


@dataclass(frozen=True)
class Checkpoint:
    """One fixture: configuration, size of its input, scale and form of its weights."""

    name: str
    config: PreTrainedConfig
    shape: tuple[int, int]  # batch, pos
    seed: int
    std: float = 0.3  # of the matrices
    dtype: torch.dtype = torch.float32  # as stored
    max_shard_size: str = "1GB"


def checkpoints() -> list[Checkpoint]:
    """All fixtures. Some norm epsilons are far too large for a real model, so
    that an engine which ignores the configured value misses the bound."""

    def llama(**overrides) -> LlamaConfig:
        sizes = dict(vocab_size=61, hidden_size=24, intermediate_size=36, num_hidden_layers=2)
        sizes |= dict(num_attention_heads=4, max_position_embeddings=48)
        return LlamaConfig(**(sizes | TOKEN_IDS | overrides))

    small_base = {"rope_type": "default", "rope_theta": 500.0}
    gpt2 = GPT2Config(
        vocab_size=61, n_embd=24, n_layer=3, n_head=4, n_positions=40, layer_norm_epsilon=1e-2, **TOKEN_IDS
    )
    gpt2_sharded = GPT2Config(
        vocab_size=53, n_embd=20, n_layer=2, n_head=2, n_inner=44, n_positions=32, **TOKEN_IDS
    )
    # Longer than its window, so that local and global layers differ. GPT-Neo
    # does not scale its scores: smaller weights keep attention from saturating.
    gpt_neo = GPTNeoConfig(
        vocab_size=61,
        hidden_size=20,
        num_layers=4,
        num_heads=2,
        attention_types=[[["global", "local"], 2]],
        window_size=8,
        max_position_embeddings=64,
        **TOKEN_IDS,
    )
    def gpt_neox(**overrides) -> GPTNeoXConfig:
        sizes = dict(vocab_size=61, hidden_size=24, intermediate_size=40, num_hidden_layers=2)
        sizes |= dict(num_attention_heads=3, max_position_embeddings=48)
        return GPTNeoXConfig(**(sizes | TOKEN_IDS | overrides))

    bert = BertConfig(
        vocab_size=61,
        hidden_size=20,
        intermediate_size=28,
        num_hidden_layers=2,
        num_attention_heads=4,
        max_position_embeddings=40,
        layer_norm_eps=1e-2,
    )
    # Half of each head turns, with attention and MLP side by side; all of it, one after the other.
    half = {"rope_type": "default", "rope_theta": 500.0, "partial_rotary_factor": 0.5}
    full = {"rope_type": "default", "rope_theta": 10000.0, "partial_rotary_factor": 1.0}
    # Again longer than its window.
    mixtral = MixtralConfig(
        vocab_size=61,
        hidden_size=16,
        intermediate_size=10,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=48,
        num_local_experts=5,
        num_experts_per_tok=2,
        sliding_window=6,
        rms_norm_eps=1e-2,
        **TOKEN_IDS,
    )
    return [
        Checkpoint("gpt2", gpt2, (2, 11), seed=21),
        Checkpoint("gpt-neo", gpt_neo, (1, 37), seed=52, std=0.22),
        Checkpoint("llama-tied", llama(tie_word_embeddings=True, rms_norm_eps=1e-2), (2, 9), seed=13),
        Checkpoint(
            "llama-grouped",
            llama(num_key_value_heads=2, rope_parameters=small_base, rms_norm_eps=1e-5),
            (2, 9),
            seed=4,
        ),
        Checkpoint("llama-head-dim", llama(head_dim=10, num_key_value_heads=1), (2, 7), seed=5),
        Checkpoint(
            "gpt2-f16-sharded", gpt2_sharded, (1, 13), seed=56, dtype=torch.float16, max_shard_size="8KB"
        ),
        Checkpoint(
            "llama-bf16", llama(hidden_size=20, num_attention_heads=2), (1, 13), seed=27, dtype=torch.bfloat16
        ),
        Checkpoint("gpt-neox", gpt_neox(rope_parameters=half, layer_norm_eps=1e-2), (2, 11), seed=63),
        Checkpoint(
            "gpt-neox-serial",
            gpt_neox(
                rope_parameters=full, use_parallel_residual=False, tie_word_embeddings=True, attention_bias=False
            ),
            (1, 13),
            seed=77,
        ),
        Checkpoint("bert", bert, (2, 9), seed=81),
        Checkpoint("mixtral", mixtral, (2, 11), seed=60, std=0.4),
    ]


def randomise(model: PreTrainedModel, seed: int, std: float) -> None:
    """Fills every parameter in place: matrices 0 ± std, norm gains 1 ± 0.3, biases 0 ± 0.2."""
    generator = torch.Generator().manual_seed(seed)
    for name, parameter in model.named_parameters():
        noise = torch.randn(parameter.shape, generator=generator)
        if parameter.ndim > 1:
            parameter.data.copy_(std * noise)
        elif name.endswith("bias"):
            parameter.data.copy_(0.2 * noise)
        else:
            parameter.data.copy_(1 + 0.3 * noise)


def parts(model: PreTrainedModel) -> tuple[nn.Module, list[tuple[nn.Module, nn.Module, nn.Module]], nn.Module]:
    """Token embedding; (block, attention, last MLP matrix or experts) of every layer; final norm."""
    if model.config.model_type in ("llama", "mixtral"):
        body = model.model
        blocks = [
            (block, block.self_attn, getattr(block.mlp, "down_proj", None) or block.mlp.experts)
            for block in body.layers
        ]
        return body.embed_tokens, blocks, body.norm
    if model.config.model_type == "bert":
        blocks = [(block, block.attention, block.output.dense) for block in model.bert.encoder.layer]
        return model.bert.embeddings.word_embeddings, blocks, nn.Identity()
    if model.config.model_type == "gpt_neox":
        body = model.gpt_neox
        blocks = [(block, block.attention, block.mlp.dense_4h_to_h) for block in body.layers]
        return body.embed_in, blocks, body.final_layer_norm
    body = model.transformer
    return body.wte, [(block, block.attn, block.mlp.c_proj) for block in body.h], body.ln_f


def capture(model: PreTrainedModel, input_ids: Tensor) -> dict[str, Tensor]:
    """Runs [batch, pos] ids once and returns the activations named in the module docstring."""
    found: dict[str, Tensor] = {}
    handles = []

    def keep(module: nn.Module, name: str) -> None:
        def hook(_module, _inputs, output) -> None:
            found[name] = output[0] if isinstance(output, tuple) else output

        handles.append(module.register_forward_hook(hook))

    def keep_attention(module: nn.Module, layer: int) -> None:
        if isinstance(module, BertAttention):  # its own output is already normalised
            keep(module.output.dense, f"blocks.{layer}.hook_attn_out")
            handles.append(
                module.self.register_forward_hook(
                    lambda _module, _inputs, output: found.update({f"blocks.{layer}.attn.hook_pattern": output[1]})
                )
            )
            return

        def hook(_module, _inputs, output) -> None:
            found[f"blocks.{layer}.hook_attn_out"] = output[0]
            found[f"blocks.{layer}.attn.hook_pattern"] = output[1]

        handles.append(module.register_forward_hook(hook))

    def keep_input(module: nn.Module, name: str) -> None:
        handles.append(module.register_forward_pre_hook(lambda _module, inputs: found.update({name: inputs[0]})))

    def keep_experts(module: nn.Module, mlp: str) -> None:
        def hook(experts, inputs, output) -> None:
            weights, post = open_experts(experts, *inputs, output)
            found[f"{mlp}.hook_expert_weights"] = weights.view(*input_ids.shape, -1)
            found[f"{mlp}.hook_post"] = post.view(*input_ids.shape, -1)

        handles.append(module.register_forward_hook(hook))

    embedding, blocks, final_norm = parts(model)
    keep(embedding, "hook_embed")
    for layer, (block, attention, mlp_out) in enumerate(blocks):
        keep(block, f"blocks.{layer}.hook_resid_post")
        keep_attention(attention, layer)
        if isinstance(mlp_out, nn.Linear | Conv1D):
            keep_input(mlp_out, f"blocks.{layer}.mlp.hook_post")
        else:
            keep_experts(mlp_out, f"blocks.{layer}.mlp")
    found["logits"] = model(input_ids, use_cache=False).logits
    for handle in handles:
        handle.remove()

    last = found[f"blocks.{len(blocks) - 1}.hook_resid_post"]
    head = model.cls if model.config.model_type == "bert" else model.lm_head
    torch.testing.assert_close(head(final_norm(last)), found["logits"])
    return found


def open_experts(
    experts: nn.Module, x: Tensor, chosen: Tensor, shares: Tensor, output: Tensor
) -> tuple[Tensor, Tensor]:
    """What Mixtral's experts, from their inputs [token, …], leave unsaid: the
    weights [token, expert] and neurons [token, expert, d_expert], 0 where not
    chosen. Checked against their output [token, d_model]."""
    weights = torch.zeros(len(x), experts.num_experts).scatter(1, chosen, shares)
    gate, up = torch.einsum("td,end->ten", x, experts.gate_up_proj).chunk(2, dim=-1)
    post = experts.act_fn(gate) * up * (weights > 0)[..., None]
    torch.testing.assert_close(torch.einsum("te,ten,edn->td", weights, post, experts.down_proj), output)
    used = (weights > 0).sum(0)
    assert 0 < used.min() and used.max() < len(x), f"experts that all tokens pass, or none: {used.tolist()}"
    return weights, post


def greedy(model: PreTrainedModel, prompt: Tensor) -> Tensor:
    """[GREEDY_TOKENS] ids that follow prompt [pos], by argmax without a cache,
    checked against model.generate with its cache. The end token is not among them."""
    ids = prompt[None]
    for _ in range(GREEDY_TOKENS):
        best = model(ids, use_cache=False).logits[0, -1].topk(2)
        gap = (best.values[0] - best.values[1]).item()
        assert gap > 0.02, f"the greedy choice is a near tie ({gap}): take another seed"
        ids = torch.cat([ids, best.indices[None, :1]], dim=1)

    generated = model.generate(
        prompt[None], attention_mask=torch.ones_like(prompt[None]), do_sample=False, max_new_tokens=GREEDY_TOKENS
    )
    assert torch.equal(generated, ids), "model.generate and argmax disagree, or the end token came up"
    return ids[0, len(prompt) :]


def check_scale(name: str, golden: dict[str, Tensor]) -> None:
    """Fails where the weights hide bugs (near-uniform attention) or lose digits (huge logits)."""
    peak = golden["logits"].abs().max().item()
    ratios = []
    for key, pattern in golden.items():
        if key.endswith("hook_pattern"):
            keys = (pattern > 0).sum(-1)
            entropy = -torch.special.xlogy(pattern, pattern).sum(-1)
            ratios.append((entropy / keys.log())[keys > 1].mean().item())
    continuation = golden["greedy_ids"].tolist() if "greedy_ids" in golden else None
    print(
        f"{name}: |logit| up to {peak:.1f}; entropy of attention over that of uniform "
        f"{', '.join(f'{ratio:.2f}' for ratio in ratios)}; greedy {continuation}"
    )
    assert 2 < peak < 20 and all(0.1 < ratio < 0.9 for ratio in ratios)
    assert continuation is None or len(set(continuation)) >= 4, "the greedy text only repeats: take another seed"


def write_model_goldens(folder: Path) -> None:
    """Replaces folder with one checkpoint folder per entry of checkpoints()."""
    torch.set_num_threads(1)  # one order of summation
    shutil.rmtree(folder, ignore_errors=True)
    for checkpoint in checkpoints():
        target = folder / checkpoint.name
        is_encoder = checkpoint.config.model_type == "bert"
        auto = AutoModelForMaskedLM if is_encoder else AutoModelForCausalLM
        model = auto.from_config(checkpoint.config)
        randomise(model, checkpoint.seed, checkpoint.std)
        model.to(checkpoint.dtype).save_pretrained(target, max_shard_size=checkpoint.max_shard_size)

        model = auto.from_pretrained(
            target, dtype=torch.float32, attn_implementation="eager", experts_implementation="eager"
        ).eval()
        generator = torch.Generator().manual_seed(1000 + checkpoint.seed)
        input_ids = torch.randint(checkpoint.config.vocab_size, checkpoint.shape, generator=generator)
        with torch.no_grad():
            golden = capture(model, input_ids)
            if not is_encoder:
                golden["greedy_ids"] = greedy(model, input_ids[0])
        golden["input_ids"] = input_ids
        check_scale(checkpoint.name, golden)
        stored = {
            name: value.to(torch.float32 if value.is_floating_point() else torch.int32).contiguous().clone()
            for name, value in golden.items()
        }
        save_file(stored, target / "golden.safetensors")
