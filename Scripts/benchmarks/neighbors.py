#!/usr/bin/env python3
"""Coterie's nearest neighbours beside faiss, usearch and scikit-learn: all rows against all, same cores, in turns.

Every run is a process of its own. Systems take turns (A B C A B C …), so that a busy spell of the machine meets all of them.
With --approximate, peers that have an approximate index use it, at the recall that Coterie's run was measured to have.
--extrapolate measures a part of an exact search that is too long to wait for, and says how long the whole would take.
"""

import argparse
import json
import os
import pathlib
import re
import shlex
import signal
import statistics
import subprocess
import sys
import tempfile

import numpy as np

import binary
import inputs
import machine
import processes

HERE = pathlib.Path(__file__).resolve().parent
SAMPLE = 1000  # rows on which the recall of all systems is compared
PEERS = {"faiss": "IndexFlatIP", "usearch": "exact", "sklearn": "brute"}
APPROXIMATE_PEERS = {"faiss": "IndexIVFFlat", "usearch": "HNSW"}


# How Coterie does the work.
OWN = {
    "coterie": lambda options: ["--workers", options.cores],
    "coterie, in process": lambda options: ["--in-process", "--threads", options.cores],
}


def parse_options():
    parser = argparse.ArgumentParser(prog="Scripts/benchmark neighbors", description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=pathlib.Path, help="an npy file of your own instead of the rows below")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--dimensions", type=int, default=512)
    parser.add_argument("--neighbors", type=int, default=50)
    parser.add_argument("--components", type=int, help="Gaussians the rows are drawn from (rows / 200)")
    parser.add_argument("--dtype", choices=["f16", "f32"], default="f32")
    parser.add_argument("--cores", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--peers", help="comma-separated, may be empty (all that there are)")
    parser.add_argument("--approximate", action="store_true", help="approximate indexes instead of exact ones")
    parser.add_argument("--target-recall", type=float, default=0.99, help="of --approximate (%(default)s)")
    parser.add_argument("--cells", type=int, help="of Coterie's and faiss's inverted files (what each would choose)")
    parser.add_argument("--extrapolate", type=int, metavar="ROWS", help="measure a part of a search of so many rows")
    parser.add_argument("--part", type=float, default=0.1, help="of the pairs, for --extrapolate (%(default)s)")
    parser.add_argument("--coterie", type=pathlib.Path, help="the binary (built from this checkout unless given)")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="every run's numbers, too")
    options = parser.parse_args()

    if options.data:
        options.rows, options.dimensions = np.load(options.data, mmap_mode="r").shape
    known = APPROXIMATE_PEERS if options.approximate else PEERS
    options.components = options.components or max(1, options.rows // 200)
    options.peers = list(known) if options.peers is None else [name for name in options.peers.split(",") if name]
    for name in ("rows", "dimensions", "neighbors", "cores", "runs"):
        if getattr(options, name) < 1:
            parser.error(f"--{name} must be at least 1")
    if options.neighbors >= options.rows:
        parser.error("--neighbors must be below --rows")
    if not 0 < options.part <= 1 or not 0 < options.target_recall <= 1:
        parser.error("--part and --target-recall must be above 0 and at most 1")
    if unknown := set(options.peers) - set(known):
        parser.error(f"--peers: unknown: {', '.join(sorted(unknown))}; choose from {', '.join(known)}")
    return options


def coterie_command(system, options, data, output):
    words = [options.coterie, "neighbors", data, "-k", options.neighbors, *OWN[system](options), "--seed", options.seed,
             "--no-progress", "--json", "-o", output, "--overwrite"]  # fmt: skip
    if options.approximate:
        words += ["--approximate", "--target-recall", options.target_recall]
        words += ["--cells", options.cells] if options.cells else []
    return words


def peer_command(system, options, data, output, recall):
    words = [sys.executable, HERE / "neighbor_peers.py", system, data, output, "--neighbors", options.neighbors,
             "--cores", options.cores, "--seed", options.seed]  # fmt: skip
    if options.approximate:
        words += ["--recall", recall] + (["--cells", options.cells] if options.cells else [])
    return words


def run_once(system, options, data, recall, exact):
    """The numbers of one run; `recall` is what an approximate peer is held to."""
    is_own = system in OWN
    threads = {} if is_own else {"OMP_NUM_THREADS": str(options.cores)}
    with tempfile.TemporaryDirectory(prefix="coterie-benchmark-") as folder:
        output = pathlib.Path(folder, "output")
        output.mkdir()
        words = coterie_command(system, options, data, output) if is_own else peer_command(system, options, data, output, recall)
        measured = processes.run([str(word) for word in words], os.environ | threads, pathlib.Path(folder, "log"))
        result = coterie_result(output) if is_own else json.loads((output / "result.json").read_text())
        found = np.load(output / "neighbors.npy", mmap_mode="r")[exact[0]]
    result["recall"] = float(np.mean([len(np.intersect1d(a, b)) / len(b) for a, b in zip(found, exact[1])]))
    result |= vars(measured)
    # Loading the data is no part of a peer's seconds; Coterie's has none, so its whole is taken, its files with it.
    result.setdefault("phases_cpu_seconds", measured.cpu_seconds)
    return result


def coterie_result(output):
    run = json.loads((output / "run.json").read_text())
    phases = {entry["phase"]: entry["seconds"] for entry in run["timings"]}
    return {
        # All rounds, with the survey of the input and the choice of probes; not reading it for its digest, nor writing.
        "seconds": sum(time for phase, time in phases.items() if phase not in ("digest inputs", "write", "evaluate", "other")),
        "phases": phases,
        "version": run["versions"]["coterie"],
        "reported_recall": run.get("recall"),
        "digest": run["digest"],
    }  # fmt: skip


def exact_sample(data, options):
    """Seeded rows and the exact neighbours of each, by plain products; the same yardstick for all systems."""
    rows = np.load(data, mmap_mode="r")
    chosen = np.sort(np.random.default_rng([options.seed, 4]).choice(len(rows), min(SAMPLE, len(rows)), replace=False))
    queries = unit(rows[chosen])
    k = options.neighbors
    best = np.full((len(chosen), k), -np.inf, dtype=np.float32)
    names = np.zeros((len(chosen), k), dtype=np.int64)
    for start, stop in inputs.chunks(len(rows)):
        scores = queries @ unit(rows[start:stop]).T
        inside = np.flatnonzero((chosen >= start) & (chosen < stop))
        scores[inside, chosen[inside] - start] = -np.inf
        scores = np.concatenate([best, scores], axis=1)
        place = np.argpartition(scores, -k, axis=1)[:, -k:]
        best = np.take_along_axis(scores, place, axis=1)
        known = np.take_along_axis(names, np.minimum(place, k - 1), axis=1)
        names = np.where(place < k, known, place - k + start)
    return chosen, names


def unit(rows):
    rows = rows.astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def measure(options, data):
    exact = exact_sample(data, options)
    systems = [*OWN, *options.peers]
    runs = {system: [] for system in systems}
    for turn in range(options.runs):
        for system in systems:
            recall = max(options.target_recall, runs["coterie"][-1]["recall"]) if system not in OWN else None
            # Machines that are shared are faster at one time than at another, so the peak is taken beside every run.
            before = machine.multiply_add_flops(options.cores, repetitions=1)
            run = run_once(system, options, data, recall, exact)
            if before:
                run["multiply_add_flops"] = max(before, machine.multiply_add_flops(options.cores, repetitions=1))
            runs[system].append(run)
            print(f"run {turn + 1} {system}: {run['seconds']:.3g} s, recall {run['recall']:.4f}", file=sys.stderr)
    return [{"name": system, "runs": runs[system]} for system in systems]


def extrapolate(options):
    """A part of an exact search of many rows: stopped as Ctrl-C would when enough is done, read from its record."""
    rows = options.extrapolate
    data = inputs.mixture(rows, options.dimensions, options.components, options.dtype, options.seed)
    with tempfile.TemporaryDirectory(prefix="coterie-benchmark-", dir=inputs.cache_folder()) as folder:
        output = pathlib.Path(folder, "output")
        words = [options.coterie, "neighbors", data, "-k", options.neighbors, "--workers", options.cores, "-o", output]
        process = subprocess.Popen([str(word) for word in words], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        sampler = processes.Sampler(process.pid)
        sampler.start()
        total, is_stopped = None, False
        for line in process.stderr:
            print(line, end="", file=sys.stderr)
            if position := re.search(r"searching (\d+)/(\d+)", line):
                done, total = map(int, position.groups())
                if done >= options.part * total and not is_stopped:
                    # The band at hand is finished, so a little more is done than asked for.
                    process.send_signal(signal.SIGINT)
                    is_stopped = True
        process.wait()
        sampler.stop()
        if process.returncode not in (0, 75) or total is None:
            sys.exit(f"benchmark: coterie: exit code {process.returncode} at {rows} rows; see the lines above")
        run = json.loads((output / "run.json").read_text())
    return summary_of_part(run, total, rows, options, sampler)


def summary_of_part(run, total, rows, options, sampler):
    block_rows = run["settings"]["block-rows"]
    blocks = -(-rows // block_rows)
    # A band's rate is that of the rows that it compared with all others. What settles their lists takes as long for each.
    done = sum(round(band["rows_per_second"] * band["seconds"] / block_rows + 0.499) for band in run["history"])
    pairs = done * blocks - done * (done - 1) // 2
    searching = sum(band["seconds"] for band in run["history"])
    settling = sum(entry["seconds"] for entry in run["timings"] if entry["phase"] == "settle")
    seconds = searching + settling
    return {
        "rows": rows, "pairs_of_blocks": pairs, "all_pairs_of_blocks": total, "seconds": seconds,
        "whole_seconds": searching * total / pairs + settling * blocks / done,
        "flops": 2 * options.dimensions * block_rows**2 * pairs / seconds,
        "peak_private_bytes": sampler.peak_private,
    }  # fmt: skip


def markdown(report):
    job, computer = report["job"], report["machine"]
    kind = f"approximate, recall@{job['neighbors']} ≥ {job['target_recall']}" if job["approximate"] else "exact"
    yield (
        f"Nearest neighbours, {job['data'] or 'mixture'}, {job['rows']:,} × {job['dimensions']} {job['dtype']}, "
        f"k = {job['neighbors']}, cosine, {kind}, "
        f"{job['cores']} cores, {job['runs']} alternating runs"
    )
    yield ""
    yield (
        f"- {computer['processor']}, {computer['cores']} cores, {computer['memory_bytes'] / 2**30:.0f} GiB, "
        f"{computer['system']}; load average at the start {computer['load_average']:.2f}"
    )
    peak = report["matrix_product_flops"]
    yield f"- matrix product (numpy {computer['numpy']}, float32): {peak / 1e9:.0f} GFLOP/s"
    if most := report["multiply_add_flops"]:
        yield f"- multiply-add peak (chains of FMA in registers, all cores): {most / 1e9:.0f} GFLOP/s"
    yield f"- `{report['command']}`"
    yield ""
    if report["systems"]:
        yield from table(report)
    if part := report.get("part"):
        yield ""
        yield (
            f"{part['rows']:,} rows: {part['pairs_of_blocks']:,} of {part['all_pairs_of_blocks']:,} pairs of blocks "
            f"({part['pairs_of_blocks'] / part['all_pairs_of_blocks']:.1%}) in {part['seconds']:.0f} s, "
            f"{part['flops'] / 1e9:.0f} GFLOP/s ({part['flops'] / peak:.0%} of matrix product), "
            f"{part['peak_private_bytes'] / 2**20:.0f} MiB private; the whole would take "
            f"{part['whole_seconds'] / 3600:.2f} h."
        )
        if predicted := part.get("predicted_seconds"):
            yield (
                f"From {job['rows']:,} rows, by the square of their number: {predicted / 3600:.2f} h, "
                f"{predicted / part['whole_seconds']:.2f} of what the part says."
            )


def table(report):
    job, peak = report["job"], report["matrix_product_flops"]
    names = APPROXIMATE_PEERS if job["approximate"] else PEERS
    products = 2 * job["rows"] ** 2 * job["dimensions"]
    own = median(report["systems"][0], "seconds")
    own_cpu = median(report["systems"][0], "phases_cpu_seconds")
    yield (
        "| system | s (range) | ratio | processor s | ratio | phases | GFLOP/s | of matrix product | done, of multiply-add peak | recall "
        "| whole process s | private MiB | largest process MiB |"
    )
    yield "|---|--:|--:|--:|--:|---|--:|--:|--:|--:|--:|--:|--:|"
    for system in report["systems"]:
        seconds, last = median(system, "seconds"), system["runs"][-1]
        times = [run["seconds"] for run in system["runs"]]
        phases = ", ".join(f"{phase} {value:.3g}" for phase, value in last["phases"].items() if value >= 0.05)
        effort = ", ".join(f"{key} {last[key]}" for key in ("cells", "probes", "expansion") if key in last)
        if reported := last.get("reported_recall"):
            effort = f"cells {reported['cells']}, probes {reported['probes']}"
        name = " ".join(filter(None, [system["name"], names.get(system["name"]), last["version"], effort and f"({effort})"]))
        yield (
            f"| {name} | {seconds:.3g} ({min(times):.3g}–{max(times):.3g}) | {seconds / own:.2f} "
            f"| {median(system, 'phases_cpu_seconds'):.3g} "
            f"| {median(system, 'phases_cpu_seconds') / own_cpu:.2f} | {phases} "
            f"| {products / seconds / 1e9:.0f} | {products / seconds / peak:.0%} | {share_done(system, report)} "
            f"| {last['recall']:.4f} | {median(system, 'wall_seconds'):.3g} "
            f"| {median(system, 'peak_private_bytes') / 2**20:.0f} | {largest_process(last) / 2**20:.0f} |"
        )
    yield ""
    yield "- s: search, with training and filling the index; without loading, and without finding a peer's effort."
    yield "- Ratio: of medians, over Coterie's. Coterie's time has its survey of the input, and its choice of probes."
    yield "- GFLOP/s: 2·N²·d, all pairs from both sides, whether or not they were multiplied: above the peak where work is spared."
    yield "- Processor s: of all threads; Coterie's whole run. On a busy machine its ratio says more than that of s."
    yield (
        "- Done: 2·d for each product of two rows that was made: of an exact search N²/2 of Coterie's, N² of others'; "
        "over the greater of the peaks before and after each run, the median."
    )
    yield f"- Recall: on {SAMPLE:,} rows, against plain products computed here, the same way for all."
    if reported := report["systems"][0]["runs"][-1].get("reported_recall"):
        yield (
            f"- Coterie reported {reported['value']:.4f}, {reported['lower']:.4f} to {reported['upper']:.4f}, "
            f"of {reported['queries']:,} rows of its own."
        )


def share_done(system, report):
    """The rate of the products that an exact search does over the peak: Coterie's are those of each pair once."""
    job = report["job"]
    if job["approximate"] or not report["multiply_add_flops"]:
        return "–"
    products = (1 if system["name"] in OWN else 2) * job["rows"] ** 2 * job["dimensions"]
    return f"{statistics.median(products / run['seconds'] / run['multiply_add_flops'] for run in system['runs']):.1%}"


def largest_process(run):
    return max((process["private"] for process in run["processes"]), default=0)


def median(system, key):
    return statistics.median(run[key] for run in system["runs"])


def main():
    options = parse_options()
    options.coterie = binary.coterie(options.coterie)
    job_keys = ("data", "rows", "dimensions", "neighbors", "components", "dtype", "cores", "runs", "seed", "approximate",
                "target_recall")  # fmt: skip
    report = {
        "job": {key: getattr(options, key) for key in job_keys} | {"data": options.data and options.data.name},
        "machine": machine.describe(),
        "command": shlex.join(["Scripts/benchmark", "neighbors", *sys.argv[1:]]),
        "matrix_product_flops": machine.matrix_product_flops(options.cores),
        "multiply_add_flops": machine.multiply_add_flops(options.cores),
    }
    data = options.data or inputs.mixture(
        options.rows, options.dimensions, options.components, options.dtype, options.seed
    )
    try:
        report["systems"] = measure(options, data)
    except processes.CommandFailed as failure:
        sys.exit(f"benchmark: {failure}")
    if options.extrapolate:
        report["part"] = extrapolate(options)
        if not options.approximate:
            measured = median(report["systems"][0], "seconds")
            report["part"]["predicted_seconds"] = measured * (options.extrapolate / options.rows) ** 2
    print("\n".join(markdown(report)))
    if options.json:
        options.json.write_text(json.dumps(report, indent=2) + "\n")


if __name__ == "__main__":
    main()
