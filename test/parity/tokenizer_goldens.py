"""Small tokenizers of every kind that Subtext reads, and what they make of hard texts.

golden.json: [{"text", "ids", "offsets", "decoded"}, …], one case per line:
    ids      with special tokens added
    offsets  [start, end) in UTF-16 code units of text, one per id, otherwise as
             the tokenizers library reports them ([0, 0] for added special tokens)
    decoded  of ids, special tokens skipped
"""

import json
import shutil
from collections.abc import Callable
from itertools import accumulate
from pathlib import Path

from tokenizers import AddedToken, Regex, Tokenizer, decoders, normalizers, pre_tokenizers, processors
from tokenizers.models import BPE, WordLevel, WordPiece
from tokenizers.trainers import BpeTrainer, WordLevelTrainer, WordPieceTrainer

from tokenizer_texts import TEXTS

END_OF_TEXT = "<|endoftext|>"
LLAMA_SPECIAL = ["<unk>", "<s>", "</s>"]
BERT_SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
BYTE_TOKENS = [f"<0x{byte:02X}>" for byte in range(256)]

# tokenizer.json of meta-llama/Meta-Llama-3-8B
LLAMA3_SPLIT = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)


# Merges, in the byte alphabet (Ġ space, Ċ line feed, č carriage return), that
# join across the borders between pieces of text: an engine that cuts in another
# place than the tokenizers library gets other ids. Learnt merges rarely tell.
CROSS_BORDER_MERGES = [
    *[("Ġ", "Ġ"), ("ĠĠ", "ĠĠ"), ("s", "Ġ"), (",", "Ġ")],
    *[(".", "Ċ"), ("Ċ", "Ċ"), ("č", "Ċ"), ("čĊ", "čĊ"), ("Ġ", "Ċ")],
    *[("1", "2"), ("3", "4"), ("12", "34"), ("12", "3"), (",", "0"), ("5", "%"), ("-", "5")],
    *[("'", "R"), ("#", "d"), ("_", "c"), ("e", "-"), ("@", "e")],
    # Beside U+0301, U+00B2, U+0085, U+FEFF, emoji:
    *[("e", "Ì"), ("x", "Â"), ("!", "Â"), ("!", "ï"), ("Ġ", "ð")],
]


def byte_level_bpe(corpus: str) -> Tokenizer:
    """GPT-2's form."""
    split = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer = Tokenizer(BPE(*byte_alphabet_vocab(corpus, split)))
    tokenizer.pre_tokenizer = split
    tokenizer.add_special_tokens([END_OF_TEXT])
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def llama3_bpe(corpus: str) -> Tokenizer:
    """Llama 3's form. "Ġlighthouse" is in the vocabulary but no merge makes it:
    only ignore_merges reaches it."""
    to_bytes = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    split = pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(LLAMA3_SPLIT), "isolated"), to_bytes])
    vocab, merges = byte_alphabet_vocab(corpus, split)
    vocab["Ġlighthouse"] = len(vocab)
    tokenizer = Tokenizer(BPE(vocab, merges, ignore_merges=True))
    tokenizer.pre_tokenizer = split
    tokenizer.add_special_tokens(["<|begin_of_text|>", "<|end_of_text|>"])
    tokenizer.post_processor = processors.Sequence(
        [processors.ByteLevel(trim_offsets=False), begin_with("<|begin_of_text|>", tokenizer)]
    )
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def sentencepiece_bpe(corpus: str) -> Tokenizer:
    """Llama 2's form: a normalizer makes the ▁, and nothing splits the text."""
    tokenizer = byte_fallback_bpe(corpus)
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    return tokenizer


def metaspace_bpe(corpus: str) -> Tokenizer:
    """The newer form of the same: only the very start of the text gets a ▁, not
    what follows a special token."""
    tokenizer = byte_fallback_bpe(corpus)
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first", split=False)
    return tokenizer


def byte_fallback_bpe(corpus: str) -> Tokenizer:
    """What the two SentencePiece forms share: ids are <unk> <s> </s>, 256 bytes, the pieces.

    Runs of spaces merge first, as in Llama 2: cutting the text at each ▁ before
    merging, a common shortcut, gives other tokens."""
    learner = Tokenizer(BPE())
    learner.pre_tokenizer = pre_tokenizers.Metaspace()  # word by word
    first = LLAMA_SPECIAL + BYTE_TOKENS
    trainer = BpeTrainer(vocab_size=500, special_tokens=first, show_progress=False)
    learner.train_from_iterator(corpus.splitlines(), trainer)

    vocab, merges = vocab_and_merges(learner)
    vocab |= {"▁▁": len(vocab), "▁▁▁▁": len(vocab) + 1}
    merges = [("▁", "▁"), ("▁▁", "▁▁"), *merges]
    # A fresh one, where the byte tokens are no special tokens.
    tokenizer = Tokenizer(BPE(vocab, merges, unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    tokenizer.add_special_tokens([AddedToken(token, normalized=False) for token in LLAMA_SPECIAL])
    tokenizer.post_processor = begin_with("<s>", tokenizer)
    tokenizer.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    )
    return tokenizer


def wordpiece(corpus: str) -> Tokenizer:
    """BERT's form, uncased."""
    learner = Tokenizer(WordPiece(unk_token="[UNK]"))
    learner.normalizer = normalizers.BertNormalizer()
    learner.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    # Given beforehand, because the trainer numbers "##x" in the order of a hash
    # table, which differs from run to run.
    words = learner.pre_tokenizer.pre_tokenize_str(learner.normalizer.normalize_str(corpus))
    inner = sorted({f"##{letter}" for word, _ in words for letter in word[1:]})
    trainer = WordPieceTrainer(vocab_size=350, special_tokens=BERT_SPECIAL + inner, show_progress=False)
    learner.train_from_iterator([corpus], trainer)

    # A fresh one, where "##x" is no special token.
    tokenizer = Tokenizer(WordPiece(learner.get_vocab(), unk_token="[UNK]"))
    tokenizer.normalizer, tokenizer.pre_tokenizer = learner.normalizer, learner.pre_tokenizer
    tokenizer.add_special_tokens(BERT_SPECIAL)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[(token, tokenizer.token_to_id(token)) for token in ("[CLS]", "[SEP]")],
    )
    tokenizer.decoder = decoders.WordPiece()
    return tokenizer


