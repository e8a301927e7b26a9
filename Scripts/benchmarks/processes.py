"""Runs a command and measures it from outside: wall time, and the memory of all its processes."""

import dataclasses
import os
import pathlib
import subprocess
import threading
import time

# Looking takes a millisecond or several of a core that the measured processes want: the longer they run, the more rarely.
SHORTEST_INTERVAL = 0.05  # seconds
INTERVAL_OF_RUN = 1 / 40  # of the time so far


class CommandFailed(Exception):
    pass


@dataclasses.dataclass
class Measured:
    wall_seconds: float
    cpu_seconds: float  # of all its processes that it waited for
    peak_resident_bytes: int  # of the largest process, mapped input included
    peak_private_bytes: int  # of all its processes together at one time, mapped input excluded
    processes: list  # one {"resident": bytes, "private": bytes} of maxima for each process


def run(command, environment, log):
    """Runs to the end with its output in the file `log`; raises CommandFailed with that output's end otherwise."""
    with open(log, "wb") as output:
        begin = time.perf_counter()
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, env=environment)
        sampler = Sampler(process.pid)
        sampler.start()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.perf_counter() - begin
        sampler.stop()
    if process.returncode != 0:
        text = pathlib.Path(log).read_text(errors="replace")
        raise CommandFailed(f"exit code {process.returncode}: {' '.join(map(str, command))}\n{text[-2000:]}")
    peaks = list(sampler.peaks.values())
    resident = max((peak["resident"] for peak in peaks), default=0)
    return Measured(wall, usage.ru_utime + usage.ru_stime, resident, sampler.peak_private, peaks)


class Sampler(threading.Thread):
    """Keeps the maxima of the memory of a process and all its descendants.

    Not from getrusage: a process's ru_maxrss begins with that of the process that started it, which is this one.
    """

    def __init__(self, root):
        super().__init__(daemon=True)
        self.root = root
        self.peaks = {}
        self.peak_private = 0
        self.finished = threading.Event()

    def run(self):
        begin = time.monotonic()
        while True:
            sizes = {pid: memory(pid) for pid in tree(self.root)}
            for pid, size in sizes.items():
                known = self.peaks.get(pid, size)
                self.peaks[pid] = {kind: max(size[kind], known[kind]) for kind in size}
            self.peak_private = max(sum(size["private"] for size in sizes.values()), self.peak_private)
            if self.finished.wait(max(SHORTEST_INTERVAL, (time.monotonic() - begin) * INTERVAL_OF_RUN)):
                return

    def stop(self):
        self.finished.set()
        self.join()


def tree(root):
    """The process and its descendants that are alive now."""
    found, waiting = [], [root]
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        try:
            for children in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
                waiting += map(int, children.read_text().split())
        except OSError:
            pass  # the process or one of its threads ended meanwhile
    return found


def memory(pid):
    """The kernel's own maximum of the resident memory, and the part of it that is private to the process now."""
    try:
        lines = pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        lines = []  # the process has ended
    # A process that has ended but was not waited for has neither line.
    fields = {name: int(value.split()[0]) * 1024 for name, _, value in (line.partition(":") for line in lines)
              if name in ("VmHWM", "RssAnon")}  # fmt: skip
    return {"resident": fields.get("VmHWM", 0), "private": fields.get("RssAnon", 0)}
