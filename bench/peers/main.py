"""A peer as a process that speaks lines of JSON (see ../runner.ts): `main.py pytorch | transformer_lens`."""

import json
import os
import sys
import time
import traceback

# Replies go where the standard output was; whatever a library prints goes to standard error instead.
replies = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)


def megabytes(field):
    """Memory as Linux counts it for this very program: `ru_maxrss` begins with that of whoever started it."""
    try:
        with open("/proc/self/status") as status:
            line = next(line for line in status if line.startswith(f"{field}:"))
        return int(line.split()[1]) / 1024
    except OSError:
        return None


def forget_peak():
    """What was tried before the measurement does not count."""
    try:
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")
    except OSError:
        pass


def missing(peer):
    """What this Python lacks, in one line."""
    try:
        import torch  # noqa: F401

        if peer == "transformer_lens":
            from transformer_lens import HookedTransformer  # noqa: F401
    except ImportError as error:
        return f"{sys.executable}: {error}"
    return None


def answer(request, state):
    if "prepare" in request:
        lacking = missing(state["peer"])
        if lacking:
            return {"missing": lacking}
        from tasks import prepare

        state["start"] = megabytes("VmRSS")
        state["task"] = prepare(state["peer"], **request["prepare"])
        forget_peak()
        return {"detail": state["task"].detail, "facts": state["task"].facts}
    task = state["task"]
    if "begin" in request:
        state |= {"processor": 0.0, "runs": 0}
        return {}
    if "finish" in request:
        figures = {
            "processor_milliseconds": state["processor"] * 1000 / state["runs"],
            "start_megabytes": state["start"],
            "peak_megabytes": megabytes("VmHWM"),
        }
        return {"figures": {name: value for name, value in figures.items() if value is not None}}
    count = request["run"]
    start, processor = time.perf_counter(), time.process_time()
    for _ in range(count):
        task.run()
    taken = time.perf_counter() - start
    state["processor"] += time.process_time() - processor
    state["runs"] += count
    return {"milliseconds": taken * 1000 / count}


def main():
    state = {"peer": sys.argv[1], "processor": 0.0, "runs": 0}
    for line in sys.stdin:
        try:
            reply = answer(json.loads(line), state)
        except Exception:
            reply = {"error": traceback.format_exc()}
        replies.write(json.dumps(reply) + "\n")
        replies.flush()


main()
