#!/usr/bin/env python3
"""Coterie's training of TAC's heads beside PyTorch's on the same rows, neighbours, batches and cores, in turns.

Every run is a process of its own. Systems take turns (A B C A B C …), so that a busy spell of the machine meets all of them.
What a step takes is a mean over an epoch; the first epoch of a run is left out. --large trains SCAN's head on many rows
instead, whose neighbours stand in a file, and holds memory and traffic against what they should be.
"""

import argparse
import json
import os
import pathlib
import shlex
import statistics
import sys
import tempfile

import numpy as np

import binary
import inputs
import machine
import processes
import traffic

HERE = pathlib.Path(__file__).resolve().parent
NOUNS, HIDDEN = 2000, 512
PEERS = {"torch": [], "torch-loader": ["--loader"]}


def parse_options():
    parser = argparse.ArgumentParser(prog="Scripts/benchmark heads", description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, help="(50,000; 1,281,167 with --large)")
    parser.add_argument("--dimensions", type=int, default=512)
    parser.add_argument("--clusters", type=int, help="(10; 1,000 with --large)")
    parser.add_argument("--batch", type=int, help="the most rows of a step (512; 8,192 with --large)")
    parser.add_argument("--neighbors", type=int, default=50)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--cores", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--workers", default="1,4", help="other numbers of workers than one per core (%(default)s)")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--peers", default="torch", help="of torch, and torch-loader with rows one by one (%(default)s)")
    parser.add_argument("--peer-steps", type=int, metavar="N", help="of a peer's epochs, at the most (all)")
    parser.add_argument("--large", action="store_true", help="one epoch of SCAN's head: memory and traffic")
    parser.add_argument("--coterie", type=pathlib.Path, help="the binary (built from this checkout unless given)")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="every run's numbers, too")
    options = parser.parse_args()

    options.rows = options.rows or (1_281_167 if options.large else 50_000)
    options.clusters = options.clusters or (1000 if options.large else 10)
    options.batch = options.batch or (8192 if options.large else 512)
    options.peers = [name for name in options.peers.split(",") if name]
    options.workers = [int(count) for count in options.workers.split(",") if count]
    for name in ("rows", "dimensions", "clusters", "batch", "neighbors", "cores", "runs"):
        if getattr(options, name) < 1:
            parser.error(f"--{name} must be at least 1")
    if options.epochs < 2:
        parser.error("--epochs must be at least 2: the first is left out")
    if unknown := set(options.peers) - set(PEERS):
        parser.error(f"--peers: unknown: {', '.join(sorted(unknown))}; choose from {', '.join(PEERS)}")
    return options


