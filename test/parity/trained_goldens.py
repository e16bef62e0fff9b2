"""Tokenizers that Hugging Face's trainers learn from corpus.txt, which Subtext's own have to equal.

tokenizer.json as Python writes it, golden.json as in tokenizer_goldens.py.
"""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, pre_tokenizers
from tokenizers.models import BPE, WordLevel
from tokenizers.trainers import BpeTrainer, WordLevelTrainer

from tokenizer_goldens import END_OF_TEXT, golden_case
from tokenizer_texts import TEXTS

UNKNOWN = "<unk>"


def trained_bytes(texts: list[str]) -> Tokenizer:
    """Byte-level BPE, merged until no pair is left that occurs twice: most ties are at the end."""
    tokenizer = Tokenizer(BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = BpeTrainer(
        vocab_size=2000,
        min_frequency=2,
        special_tokens=[END_OF_TEXT],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def trained_words(texts: list[str]) -> Tokenizer:
    """GPT-2's words, spelt in bytes."""
    tokenizer = Tokenizer(WordLevel(unk_token=UNKNOWN))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = WordLevelTrainer(
        vocab_size=150, min_frequency=2, special_tokens=[END_OF_TEXT, UNKNOWN], show_progress=False
    )
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def trained_characters(texts: list[str]) -> Tokenizer:
    """Code points, those that occur once too."""
    tokenizer = Tokenizer(WordLevel(unk_token=UNKNOWN))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(r"[\s\S]"), "isolated")
    trainer = WordLevelTrainer(vocab_size=1000, special_tokens=[END_OF_TEXT, UNKNOWN], show_progress=False)
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.decoder = decoders.Fuse()
    return tokenizer


MAKERS: dict[str, Callable[[list[str]], Tokenizer]] = {
    "trained-bytes": trained_bytes,
    "trained-words": trained_words,
    "trained-characters": trained_characters,
}


def write_trained_goldens(folder: Path) -> None:
    """Replaces the folders trained-* in folder, which has corpus.txt."""
    texts = (folder / "corpus.txt").read_text("utf-8").split("\n\n")
    for name, make in MAKERS.items():
        target = folder / name
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir()
        (target / "tokenizer.json").write_text(make(texts).to_str(pretty=False) + "\n", "utf-8")
        tokenizer = Tokenizer.from_file(str(target / "tokenizer.json"))
        lines = [json.dumps(golden_case(tokenizer, text), separators=(",", ":")) for text in TEXTS]
        (target / "golden.json").write_text("[\n" + ",\n".join(lines) + "\n]\n", "utf-8")
        print(f"{name}: {tokenizer.get_vocab_size()} tokens")
