#!/usr/bin/env python3
"""How fast rows are read by their numbers, as heads read the neighbours of a batch, beside all rows in their order."""

import argparse
import os
import pathlib
import subprocess
import sys

import binary
import inputs


def main():
    parser = argparse.ArgumentParser(prog="Scripts/benchmark rows", description=__doc__)
    parser.add_argument("--data", type=pathlib.Path, help="an npy file of your own instead of the rows below")
    parser.add_argument("--rows", type=int, default=1_281_167)
    parser.add_argument("--dimensions", type=int, default=512)
    parser.add_argument("--dtype", choices=["f16", "f32"], default="f16")
    parser.add_argument("--at-once", type=int, default=26_112, help="rows of a call: a batch of 512 with 50 neighbours each")
    parser.add_argument("--repetitions", type=int, default=40)
    options = parser.parse_args()
    build = ["swift", "build", "-c", "release", "--product", "Benchmarks"]
    if subprocess.call(build, cwd=binary.ROOT, stdout=sys.stderr) != 0:
        sys.exit("benchmark: Benchmarks: does not build; fix that")
    data = options.data or inputs.mixture(options.rows, options.dimensions, 1000, options.dtype, 0)
    program = binary.ROOT / ".build" / "release" / "Benchmarks"
    print(f"{data.name}, {options.at_once:,} rows at once, one thread, load average {os.getloadavg()[0]:.2f}", flush=True)
    sys.exit(subprocess.call([program, data, str(options.at_once), str(options.repetitions)]))


if __name__ == "__main__":
    main()
