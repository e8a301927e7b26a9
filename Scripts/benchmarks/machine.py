"""What a measurement depends on: the processor, its load, and how fast it multiplies matrices."""

import os
import platform
import time

import numpy as np
from threadpoolctl import threadpool_limits


def describe():
    return {
        "processor": processor_model(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_bytes": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "numpy": np.__version__,
        "load_average": os.getloadavg()[0],
    }


def processor_model():
    with open("/proc/cpuinfo") as lines:
        for line in lines:
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.machine()


def matrix_product_flops(cores, size=4096, repetitions=5):
    """The best rate of a square float32 matrix product in numpy's OpenBLAS, in floating-point operations a second."""
    generator = np.random.default_rng(0)
    left = generator.random((size, size), dtype=np.float32)
    right = generator.random((size, size), dtype=np.float32)
    product = np.empty_like(left)
    best = float("inf")
    with threadpool_limits(cores):
        for _ in range(repetitions):
            begin = time.perf_counter()
            np.matmul(left, right, out=product)
            best = min(best, time.perf_counter() - begin)
    return 2 * size**3 / best
