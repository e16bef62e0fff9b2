"""Whether transformers opens the checkpoints that Subtext writes, and computes the same.

    VENV/bin/python test/parity/check_written.py

Subtext writes random models of every family that transformers has, each with a
tokenizer, and beside them what it computes (written_checkpoints.ts); here they
are opened by the class that config.json names, and by AutoTokenizer. Needs what
make_goldens.py needs, and the node_modules of the repository.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import torch
import transformers
from safetensors import safe_open
from transformers import AutoConfig, AutoTokenizer

ROOT = Path(__file__).resolve().parents[2]


def check(golden: Path) -> tuple[float, float, float]:
    """The largest and the mean difference of logits, and the largest KL divergence."""
    folder = golden.with_suffix("")
    with safe_open(golden, "pt") as file:
        ids, expected, text = file.get_tensor("ids"), file.get_tensor("logits"), file.metadata()["text"]
    tokenizer = AutoTokenizer.from_pretrained(folder)
    assert tokenizer(text).input_ids == ids.tolist(), f"{folder.name}: other ids"
    assert tokenizer.eos_token == "<|endoftext|>"
    (architecture,) = AutoConfig.from_pretrained(folder).architectures
    model, found = getattr(transformers, architecture).from_pretrained(
        folder, attn_implementation="eager", experts_implementation="eager", output_loading_info=True
    )
    for problem in ("missing_keys", "unexpected_keys", "mismatched_keys"):
        assert not found[problem], f"{folder.name}: {problem}: {found[problem]}"
    with torch.no_grad():
        logits = model.eval()(ids[None].long()).logits[0]
    difference = (logits - expected).abs()
    theirs, ours = logits.double().log_softmax(-1), expected.double().log_softmax(-1)
    divergence = (theirs.exp() * (theirs - ours)).sum(-1)
    return difference.max().item(), difference.mean().item(), divergence.max().item()


def main() -> None:
    """Prints the largest of each family; fails beyond the bounds of docs/architecture.md."""
    with tempfile.TemporaryDirectory() as folder:
        script = "test/parity/written_checkpoints.ts"
        subprocess.run(["node", "--import", "tsx", script, folder], cwd=ROOT, check=True)
        worst: dict[str, tuple[float, float, float]] = {}
        for golden in sorted(Path(folder).glob("*.safetensors")):
            family = golden.stem.rsplit("-", 1)[0]
            results = zip(check(golden), worst.get(family, (0.0, 0.0, 0.0)))
            worst[family] = tuple(max(pair) for pair in results)
    for family, (largest, mean, divergence) in worst.items():
        print(f"{family}: logits differ by {largest:.1e}, on average {mean:.1e}; KL {divergence:.1e}")
        if largest > 1e-3 or mean > 5e-5 or divergence > 1e-8:
            sys.exit(f"{family} is beyond the bounds")


if __name__ == "__main__":
    main()
