"""What a measurement depends on: the processor, its load, and how fast it multiplies matrices."""

import ctypes
import os
import platform
import subprocess
import tempfile
import threading
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


MULTIPLY_ADD = """
#ifdef __AVX512F__
enum { width = 16 };
#else
enum { width = 8 };
#endif
typedef float floats __attribute__((vector_size(4 * width)));

// Independent chains, enough to hide an addition's latency; the sum keeps them from being left out.
double multiply_adds(long steps, float *result) {
    enum { chains = 12 };
    floats sum[chains], one, other;
    for (int l = 0; l < width; l++) one[l] = 0.999f, other[l] = 0.001f;
    for (int c = 0; c < chains; c++) sum[c] = one;
    for (long i = 0; i < steps; i++) {
#pragma GCC unroll 12
        for (int c = 0; c < chains; c++) sum[c] = sum[c] * one + other;
    }
    *result = 0;
    for (int c = 0; c < chains; c++)
        for (int l = 0; l < width; l++) *result += sum[c][l];
    return 2.0 * width * chains * steps;
}
"""


def multiply_add_flops(cores, steps=400_000_000, repetitions=3):
    """What the cores keep up together for most of a second in chains of multiply-adds in registers: bursts are faster.

    None where no C compiler is at hand.
    """
    with tempfile.TemporaryDirectory() as folder:
        library = f"{folder}/peak.so"
        flags = ["-O3", "-march=native", "-ffp-contract=fast", "-shared", "-fPIC", "-x", "c", "-", "-o", library]
        try:
            subprocess.run(["cc", *flags], input=MULTIPLY_ADD, text=True, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            return None
        function = ctypes.CDLL(library).multiply_adds
    function.restype = ctypes.c_double
    function.argtypes = [ctypes.c_long, ctypes.POINTER(ctypes.c_float)]
    best = 0
    for _ in range(repetitions):
        done = []
        # ctypes lets go of the interpreter's lock during the call.
        threads = [
            threading.Thread(target=lambda: done.append(function(steps, ctypes.byref(ctypes.c_float()))))
            for _ in range(cores)
        ]
        begin = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        best = max(best, sum(done) / (time.perf_counter() - begin))
    return best
