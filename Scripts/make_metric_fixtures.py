#!/usr/bin/env python3
"""Write the metric values that Tests/ClusteringTests/Evaluation holds Coterie to.

Needs scikit-learn >= 1.3 and scipy (pip install scikit-learn). Run from anywhere:

    python3 Scripts/make_metric_fixtures.py [OUTPUT.json]
"""

import json
import pathlib
import sys

import numpy as np
from scipy.optimize import linear_sum_assignment
from sklearn import metrics
from sklearn.metrics.cluster import contingency_matrix

FIXTURE = pathlib.Path(__file__).parent.parent / "Tests/ClusteringTests/Evaluation/Fixtures/metrics.json"


def noisy(seed, rows, clusters, classes, kept, offset=0):
    """Classes drawn at random; a share `kept` of the rows has a label that follows from the class."""
    random = np.random.default_rng(seed)
    truth = random.integers(0, classes, rows)
    labels = np.where(random.random(rows) < kept, truth % clusters, random.integers(0, clusters, rows))
    return labels + offset, truth


def skewed(seed, rows, clusters, classes):
    """Sizes that fall off geometrically on both sides, labels that have nothing to do with classes."""
    random = np.random.default_rng(seed)
    return (np.minimum(random.geometric(0.15, rows), clusters), np.minimum(random.geometric(0.3, rows), classes))


def cases():
    yield "one row", [7], [-3]
    yield "one cluster, one class", [5] * 9, [2] * 9
    yield "one cluster, three classes", [0] * 9, [0, 1, 2] * 3
    yield "three clusters, one class", [0, 1, 2] * 3, [4] * 9
    yield "singletons on both sides", list(range(8)), list(range(7, -1, -1))
    yield "singletons against pairs", list(range(8)), [0, 0, 1, 1, 2, 2, 3, 3]
    yield "equal but for names", [3, 3, -1, -1, 8], [0, 0, 2, 2, 1]
    yield "independent", [0, 0, 1, 1], [0, 1, 0, 1]
    yield "worse than chance", [0, 1, 2, 0, 1, 2], [0, 0, 0, 1, 1, 1]
    yield "more clusters than classes", *noisy(1, 200, 12, 5, 0.7)
    yield "fewer clusters than classes", *noisy(2, 200, 4, 11, 0.7)
    yield "negative and distant labels", *noisy(3, 150, 6, 6, 0.8, offset=-(2**40))
    yield "skewed and unrelated", *skewed(4, 700, 25, 9)
    yield "large", *noisy(5, 3000, 40, 17, 0.6)


def matched(table, total):
    """The accuracy, and the class of each cluster, or None when several assignments are best."""
    rows, columns = linear_sum_assignment(-table)
    best = int(table[rows, columns].sum())
    for row, column in zip(rows, columns):
        if table[row, column] == 0:
            continue
        without = table.copy()
        without[row, column] = 0
        if without[linear_sum_assignment(-without)].sum() == best:
            return best / total, None
    names = np.full(table.shape[0], -1)
    names[rows] = columns
    return best / total, names


def measure(labels, truth):
    labels, truth = np.asarray(labels), np.asarray(truth)
    table = contingency_matrix(labels, truth)
    total = table.sum()
    cluster_sizes, class_sizes = table.sum(1), table.sum(0)
    majority = table.argmax(1)
    hits = table.max(1)
    precision, recall = hits / cluster_sizes, hits / class_sizes[majority]
    accuracy, names = matched(table, total)
    values = {
        "acc": accuracy,
        "nmi": metrics.normalized_mutual_info_score(truth, labels),
        "nmi_geometric": metrics.normalized_mutual_info_score(truth, labels, average_method="geometric"),
        "ari": metrics.adjusted_rand_score(truth, labels),
        "ami": metrics.adjusted_mutual_info_score(truth, labels),
        "purity": hits.sum() / total,
        "precision": (cluster_sizes / total * precision).sum(),
        "recall": (cluster_sizes / total * recall).sum(),
        "f1": (cluster_sizes / total * 2 * precision * recall / (precision + recall)).sum(),
        "bcubed_precision": (table**2 / cluster_sizes[:, None]).sum() / total,
        "bcubed_recall": (table**2 / class_sizes[None, :]).sum() / total,
    }
    if names is not None:
        predicted = names[np.unique(labels, return_inverse=True)[1]]
        expected = np.unique(truth, return_inverse=True)[1]
        p, r, _, _ = metrics.precision_recall_fscore_support(
            expected, predicted, labels=np.arange(table.shape[1]), average="weighted", zero_division=0
        )
        values |= {"matched_precision": p, "matched_recall": r, "matched_f1": 2 * p * r / (p + r)}
    return {key: float(value) for key, value in values.items()}


def main():
    output = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else FIXTURE
    fixtures = []
    for name, labels, truth in cases():
        labels, truth = [int(x) for x in labels], [int(x) for x in truth]
        fixtures.append({"name": name, "labels": labels, "truth": truth, "metrics": measure(labels, truth)})
    lines = ",\n".join(json.dumps(fixture, separators=(",", ":")) for fixture in fixtures)
    output.write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    main()
