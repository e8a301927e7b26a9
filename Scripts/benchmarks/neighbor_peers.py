"""Usage: neighbor_peers.py faiss|usearch|sklearn DATA OUTPUT --neighbors K --cores N [--recall R] ...

One run of one peer in a process of its own, so that its peak memory is its own. OUTPUT is a folder that receives
neighbors.npy and result.json: the seconds it took without loading the data, by phase. With --recall the peer's approximate
index is used, with the least effort that gives a sample of the rows that recall; finding that effort is not timed.
"""

import argparse
import json
import pathlib
import time

import numpy as np

import inputs

SAMPLE = 1000  # rows that the effort is chosen by
QUERIES_AT_ONCE = 1024  # of usearch's exact search


class Clock:
    """Seconds by phase, and of all phases those of the processors."""

    def __init__(self):
        self.seconds = {}
        self.cpu_seconds = 0

    def time(self, phase, function):
        begin, begin_cpu = time.perf_counter(), time.process_time()
        value = function()
        self.seconds[phase] = self.seconds.get(phase, 0) + time.perf_counter() - begin
        self.cpu_seconds += time.process_time() - begin_cpu
        return value


def without_self(found, first, k):
    """k of the k + 1 found for the rows from `first` on: not the row itself, which a duplicate may have pushed out."""
    own = found == np.arange(first, first + len(found))[:, None]
    own[~own.any(axis=1), -1] = True
    return found[~own].reshape(len(found), k).astype(np.int32)


def recall(found, exact):
    return float(np.mean([len(np.intersect1d(one, other)) / len(other) for one, other in zip(found, exact)]))


def least_effort(search, exact, target, most):
    """The least effort up to `most` for which a sample's recall is the target: doubled, then halved between."""
    low, high = 0, 1
    while high < most and recall(search(high), exact) < target:
        low, high = high, min(most, 2 * high)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if recall(search(middle), exact) >= target else (middle, high)
    return high


def sample(rows, k, seed):
    """Rows of a seeded sample, with their exact neighbours, themselves included, by scores of a plain product."""
    chosen = np.random.default_rng([seed, 3]).choice(len(rows), size=min(SAMPLE, len(rows)), replace=False)
    scores = rows[chosen] @ rows.T
    return chosen, np.argpartition(scores, -k - 1, axis=1)[:, -k - 1 :]


def faiss_search(rows, options, clock):
    import faiss

    faiss.omp_set_num_threads(options.cores)
    columns = rows.shape[1]
    more = {}
    if options.recall is None:
        index = faiss.IndexFlatIP(columns)
        clock.time("add", lambda: index.add(rows))
    else:
        cells = options.cells or int(4 * len(rows) ** 0.5)
        index = faiss.IndexIVFFlat(faiss.IndexFlatIP(columns), columns, cells, faiss.METRIC_INNER_PRODUCT)
        clock.time("train", lambda: index.train(rows))
        clock.time("add", lambda: index.add(rows))
        chosen, exact = sample(rows, options.neighbors, options.seed)

        def search(probes):
            index.nprobe = probes
            return index.search(rows[chosen], options.neighbors + 1)[1]

        index.nprobe = least_effort(search, exact, options.recall, cells)
        more = {"cells": cells, "probes": index.nprobe}
    found = clock.time("search", lambda: index.search(rows, options.neighbors + 1)[1])
    return without_self(found, 0, options.neighbors), faiss.__version__, more


def usearch_search(rows, options, clock):
    import usearch
    from usearch.index import Index, MetricKind
    from usearch.index import search as exact_search

    count = options.neighbors + 1
    if options.recall is None:

        def search_exactly(queries):
            keys = exact_search(rows, queries, count, MetricKind.IP, exact=True, threads=options.cores).keys
            return np.asarray(keys).astype(np.int64)

        # It keeps every score of a call: those of all rows at once are 160 GB for 100,000 of them.
        parts = range(0, len(rows), QUERIES_AT_ONCE)
        found = clock.time(
            "search", lambda: np.concatenate([search_exactly(rows[first : first + QUERIES_AT_ONCE]) for first in parts])
        )
        return without_self(found, 0, options.neighbors), usearch.__version__, {}
    index = Index(ndim=rows.shape[1], metric=MetricKind.IP, dtype="f32")
    clock.time("add", lambda: index.add(np.arange(len(rows)), rows, threads=options.cores))
    chosen, exact = sample(rows, options.neighbors, options.seed)

    def search(expansion):
        index.expansion_search = expansion
        return index.search(rows[chosen], count, threads=options.cores).keys.astype(np.int64)

    index.expansion_search = least_effort(search, exact, options.recall, 8192)
    found = clock.time("search", lambda: index.search(rows, count, threads=options.cores).keys)
    more = {"expansion": index.expansion_search}
    return without_self(found.astype(np.int64), 0, options.neighbors), usearch.__version__, more


def sklearn_search(rows, options, clock):
    import sklearn
    from sklearn.neighbors import NearestNeighbors
    from threadpoolctl import threadpool_limits

    # Brute force by squared distance, whose order on unit rows is that of the cosine: the path that scikit-learn has tuned.
    nearest = NearestNeighbors(n_neighbors=options.neighbors, algorithm="brute", n_jobs=options.cores)
    with threadpool_limits(options.cores):
        clock.time("add", lambda: nearest.fit(rows))
        # Without rows to look for it leaves out each row itself.
        found = clock.time("search", lambda: nearest.kneighbors(return_distance=False))
    return found.astype(np.int32), sklearn.__version__, {}


RUNNERS = {"faiss": faiss_search, "usearch": usearch_search, "sklearn": sklearn_search}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("peer", choices=RUNNERS)
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("output", type=pathlib.Path)
    parser.add_argument("--neighbors", type=int, required=True)
    parser.add_argument("--cores", type=int, required=True)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--recall", type=float)
    parser.add_argument("--cells", type=int)
    options = parser.parse_args()

    rows = inputs.load_float32(options.data, normalised=True)
    clock = Clock()
    found, version, more = RUNNERS[options.peer](rows, options, clock)
    np.save(options.output / "neighbors.npy", found)
    result = {"seconds": sum(clock.seconds.values()), "phases": clock.seconds,
              "phases_cpu_seconds": clock.cpu_seconds, "version": version} | more  # fmt: skip
    (options.output / "result.json").write_text(json.dumps(result))


if __name__ == "__main__":
    main()
