"""The command line of the converters, and their errors: one line, with an exit code of sysexits.h."""

import argparse
import pathlib
import re
import sys

USAGE, BAD_DATA, NO_INPUT, CANNOT_CREATE, INPUT_OUTPUT = 64, 65, 66, 73, 74


class Refusal(Exception):
    """What is wrong, where, and what to do: one line, and the exit code of sysexits.h."""

    def __init__(self, code, what, place, remedy):
        super().__init__(f"{what}: {place}; {remedy}")
        self.code = code


class Options(argparse.ArgumentParser):
    """As every command here, it ends with 64 where it was not understood."""

    def error(self, message):
        print(f"{self.prog}: {message}; see --help", file=sys.stderr)
        sys.exit(USAGE)


def parser(document):
    options = Options(
        prog=pathlib.Path(sys.argv[0]).name, description=document, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("inputs", nargs="+", type=pathlib.Path, metavar="INPUT", help="files, or folders of them")
    output = "FILE.npy for all rows, or a folder for a file of each input"
    options.add_argument("-o", "--output", required=True, type=pathlib.Path, help=output)
    options.add_argument("--overwrite", action="store_true", help="replace files that are there")
    return options


def run(main):
    """Calls `main`; what it raises is said in one line, and its code is that of the process."""
    name = pathlib.Path(sys.argv[0]).name
    try:
        main()
    except Refusal as refusal:
        print(f"{name}: {' '.join(str(refusal).split())}", file=sys.stderr)
        sys.exit(refusal.code)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        print(f"{name}: {reason}: {error.filename or 'output'}; check the disk and the path", file=sys.stderr)
        sys.exit(INPUT_OUTPUT)


def natural(path):
    """A key by which `part_9` comes before `part_10`, as coterie reads a folder."""
    return [(1, int(part), "") if part.isdigit() else (0, 0, part) for part in re.split(r"(\d+)", path.name)]


def files(inputs, suffixes):
    """The files that are named, and those in the folders that are, in natural order; hidden ones are left alone."""
    found = []
    for path in inputs:
        if path.is_dir():
            inside = [each for each in path.iterdir() if each.suffix in suffixes and not each.name.startswith(".")]
            if not inside:
                raise Refusal(NO_INPUT, f"no {' or '.join(suffixes)} files in the folder", path, "check the path")
            found += sorted(inside, key=natural)
        elif path.is_file():
            found.append(path)
        else:
            raise Refusal(NO_INPUT, "no such file or folder", path, "check the path")
    return found


def outputs(output, inputs, overwrite):
    """The path of one file for all, or one for each input in a folder, which is made; none may be there."""
    if output.suffix == ".npy":
        paths = [output]
    else:
        paths = [output / f"{path.stem}.npy" for path in inputs]
        if len(set(paths)) < len(paths):
            raise Refusal(CANNOT_CREATE, "two inputs of one name", output, "convert them into two folders")
    for path in paths:
        if path.exists() and not overwrite:
            raise Refusal(CANNOT_CREATE, "already there", path, "give --overwrite or another -o")
        path.parent.mkdir(parents=True, exist_ok=True)
    return paths