def word(corpus: str) -> Tokenizer:
    """One token per frequent word."""
    tokenizer = Tokenizer(WordLevel(unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    trainer = WordLevelTrainer(
        vocab_size=200, min_frequency=2, special_tokens=["[UNK]", END_OF_TEXT], show_progress=False
    )
    tokenizer.train_from_iterator([corpus], trainer)
    return tokenizer


def char(corpus: str) -> Tokenizer:
    """One token per code point."""
    tokenizer = Tokenizer(WordLevel(unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(r"[\s\S]"), "isolated")
    trainer = WordLevelTrainer(special_tokens=["[UNK]", END_OF_TEXT], show_progress=False)
    tokenizer.train_from_iterator([corpus], trainer)
    tokenizer.decoder = decoders.Fuse()
    return tokenizer


def byte_alphabet_vocab(corpus: str, split: pre_tokenizers.PreTokenizer) -> tuple[dict, list]:
    """Vocabulary and merges learnt on what split makes of corpus, and CROSS_BORDER_MERGES."""
    learner = Tokenizer(BPE())
    learner.pre_tokenizer = split
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = BpeTrainer(vocab_size=400, initial_alphabet=alphabet, show_progress=False)
    learner.train_from_iterator([corpus], trainer)
    vocab, merges = vocab_and_merges(learner)
    for left, right in CROSS_BORDER_MERGES:
        if left + right not in vocab:
            vocab[left + right] = len(vocab)
            merges.append((left, right))
    return vocab, merges


def vocab_and_merges(tokenizer: Tokenizer) -> tuple[dict[str, int], list[tuple[str, str]]]:
    """Token to id, and the merges in order, of a trained BPE."""
    model = json.loads(tokenizer.to_str())["model"]
    return model["vocab"], [tuple(pair) for pair in model["merges"]]


def begin_with(token: str, tokenizer: Tokenizer) -> processors.TemplateProcessing:
    """A post-processor that puts one special token before every text."""
    return processors.TemplateProcessing(
        single=f"{token} $A",
        pair=f"{token} $A {token}:1 $B:1",
        special_tokens=[(token, tokenizer.token_to_id(token))],
    )


MAKERS: dict[str, Callable[[str], Tokenizer]] = {
    "byte-level-bpe": byte_level_bpe,
    "llama3-bpe": llama3_bpe,
    "sentencepiece-bpe": sentencepiece_bpe,
    "metaspace-bpe": metaspace_bpe,
    "wordpiece": wordpiece,
    "word": word,
    "char": char,
}

# Written with each merge as one string "a b", as every file was before
# tokenizers 0.20; the others have pairs ["a", "b"].
OLD_MERGES = {"byte-level-bpe", "sentencepiece-bpe"}


def golden_case(tokenizer: Tokenizer, text: str) -> dict:
    """One entry of golden.json."""
    encoding = tokenizer.encode(text)
    # utf16[n]: code units before code point n
    utf16 = list(accumulate((1 + (ord(c) > 0xFFFF) for c in text), initial=0))
    return {
        "text": text,
        "ids": encoding.ids,
        "offsets": [[utf16[start], utf16[end]] for start, end in encoding.offsets],
        "decoded": tokenizer.decode(encoding.ids, skip_special_tokens=True),
    }


def write_tokenizer_goldens(folder: Path) -> None:
    """Replaces every tokenizer folder in folder, which has corpus.txt."""
    corpus = (folder / "corpus.txt").read_text("utf-8")
    for name, make in MAKERS.items():
        target = folder / name
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir()
        file = json.loads(make(corpus).to_str())
        if name in OLD_MERGES:
            file["model"]["merges"] = [" ".join(pair) for pair in file["model"]["merges"]]
        compact = {"ensure_ascii": False, "separators": (",", ":")}
        (target / "tokenizer.json").write_text(json.dumps(file, **compact) + "\n", "utf-8")

        # The golden is of the file, not of the object that it was written from.
        tokenizer = Tokenizer.from_file(str(target / "tokenizer.json"))
        cases = [golden_case(tokenizer, text) for text in TEXTS]
        lines = [json.dumps(case, separators=(",", ":")) for case in cases]
        (target / "golden.json").write_text("[\n" + ",\n".join(lines) + "\n]\n", "utf-8")
        print(f"{name}: {tokenizer.get_vocab_size()} tokens, {sum(len(case['ids']) for case in cases)} ids")
