"""The PyTorch twin of run.mjs: the same work at the same sizes on the card, eager and in float32 without TF32, as the work of
bench/peers/tasks.py, and for information under float16 autocast. Prints a line of JSON for each as soon as it is known.
    python3 peer.py sizes.json [quick]"""

import json
import os
import sys
import time
from pathlib import Path

here = Path(__file__).parent
# Beside it in the pack, in bench/peers in the repository.
sys.path[:0] = [str(here), str(here.parent / "peers")]
# Lines go where the standard output was; whatever a library prints goes to standard error instead.
lines = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)

import torch

from tasks import prepare

WARM_UP = 3
SECONDS = 1.5
FEWEST = 5

FULL = [
    ("train", "33M"),
    ("train", "B"),
    ("train", "A"),
    ("matmul", "2048"),
    ("forward", "33M"),
    ("forward", "B"),
    ("forward", "A"),
    ("matmul", "4096"),
    ("attention", "33M"),
    ("attention", "long"),
    ("train", "1M"),
    ("train", "tiny"),
]
QUICK = [("matmul", "256"), ("train", "tiny"), ("forward", "tiny")]


def synchronize():
    if torch.cuda.is_available():
        torch.cuda.synchronize()


def milliseconds(run):
    """Median of a second of runs, each until the card has done it."""
    for _ in range(WARM_UP):
        run()
    synchronize()
    times = []
    while len(times) < FEWEST or sum(times) < SECONDS:
        start = time.perf_counter()
        run()
        synchronize()
        times.append(time.perf_counter() - start)
    return 1000 * sorted(times)[len(times) // 2]


def operations(benchmark, size):
    """Floating-point operations of a product; of models only tokens are compared."""
    if benchmark != "matmul":
        return None
    return 2 * size["batch"] * size["rows"] * size["inner"] * size["columns"]


def measure(benchmark, size, half):
    device = "cuda" if torch.cuda.is_available() else "cpu"
    if device == "cuda":
        torch.cuda.reset_peak_memory_stats()
    # Models keep weights of 32 bits, as autocast means it; products alone are of 16 bits throughout.
    model = benchmark in ("train", "forward")
    torch.set_default_dtype(torch.float16 if half and not model else torch.float32)
    with torch.autocast(device, dtype=torch.float16, enabled=half and model and device == "cuda"):
        task = prepare("pytorch", benchmark, size)
        ms = milliseconds(task.run)
    tokens = None if benchmark == "matmul" else size["batch"] * size["tokens"]
    found = {"ms": ms, "detail": task.detail}
    found["tokens_per_s"] = tokens and 1000 * tokens / ms
    count = operations(benchmark, size)
    found["gflops"] = count and count / ms / 1e6
    if device == "cuda":
        found["peak_megabytes"] = torch.cuda.max_memory_allocated() / 1e6
    return {"precision": "float16" if half else "float32", **found}


def main(path, quick=""):
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False
    if torch.cuda.is_available():
        torch.set_default_device("cuda")
    sizes = json.loads(Path(path).read_text())
    wanted = QUICK if quick else FULL
    # All in float32 first: that is what is promised about.
    for half in (False, True) if torch.cuda.is_available() else (False,):
        for benchmark, name in wanted:
            size = next(each for each in sizes[benchmark] if each["name"] == name)
            try:
                found = measure(benchmark, size, half)
            except Exception as error:  # One that does not fit, or that this PyTorch cannot do.
                found = {"precision": "float16" if half else "float32", "problem": str(error)}
            print(json.dumps({"name": f"{benchmark} {name}", **found}), file=lines, flush=True)


main(*sys.argv[1:])
