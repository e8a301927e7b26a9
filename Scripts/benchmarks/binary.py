"""The program that is measured."""

import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def coterie(given):
    """The given binary, or this checkout's, built now: an old one, or one built for tests, would be measured unnoticed."""
    path = given
    if path is None:
        build = ["swift", "build", "-c", "release", "--product", "coterie"]
        if subprocess.call(build, cwd=ROOT, stdout=sys.stderr) != 0:
            sys.exit("benchmark: coterie: does not build; fix that, or give --coterie PATH")
        path = ROOT / ".build" / "release" / "coterie"
    if not os.access(path, os.X_OK):
        sys.exit(f"benchmark: {path}: no such program; give --coterie PATH")
    return path.resolve()