def even_batch(rows, most):
    """The size of all steps but the last of an epoch, which is no more than a few rows smaller."""
    steps = -(-rows // min(most, rows))
    return -(-rows // steps), steps


def run_coterie(options, words, output, folder):
    arguments = [options.coterie, *words, "--no-progress", "--json", "-o", output, "--overwrite"]
    measured = processes.run([str(word) for word in arguments], dict(os.environ), pathlib.Path(folder, "log"))
    return json.loads((output / "run.json").read_text()), measured


def tac(options, data, folder, fleet, epochs, short=None):
    output = pathlib.Path(folder, "run")
    words = ["tac", data["images"], data["nouns"], "-k", options.clusters, "--batch-size", options.batch, "--epochs", epochs,
             "--neighbors", options.neighbors, "--restarts", 1, "--seed", options.seed,
             # Few centres: finding nouns is no part of what is measured.
             "--centres", 2, "--per-centre", 100, *fleet]  # fmt: skip
    run, measured = run_coterie(options, words, output, folder)
    steps = even_batch(options.rows, options.batch)[1]
    fleet = run.get("fleet") or {}
    return {
        # What a run of one epoch took is no part of it; there is none yet when that is run itself.
        "step_cpu_seconds": (measured.cpu_seconds - short["cpu_seconds"]) / steps / (epochs - 1) if short else None,
        "step_seconds": [entry["seconds"] / steps for entry in run["history"]],
        "step_wall_seconds": wall_of_step(output / "events.jsonl", steps, epochs),
        "phases": {entry["phase"].removeprefix("heads0/"): entry["seconds"] / steps / epochs
                   for entry in run["timings"] if entry["phase"].startswith("heads0/")},
        "losses": [entry["objective"] for entry in run["history"]],
        "version": run["versions"]["coterie"],
        "digest": run["digest"],
        "bytes": {kind: fleet.get(kind, 0) for kind in ("bytes_sent", "bytes_received")},
        "worker_private": [process["private"] for process in measured.processes[1:]],
    } | vars(measured)  # fmt: skip


def wall_of_step(events, steps, epochs):
    """From one round's end to another's, with what lies between rounds: from the second epoch to the last step."""
    if not events.exists():
        return None
    rounds = [json.loads(line) for line in events.read_text().splitlines()]
    rounds = [(entry["round"], entry["time"]) for entry in rounds if entry["event"] == "round_advanced"]
    if not rounds:
        return None
    # After the last step come the moments of the inputs and the labels.
    last = max(number for number, _ in rounds) - 4
    first = last - 4 * steps * (epochs - 1)
    inside = [entry for entry in rounds if first <= entry[0] <= last]
    if len(inside) < 2:
        return None
    (start, begin), (stop, end) = inside[0], inside[-1]
    return 4 * (end - begin) / (stop - start)


def peer(system, options, data, folder):
    size = even_batch(options.rows, options.batch)[0]
    result = pathlib.Path(folder, "result.json")
    words = [sys.executable, HERE / "head_peers.py", data["images"], data["text"], data["image-neighbors"],
             data["text-neighbors"], result, "--clusters", options.clusters, "--batch", size,
             "--epochs", options.epochs, "--cores", options.cores, "--seed", options.seed,
             "--temperature", 0.5 if options.clusters <= 100 else 5, *PEERS[system]]  # fmt: skip
    words += ["--steps", options.peer_steps] if options.peer_steps else []
    # So many threads in all. Those that spin while they wait would keep the others from the cores of a busy machine.
    threads = {name: str(options.cores) for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS")}
    environment = {"OMP_WAIT_POLICY": "passive"} | os.environ | threads
    measured = processes.run([str(word) for word in words], environment, pathlib.Path(folder, "log"))
    return json.loads(result.read_text()) | vars(measured)


def prepare(options, folder):
    """Images, nouns, and what a first run makes of them: text counterparts, and the neighbours that peers draw from."""
    components = max(options.clusters, 10)
    data = {
        "images": inputs.mixture(options.rows, options.dimensions, components, "f32", options.seed),
        "nouns": inputs.mixture(NOUNS, options.dimensions, 200, "f32", options.seed + 1),
    }
    short = tac(options, data, folder, ["--workers", options.cores], 1)
    data["text"] = pathlib.Path(folder, "text.npy")
    pathlib.Path(folder, "run", "text.npy").rename(data["text"])
    for space in ("images", "text"):
        output = pathlib.Path(folder, f"{space}-search")
        run_coterie(options, ["neighbors", data[space], "-k", options.neighbors], output, folder)
        data[f"{space.removesuffix('s')}-neighbors"] = output / "neighbors.npy"
    return data, short


def measure(options):
    with tempfile.TemporaryDirectory(prefix="coterie-benchmark-") as folder:
        data, short = prepare(options, folder)
        fleets = {f"coterie, {options.cores} workers": ["--workers", options.cores], "coterie, in process": ["--in-process"]}
        # What a run of one epoch takes differs from fleet to fleet.
        shorts = {system: tac(options, data, folder, fleet, 1) for system, fleet in fleets.items()}
        runs = {name: [] for name in [*fleets, *options.peers]}
        others = {f"coterie, {count} workers": ["--workers", count] for count in options.workers if count != options.cores}
        for turn in range(options.runs):
            for system in runs:
                run = peer(system, options, data, folder) if system in PEERS else tac(
                    options, data, folder, fleets[system], options.epochs, shorts[system]
                )  # fmt: skip
                runs[system].append(run)
                report_run(turn, system, run)
        for system, fleet in others.items():
            own = tac(options, data, folder, fleet, 1)
            runs[system] = [tac(options, data, folder, fleet, options.epochs, own)]
            report_run(0, system, runs[system][0])
    return [{"name": system, "runs": list_of_runs} for system, list_of_runs in runs.items()], short


def report_run(turn, system, run):
    print(f"run {turn + 1} {system}: {statistics.median(run['step_seconds'][1:]) * 1e3:.3g} ms a step", file=sys.stderr)


def markdown(report):
    job = report["job"]
    size, steps = even_batch(job["rows"], job["batch"])
    yield (
        f"TAC's heads, {job['rows']:,} × {job['dimensions']}, K = {job['clusters']:,}, {steps} steps of {size:,} rows an "
        f"epoch, {job['cores']} cores, {job['runs']} alternating runs of {job['epochs']} epochs"
    )
    yield ""
    yield from description(report)
    yield ""
    yield "| system | ms per step: median (least) | ratio | of least | processor ms | ratio | s per epoch | with gaps ms | loss of last epoch | largest process MiB private |"
    yield "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|"
    own, own_processor = times(report["systems"][0]), processor_time(report["systems"][0])
    for system in report["systems"]:
        step, last = times(system), system["runs"][-1]
        walls = [run["step_wall_seconds"] for run in system["runs"] if run.get("step_wall_seconds")]
        name = f"{system['name']} ({last['version']})"
        yield (
            f"| {name} | {statistics.median(step) * 1e3:.3g} ({min(step) * 1e3:.3g}) "
            f"| {statistics.median(step) / statistics.median(own):.2f} | {min(step) / min(own):.2f} "
            f"| {processor_time(system) * 1e3:.3g} | {processor_time(system) / own_processor:.2f} "
            f"| {statistics.median(step) * steps:.3g} | {f'{statistics.median(walls) * 1e3:.3g}' if walls else '–'} "
            f"| {format(last['losses'][-1], '.4g') if last['losses'] else '–'} | {max(one['private'] for one in last['processes']) / 2**20:.0f} |"
        )
    yield ""
    yield "- Step: an epoch's mean, over all epochs but the first of each run. Ratio: over the first line's, of medians and of the least."
    yield (
        "- Processor ms: of all threads and processes, in a step; on a busy machine its ratio says more than that of the time. "
        "Coterie's is the difference from a run of one epoch."
    )
    yield "- With gaps: from the times at which rounds ended, so what lies between rounds is in it; median of runs."
    phases = report["systems"][0]["runs"][-1]["phases"]
    yield f"- Of a step of the last run, in ms: {', '.join(f'{name} {time * 1e3:.2g}' for name, time in phases.items() if time > 5e-5)}."
    yield from traffic_lines(report)


def description(report):
    computer = report["machine"]
    yield (
        f"- {computer['processor']}, {computer['cores']} cores, {computer['memory_bytes'] / 2**30:.0f} GiB, "
        f"{computer['system']}; load average at the start {computer['load_average']:.2f}"
    )
    yield f"- matrix product (numpy {computer['numpy']}, float32): {report['matrix_product_flops'] / 1e9:.0f} GFLOP/s"
    yield f"- `{report['command']}`"


def traffic_lines(report):
    """Bytes of a step and worker: the difference between a run of all epochs and one of one epoch."""
    job, runs = report["job"], report["systems"][0]["runs"]
    steps = even_batch(job["rows"], job["batch"])[1] * (job["epochs"] - 1)
    predicted = traffic.tac(even_batch(job["rows"], job["batch"])[0], job["dimensions"], HIDDEN, job["clusters"], job["cores"])
    for kind in ("bytes_sent", "bytes_received"):
        measured = statistics.median(run["bytes"][kind] for run in runs) - report["short"]["bytes"][kind]
        each, expected = measured / steps / job["cores"], predicted[kind] / job["cores"]
        yield (
            f"- {'To' if kind == 'bytes_sent' else 'From'} each worker in a step: {each / 2**20:.3f} MiB, "
            f"predicted {expected / 2**20:.3f} ({each / expected - 1:+.1%})."
        )


def times(system):
    return [step for run in system["runs"] for step in run["step_seconds"][1:]]


def processor_time(system):
    return statistics.median(run["step_cpu_seconds"] for run in system["runs"])


def random_neighbors(options, path):
    """Of every row some others, written in chunks: a training only reads them, so it does not matter which they are."""
    shape = (options.rows, options.neighbors)
    table = np.lib.format.open_memmap(path, mode="w+", dtype="<i4", shape=shape)
    for number, (start, stop) in enumerate(inputs.chunks(options.rows)):
        generator = np.random.default_rng([options.seed, 5, number])
        table[start:stop] = generator.integers(options.rows, size=(stop - start, options.neighbors), dtype=np.int32)
    table.flush()


def large(options):
    data = inputs.mixture(options.rows, options.dimensions, 1000, "f16", options.seed)
    with tempfile.TemporaryDirectory(prefix="coterie-benchmark-") as folder:
        neighbors = pathlib.Path(folder, "neighbors.npy")
        random_neighbors(options, neighbors)
        words = ["scan", data, "-k", options.clusters, "--neighbors-file", neighbors, "--heads", 1, "--hidden", HIDDEN,
                 "--epochs", 1, "--batch-size", options.batch, "--workers", options.cores, "--seed", options.seed]  # fmt: skip
        run, measured = run_coterie(options, words, pathlib.Path(folder, "run"), folder)
    phases = {entry["phase"]: entry["seconds"] for entry in run["timings"]}
    return {"phases": phases, "fleet": run["fleet"], "history": run["history"]} | vars(measured)


def markdown_large(report):
    job, run = report["job"], report["run"]
    size, steps = even_batch(job["rows"] - traffic.held_out(job["rows"]), job["batch"])
    # Heads that collapse are trained again, at a lower rate.
    epochs = len(run["history"])
    steps *= epochs
    shape = job["dimensions"], HIDDEN, job["clusters"]
    of_step = traffic.scan(size, *shape, job["cores"])
    beside = traffic.scan_beside(job["rows"], *shape, job["neighbors"], job["cores"], epochs)
    seconds = sum(time for phase, time in run["phases"].items() if phase.split("/")[-1] in traffic.ROUNDS)
    yield (
        f"SCAN's head, {job['rows']:,} × {job['dimensions']} f16, K = {job['clusters']:,}, {steps} steps of {size:,} rows, "
        f"{job['cores']} workers"
    )
    yield ""
    yield from description(report)
    yield ""
    yield f"- {seconds / steps * 1e3:.0f} ms a step; the whole run {run['wall_seconds']:.0f} s."
    workers = sorted(process["private"] / 2**20 for process in run["processes"][1:])
    yield f"- Private memory of each worker at its most: {', '.join(f'{each:.0f}' for each in workers)} MiB."
    for kind in ("bytes_sent", "bytes_received"):
        measured, expected = run["fleet"][kind], steps * of_step[kind] + beside[kind]
        yield (
            f"- {kind.removeprefix('bytes_').capitalize()} by the coordinator: {measured / 2**20:.0f} MiB, "
            f"predicted {expected / 2**20:.0f} ({measured / expected - 1:+.1%}); of a step "
            f"{of_step[kind] / 2**20:.2f}."
        )


def main():
    options = parse_options()
    options.coterie = binary.coterie(options.coterie)
    job_keys = ("rows", "dimensions", "clusters", "batch", "neighbors", "epochs", "cores", "runs", "seed")
    report = {
        "job": {key: getattr(options, key) for key in job_keys},
        "machine": machine.describe(),
        "command": shlex.join(["Scripts/benchmark", "heads", *sys.argv[1:]]),
        "matrix_product_flops": machine.matrix_product_flops(options.cores),
    }
    try:
        if options.large:
            report["run"] = large(options)
        else:
            report["systems"], report["short"] = measure(options)
    except processes.CommandFailed as failure:
        sys.exit(f"benchmark: {failure}")
    print("\n".join(markdown_large(report) if options.large else markdown(report)))
    if options.json:
        options.json.write_text(json.dumps(report, indent=2) + "\n")


if __name__ == "__main__":
    main()
