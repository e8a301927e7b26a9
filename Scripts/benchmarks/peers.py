"""Usage: peers.py faiss|sklearn DATA START OUTPUT --iterations T --metric METRIC --cores N

One run of one peer in a process of its own, so that its peak memory is its own. OUTPUT is a folder that receives
centroids.npy and result.json: the iterations done, and the seconds they took without loading the data.
"""

import argparse
import json
import pathlib
import time

import numpy as np

import inputs


def faiss_kmeans(rows, start, iterations, metric, cores):
    import faiss

    faiss.omp_set_num_threads(cores)
    kmeans = faiss.Kmeans(
        rows.shape[1],
        len(start),
        niter=iterations,
        nredo=1,
        spherical=metric == "cosine",
        # faiss trains on a sample of 256 rows per centroid unless told that more are welcome.
        max_points_per_centroid=len(rows),
        min_points_per_centroid=1,
    )
    begin = time.perf_counter()
    kmeans.train(rows, init_centroids=start)
    return kmeans.centroids, iterations, time.perf_counter() - begin, faiss.__version__


def sklearn_kmeans(rows, start, iterations, metric, cores):
    import sklearn
    from sklearn.cluster import KMeans
    from threadpoolctl import threadpool_limits

    # There is no spherical k-means in scikit-learn: under cosine this is Euclidean k-means on unit rows.
    # Its own copy of the rows is avoided, which saves it memory and time.
    kmeans = KMeans(len(start), init=start, n_init=1, max_iter=iterations, tol=0, algorithm="lloyd", copy_x=False)
    with threadpool_limits(cores):
        begin = time.perf_counter()
        kmeans.fit(rows)
        seconds = time.perf_counter() - begin
    return kmeans.cluster_centers_, kmeans.n_iter_, seconds, sklearn.__version__


RUNNERS = {"faiss": faiss_kmeans, "sklearn": sklearn_kmeans}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("peer", choices=RUNNERS)
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("start", type=pathlib.Path)
    parser.add_argument("output", type=pathlib.Path)
    parser.add_argument("--iterations", type=int, required=True)
    parser.add_argument("--metric", required=True)
    parser.add_argument("--cores", type=int, required=True)
    options = parser.parse_args()

    spherical = options.metric == "cosine"
    rows = inputs.load_float32(options.data, normalised=spherical)
    start = inputs.load_float32(options.start, normalised=spherical)
    run = RUNNERS[options.peer]
    centroids, iterations, seconds, version = run(rows, start, options.iterations, options.metric, options.cores)

    np.save(options.output / "centroids.npy", centroids)
    result = {"iterations": int(iterations), "training_seconds": seconds, "version": version}
    (options.output / "result.json").write_text(json.dumps(result))


if __name__ == "__main__":
    main()
