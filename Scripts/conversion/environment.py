"""Where a converter finds the library that reads its format: in its own Python, or in an environment made for it."""

import importlib.util
import os
import pathlib
import shutil
import subprocess
import sys

UNAVAILABLE = 69


def require(program, module, requirements):
    """Returns when `module` and numpy can be imported; else makes an environment and runs the script in it."""
    if all(importlib.util.find_spec(name) for name in (module, "numpy")):
        return
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache")
    environment = cache / "coterie" / f"{module}-venv"
    listed = "\n".join(requirements) + "\n"
    # The list is written last, so an installation that was cut short, or is of other versions, is made again.
    done = environment / "requirements.txt"
    if not done.is_file() or done.read_text() != listed:
        _install(program, environment, requirements)
        done.write_text(listed)
    python = environment / "bin" / "python"
    if pathlib.Path(sys.prefix).resolve() == environment.resolve():
        _fail(program, f"{module} cannot be imported: {environment}; remove that folder and try again")
    os.execv(python, [str(python), *sys.argv])


def _install(program, environment, requirements):
    print(f"{program}: installing {' and '.join(requirements)} into {environment}", file=sys.stderr)
    shutil.rmtree(environment, ignore_errors=True)
    pip = [environment / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check", "--retries", "1"]
    for command in ([sys.executable, "-m", "venv", environment], [*pip, *requirements]):
        try:
            run = subprocess.run(command, capture_output=True, text=True)
        except OSError as error:
            run = subprocess.CompletedProcess(command, 1, "", str(error))
        if run.returncode != 0:
            shutil.rmtree(environment, ignore_errors=True)
            said = [line for line in (run.stderr + run.stdout).splitlines() if line.strip()]
            reason = next((line for line in said if line.startswith("ERROR")), said[-1] if said else "no reason given")
            what = f"cannot install {' '.join(requirements)}: {reason}"
            _fail(program, f"{what}; connect to the network, or install them for {sys.executable}")


def _fail(program, message):
    print(f"{program}: {message}", file=sys.stderr)
    sys.exit(UNAVAILABLE)
