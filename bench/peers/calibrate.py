"""Finds out which of several ways is fastest on this machine, in a second or so each."""

import time

import torch


def fastest(ways, seconds=0.7):
    """Of {name: function that gives the work to repeat} the name whose work takes the shortest time, and that work."""
    best = None
    for name, make in ways.items():
        run = make()
        shortest = _shortest(run, seconds)
        if best is None or shortest < best[0]:
            best = (shortest, name)
        del run
    name = best[1]
    return name, ways[name]()


def best_threads(run):
    """Sets one thread or one for each physical core (PyTorch's own count), and says how many; on a card says which."""
    if torch.empty(0).is_cuda:
        return torch.cuda.get_device_name()
    counts = sorted({1, torch.get_num_threads()})

    def with_threads(count):
        def make():
            torch.set_num_threads(count)
            return run

        return make

    count, _ = fastest({count: with_threads(count) for count in counts})
    return f"{count} thread{'' if count == 1 else 's'}"


def _shortest(run, seconds):
    """Seconds of the fastest of at least three runs after one to warm up."""
    _run_to_its_end(run)
    shortest = float("inf")
    end = time.perf_counter() + seconds
    count = 0
    while count < 3 or time.perf_counter() < end:
        start = time.perf_counter()
        _run_to_its_end(run)
        shortest = min(shortest, time.perf_counter() - start)
        count += 1
    return shortest


def _run_to_its_end(run):
    """A card works on after it was asked."""
    run()
    if torch.empty(0).is_cuda:
        torch.cuda.synchronize()
