#!/usr/bin/env python3
"""Coterie's k-means beside faiss and scikit-learn: the same rows, start, number of iterations and cores, in turns.

Every run is a process of its own. Systems take turns (A B C A B C …), so that a busy spell of the machine meets all of them.
"""

import argparse
import json
import os
import pathlib
import shlex
import sys
import tempfile

import numpy as np

import binary
import inputs
import machine
import processes
import table

HERE = pathlib.Path(__file__).resolve().parent


def parse_options():
    parser = argparse.ArgumentParser(prog="Scripts/benchmark kmeans", description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--dimensions", type=int, default=512)
    parser.add_argument("--clusters", type=int, default=1000)
    parser.add_argument("--components", type=int, help="Gaussians the rows are drawn from (as many as clusters)")
    parser.add_argument("--dtype", choices=["f16", "f32"], default="f32")
    parser.add_argument("--metric", choices=["cosine", "euclidean"], default="cosine")
    parser.add_argument("--iterations", type=int, default=10)
    parser.add_argument("--cores", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--peers", default="faiss,sklearn", help="comma-separated, may be empty (%(default)s)")
    parser.add_argument("--peers-only", action="store_true", help="without Coterie")
    parser.add_argument("--coterie", type=pathlib.Path, help="the binary (built from this checkout unless given)")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="every run's numbers, too")
    options = parser.parse_args()

    options.components = options.components or options.clusters
    options.systems = [] if options.peers_only else ["coterie"]
    options.systems += [name for name in options.peers.split(",") if name]
    for name in ("rows", "dimensions", "clusters", "iterations", "cores", "runs"):
        if getattr(options, name) < 1:
            parser.error(f"--{name} must be at least 1")
    if options.clusters > options.rows:
        parser.error("--clusters must not exceed --rows")
    if unknown := set(options.systems) - {"coterie", "faiss", "sklearn"}:
        parser.error(f"--peers: unknown: {', '.join(sorted(unknown))}; choose from faiss, sklearn")
    if not options.systems:
        parser.error("nothing to run: --peers-only without --peers")
    return options


def command(system, options, data, start, output):
    if system == "coterie":
        return [
            options.coterie, "kmeans", data, "-k", options.clusters, "--init", start, "--metric", options.metric,
            "--max-iterations", options.iterations, "--tolerance", 0, "--workers", options.cores,
            "--no-progress", "--json", "-o", output, "--overwrite",
        ]  # fmt: skip
    return [
        sys.executable, HERE / "peers.py", system, data, start, output,
        "--iterations", options.iterations, "--metric", options.metric, "--cores", options.cores,
    ]  # fmt: skip


def run_once(system, options, data, start):
    # Every library that counts threads for itself is told the same number. Coterie's fleet has --workers.
    threads = {} if system == "coterie" else {"OMP_NUM_THREADS": str(options.cores)}
    with tempfile.TemporaryDirectory(prefix="coterie-benchmark-") as folder:
        output = pathlib.Path(folder, "output")
        output.mkdir()
        arguments = [str(word) for word in command(system, options, data, start, output)]
        measured = processes.run(arguments, os.environ | threads, pathlib.Path(folder, "log"))
        result = coterie_result(output) if system == "coterie" else json.loads((output / "result.json").read_text())
        centroids = np.load(output / "centroids.npy")
    return result | vars(measured), centroids


def coterie_result(output):
    run = json.loads((output / "run.json").read_text())
    history = run["history"]
    return {
        "iterations": len(history),
        "training_seconds": sum(entry["seconds"] for entry in history),
        "version": run.get("versions", {}).get("coterie", ""),
        "workers": run.get("fleet", {}).get("workers", []),
        "timings": run.get("timings", {}),
        "digest": run.get("digest"),
    }


def objective(data, centroids, metric):
    """Mean cosine to, or mean squared distance from, the nearest centroid: one definition for all systems."""
    centroids = centroids.astype(np.float32)
    if metric == "cosine":
        centroids /= np.linalg.norm(centroids, axis=1, keepdims=True)
    squares = np.einsum("kd,kd->k", centroids, centroids)
    rows = np.load(data, mmap_mode="r")
    total = 0.0
    for begin in range(0, len(rows), 8192):  # small, because the products take K numbers a row
        block = rows[begin : begin + 8192].astype(np.float32)
        if metric == "cosine":
            block /= np.linalg.norm(block, axis=1, keepdims=True)
            total += (block @ centroids.T).max(axis=1).sum(dtype=np.float64)
        else:
            nearest = (squares - 2 * (block @ centroids.T)).min(axis=1)
            total += nearest.sum(dtype=np.float64) + np.square(block, dtype=np.float64).sum()
    return total / len(rows)


def measure(options, data, start):
    """One entry per system, in order, with all its runs; the objective is that of its last run."""
    runs = {system: [] for system in options.systems}
    centroids = {}
    for turn in range(options.runs):
        for system in options.systems:
            run, centroids[system] = run_once(system, options, data, start)
            runs[system].append(run)
            print(f"run {turn + 1} {system}: {run['training_seconds']:.3g} s training", file=sys.stderr)

    values = {system: objective(data, centroids[system], options.metric) for system in options.systems}
    reference = values[options.systems[0]]
    return [
        {
            "name": system,
            "version": runs[system][-1]["version"],
            "iterations": runs[system][-1]["iterations"],
            "objective": values[system],
            "relative_difference": abs(values[system] - reference) / abs(reference),
            "runs": runs[system],
        }
        for system in options.systems
    ]


def main():
    options = parse_options()
    if "coterie" in options.systems:
        options.coterie = binary.coterie(options.coterie)
    data = inputs.mixture(options.rows, options.dimensions, options.components, options.dtype, options.seed)
    start = inputs.initial_centroids(data, options.clusters, options.seed)

    job_keys = ("rows", "dimensions", "clusters", "components", "dtype", "metric", "iterations", "cores", "runs", "seed")
    report = {
        "job": {key: getattr(options, key) for key in job_keys},
        "machine": machine.describe(),
        "command": shlex.join(["Scripts/benchmark", "kmeans", *sys.argv[1:]]),
        "matrix_product_flops": machine.matrix_product_flops(options.cores),
    }
    try:
        report["systems"] = measure(options, data, start)
    except processes.CommandFailed as failure:
        sys.exit(f"benchmark: {failure}")
    print(table.markdown(report))
    if options.json:
        options.json.write_text(json.dumps(report, indent=2) + "\n")


if __name__ == "__main__":
    main()
