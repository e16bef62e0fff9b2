"""Makes the golden reference data that the TypeScript engine is tested against.

    python -m venv VENV && VENV/bin/pip install -r test/parity/requirements.txt
    VENV/bin/python test/parity/make_goldens.py              # everything
    VENV/bin/python test/parity/make_goldens.py tokenizers   # or: models, training, trained

Writes, replacing what is there:
- test/fixtures/parity/<name>/      a small random Hugging Face checkpoint and
                                    golden.safetensors (model_goldens.py)
- test/fixtures/training/           batches, and in <name>/ a checkpoint and 50 steps
                                    of training from it (training_goldens.py)
- test/fixtures/tokenizers/<name>/  tokenizer.json and golden.json, trained on
                                    corpus.txt beside them (tokenizer_goldens.py;
                                    trained-*: trained_goldens.py)

Versions: torch 2.15.0, transformers 5.23.0, tokenizers 0.23.3, safetensors
0.8.0, Python 3.11 (requirements.txt pins them). Nothing is downloaded. Two runs
on one machine give the same bytes; on another CPU the last bits of the floats
in the goldens may differ, the tokenizers never.
"""

import os
import sys
from pathlib import Path

# Before the libraries are imported: no network, no bars, no worker threads, and
# no __pycache__ in the repository.
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"
sys.dont_write_bytecode = True

from model_goldens import write_model_goldens
from tokenizer_goldens import write_tokenizer_goldens
from trained_goldens import write_trained_goldens
from training_goldens import write_training_goldens

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"


def main() -> None:
    """Writes the fixtures named on the command line, all without arguments."""
    makers = {
        "models": lambda: write_model_goldens(FIXTURES / "parity"),
        "training": lambda: write_training_goldens(FIXTURES / "training"),
        "tokenizers": lambda: write_tokenizer_goldens(FIXTURES / "tokenizers"),
        "trained": lambda: write_trained_goldens(FIXTURES / "tokenizers"),
    }
    for kind in sys.argv[1:] or makers:
        if kind not in makers:
            sys.exit(f"unknown kind {kind!r}: one of {', '.join(makers)}")
        makers[kind]()


if __name__ == "__main__":
    main()
