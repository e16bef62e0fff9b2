"""GPT-2 in plain eager PyTorch, as its users write it (https://github.com/karpathy/nanoGPT, model.py): pre-norm, one
product for queries, keys and values, the embedding as unembedding. Sizes are those of ../sizes.ts."""

import torch
from torch import nn
from torch.nn import functional as F


def attend(q, k, v, is_causal):
    """Fused where this PyTorch has it (since 2.0), by products where not."""
    if hasattr(F, "scaled_dot_product_attention"):
        return F.scaled_dot_product_attention(q, k, v, is_causal=is_causal)
    scores = q @ k.transpose(-1, -2) * q.shape[-1] ** -0.5
    if is_causal:
        hidden = torch.ones(q.shape[-2], k.shape[-2], dtype=torch.bool).triu(1)
        scores = scores.masked_fill(hidden, float("-inf"))
    return scores.softmax(-1) @ v


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)

    def split(self, x):
        """Queries, keys, values [batch, pos, head, d_head]."""
        batch, pos, width = x.shape
        return self.qkv(x).view(batch, pos, 3, self.heads, width // self.heads).unbind(2)

    def forward(self, x):
        q, k, v = (each.transpose(1, 2) for each in self.split(x))
        z = attend(q, k, v, is_causal=True)
        return self.out(z.transpose(1, 2).reshape(x.shape))

    def with_cache(self, x, cache, past):
        """`cache` holds keys and values [2, batch, head, context, d_head]; those of `x` are added behind `past`."""
        q, k, v = (each.transpose(1, 2) for each in self.split(x))
        end = past + x.shape[1]
        cache[0, :, :, past:end] = k
        cache[1, :, :, past:end] = v
        z = attend(q, cache[0, :, :, :end], cache[1, :, :, :end], is_causal=past == 0)
        return self.out(z.transpose(1, 2).reshape(x.shape))

    def captured(self, x, keep, hidden):
        q, k, v = self.split(x)
        keep("attn.hook_q", q), keep("attn.hook_k", k), keep("attn.hook_v", v)
        scores = q.transpose(1, 2) @ k.permute(0, 2, 3, 1) * q.shape[-1] ** -0.5
        scores = scores.masked_fill(hidden, float("-inf"))
        pattern = scores.softmax(-1)
        z = (pattern @ v.transpose(1, 2)).transpose(1, 2)
        keep("attn.hook_attn_scores", scores), keep("attn.hook_pattern", pattern), keep("attn.hook_z", z)
        return self.out(z.reshape(x.shape))


class Mlp(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.into = nn.Linear(width, 4 * width)
        self.out = nn.Linear(4 * width, width)

    def forward(self, x):
        return self.out(F.gelu(self.into(x), approximate="tanh"))

    def captured(self, x, keep):
        before = self.into(x)
        after = F.gelu(before, approximate="tanh")
        keep("mlp.hook_pre", before), keep("mlp.hook_post", after)
        return self.out(after)


def captured_norm(norm, x, keep, name):
    """Layer norm with TransformerLens's looks inside; the fused kernel gives both in one pass."""
    normalized, _, inverse = torch.native_layer_norm(x, norm.normalized_shape, None, None, norm.eps)
    keep(f"{name}.hook_scale", inverse.reciprocal()), keep(f"{name}.hook_normalized", normalized)
    return torch.addcmul(norm.bias, normalized, norm.weight)


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.ln1 = nn.LayerNorm(width)
        self.attention = Attention(width, heads)
        self.ln2 = nn.LayerNorm(width)
        self.mlp = Mlp(width)

    def forward(self, x):
        x = x + self.attention(self.ln1(x))
        return x + self.mlp(self.ln2(x))

    def with_cache(self, x, cache, past):
        x = x + self.attention.with_cache(self.ln1(x), cache, past)
        return x + self.mlp(self.ln2(x))

    def captured(self, x, keep, hidden):
        keep("hook_resid_pre", x)
        attended = self.attention.captured(captured_norm(self.ln1, x, keep, "ln1"), keep, hidden)
        keep("hook_attn_out", attended)
        x = x + attended
        keep("hook_resid_mid", x)
        written = self.mlp.captured(captured_norm(self.ln2, x, keep, "ln2"), keep)
        keep("hook_mlp_out", written)
        x = x + written
        keep("hook_resid_post", x)
        return x


class Gpt2(nn.Module):
    def __init__(self, layers, width, heads, vocabulary, context, **_):
        super().__init__()
        self.tokens = nn.Embedding(vocabulary, width)
        self.positions = nn.Embedding(context, width)
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(layers))
        self.final = nn.LayerNorm(width)
        for name, parameter in self.named_parameters():
            if parameter.dim() == 2:
                nn.init.normal_(parameter, std=0.02)
            elif name.endswith("bias"):
                nn.init.zeros_(parameter)

    def unembed(self, x):
        return F.linear(x, self.tokens.weight)

    def embed(self, ids, past=0):
        return self.tokens(ids) + self.positions.weight[past : past + ids.shape[1]]

    def forward(self, ids):
        """Token ids [batch, pos] → logits [batch, pos, vocabulary]."""
        x = self.embed(ids)
        for block in self.blocks:
            x = block(x)
        return self.unembed(self.final(x))

    def with_cache(self, ids, caches, past):
        """Logits of the last position only, [batch, vocabulary]."""
        x = self.embed(ids, past)
        for block, cache in zip(self.blocks, caches):
            x = block.with_cache(x, cache, past)
        return self.unembed(self.final(x[:, -1]))

    def captured(self, ids):
        """All activations by TransformerLens's names, and the logits. References; nothing is copied."""
        kept = {}
        embedded = kept["hook_embed"] = self.tokens(ids)
        positions = kept["hook_pos_embed"] = self.positions.weight[: ids.shape[1]].expand_as(embedded)
        x = embedded + positions
        hidden = torch.ones(ids.shape[1], ids.shape[1], dtype=torch.bool).triu(1)
        for layer, block in enumerate(self.blocks):
            x = block.captured(x, lambda name, value: kept.__setitem__(f"blocks.{layer}.{name}", value), hidden)
        kept["logits"] = self.unembed(captured_norm(self.final, x, kept.__setitem__, "ln_final"))
        return kept
