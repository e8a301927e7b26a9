#!/usr/bin/env python3
"""Usage: python3 export.py

Writes digits.npy and digits-labels.npy beside this file, from the copy of the dataset in scikit-learn's wheel.
Needs `pip install scikit-learn`. The files are committed; this only shows where they come from.
"""

import pathlib

import numpy as np
from sklearn.datasets import load_digits

here = pathlib.Path(__file__).parent
digits = load_digits()

# Pixels are whole numbers from 0 to 16, which float16 holds exactly at half the size of float32.
rows = np.ascontiguousarray(digits.data, dtype="<f2")
assert rows.shape == (1797, 64)
assert np.array_equal(rows, digits.data)
# A row of zeros has no direction, so it has no place under cosine.
assert rows.any(axis=1).all()

np.save(here / "digits.npy", rows)
np.save(here / "digits-labels.npy", digits.target.astype("<i4"))
