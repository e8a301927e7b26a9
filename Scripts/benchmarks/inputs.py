"""Inputs for the benchmarks: seeded mixtures on the unit sphere, made once and kept under the user's cache folder."""

import os
import pathlib
import sys

import numpy as np

CHUNK = 65_536  # rows made or read at a time: the input itself may be larger than memory
RECIPE = 1  # part of every file's name; raise it when the numbers drawn below change


def cache_folder():
    base = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    folder = pathlib.Path(base) / "coterie" / "benchmark-inputs"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def chunks(rows):
    """Consecutive (start, stop) pairs that cover the rows."""
    return ((start, min(start + CHUNK, rows)) for start in range(0, rows, CHUNK))


def mixture(rows, dimensions, components, dtype, seed):
    """The path of an npy file of unit rows, drawn from `components` Gaussians of unequal weight and one common shape.

    Centres and noise both have a variance that falls with the dimension, as embeddings do: a few directions carry most of
    it. Centres and noise are of the same size, so clusters overlap and k-means has work to do.
    """
    name = f"mixture{RECIPE}-{rows}x{dimensions}-{components}-{dtype}-seed{seed}.npy"
    path = cache_folder() / name
    if path.exists():
        return path

    print(f"making {path}", file=sys.stderr)
    generator = np.random.default_rng([seed, 0])
    scale = (1 + np.arange(dimensions, dtype=np.float32)) ** -0.5
    centres = generator.standard_normal((components, dimensions), dtype=np.float32) * scale
    weights = generator.dirichlet(np.full(components, 2.0))

    unfinished = path.with_suffix(".unfinished")
    store = {"f16": "<f2", "f32": "<f4"}[dtype]
    out = np.lib.format.open_memmap(unfinished, mode="w+", dtype=store, shape=(rows, dimensions))
    for number, (start, stop) in enumerate(chunks(rows)):
        # A generator per chunk: a chunk does not depend on how many came before it.
        generator = np.random.default_rng([seed, 1, number])
        component = generator.choice(components, size=stop - start, p=weights)
        block = generator.standard_normal((stop - start, dimensions), dtype=np.float32) * scale
        block += centres[component]
        out[start:stop] = block / np.linalg.norm(block, axis=1, keepdims=True)
    out.flush()
    del out
    unfinished.rename(path)
    return path


def initial_centroids(data, clusters, seed):
    """The path of a float32 npy file with `clusters` distinct seeded rows of the data, the same start for every system."""
    path = data.with_name(f"{data.stem}-start{clusters}.npy")
    if not path.exists():
        rows = np.load(data, mmap_mode="r")
        chosen = np.random.default_rng([seed, 2]).choice(len(rows), size=clusters, replace=False)
        unfinished = path.with_suffix(".unfinished.npy")
        np.save(unfinished, rows[np.sort(chosen)].astype(np.float32))
        unfinished.rename(path)
    return path


def load_float32(data, normalised):
    """All rows as float32 in memory, which is what the peers work on. Rows that were rounded to float16 are a little off
    the unit sphere; `normalised` puts them back, as spherical k-means assumes."""
    mapped = np.load(data, mmap_mode="r")
    rows = np.empty(mapped.shape, dtype=np.float32)
    for start, stop in chunks(len(mapped)):
        rows[start:stop] = mapped[start:stop]
        if normalised:
            rows[start:stop] /= np.linalg.norm(rows[start:stop], axis=1, keepdims=True)
    return rows
