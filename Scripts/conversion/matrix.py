"""Matrices written to `.npy` a piece at a time, in the types that coterie reads."""

import os

import numpy as np

from command import BAD_DATA, Refusal

# The types that coterie reads. Integers of 64 bits become float64 where that holds them.
TYPES = {"f2", "f4", "f8", "i1", "u1", "i2", "u2", "i4", "u4", "b1"}


def stored_type(dtype, place):
    """The numpy type in which numbers of a type are written."""
    dtype = np.dtype(dtype)
    if dtype.kind in "iu" and dtype.itemsize == 8:
        return np.dtype("<f8")
    if dtype.str[1:] not in TYPES:
        raise Refusal(BAD_DATA, f"numbers of type {dtype}", place, "convert them to float32 first")
    return dtype.newbyteorder("<")


def exact(values, dtype, place):
    """The values in a type that may hold all of them; raises where it does not."""
    stored = values.astype(dtype, copy=False)
    if values.dtype.kind in "iu" and dtype.kind == "f" and values.size:
        if max(-int(values.min()), int(values.max())) > 2**53:
            what = "integers beyond 2^53, which float64 does not hold"
            raise Refusal(BAD_DATA, what, place, "convert them to float64 first")
    return stored


class MatrixWriter:
    """An `.npy` file of a shape known beforehand, written aside and renamed when all of it is there."""

    def __init__(self, path, shape, dtype):
        self.path = path
        self.aside = path.with_name(f".{path.name}.partial-{os.getpid()}")
        self.left = shape[0]
        self.file = open(self.aside, "wb")
        header = {"descr": np.lib.format.dtype_to_descr(dtype), "fortran_order": False, "shape": tuple(shape)}
        np.lib.format.write_array_header_1_0(self.file, header)

    def write(self, rows):
        self.left -= len(rows)
        self.file.write(np.ascontiguousarray(rows).data)

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        self.file.close()
        if kind is None and self.left == 0:
            os.replace(self.aside, self.path)
        else:
            self.aside.unlink(missing_ok=True)
        if kind is None and self.left != 0:
            what = f"{self.left} rows fewer than the input promises"
            raise Refusal(BAD_DATA, what, self.path, "write the input again")
