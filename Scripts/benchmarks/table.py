"""The report: medians, ratios and what they were measured on, as Markdown."""

import statistics


def markdown(report):
    return "\n".join([*heading(report), "", *rows(report), "", *(f"- {note}" for note in notes(report))])


def heading(report):
    job, machine = report["job"], report["machine"]
    return [
        f"k-means, {job['rows']:,} × {job['dimensions']} {job['dtype']}, K = {job['clusters']:,}, {job['metric']}, "
        f"at most {job['iterations']} iterations, {job['cores']} cores, {job['runs']} alternating runs",
        "",
        f"- {machine['processor']}, {machine['cores']} cores, {machine['memory_bytes'] / 2**30:.0f} GiB, "
        f"{machine['system']}; load average at the start {machine['load_average']:.2f}",
        f"- matrix product (numpy {machine['numpy']}, float32): {report['matrix_product_flops'] / 1e9:.0f} GFLOP/s",
        f"- `{report['command']}`",
    ]


def rows(report):
    first = report["systems"][0]
    yield (
        "| system | iterations | training s (range) | s per iteration | ratio | GFLOP/s | of matrix product "
        "| whole process s | largest process MiB | private MiB | objective | same result |"
    )
    yield "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|---|"
    for system in report["systems"]:
        flops = flops_per_second(report["job"], system)
        yield (
            f"| {system['name']} {system['version']} | {system['iterations']} "
            f"| {median(system, 'training_seconds'):.3g} ({span(system, 'training_seconds')}) "
            f"| {seconds_per_iteration(system):.3g} "
            f"| {seconds_per_iteration(system) / seconds_per_iteration(first):.2f} "
            f"| {flops / 1e9:.0f} | {flops / report['matrix_product_flops']:.0%} "
            f"| {median(system, 'wall_seconds'):.3g} "
            f"| {median(system, 'peak_resident_bytes') / 2**20:.0f} | {median(system, 'peak_private_bytes') / 2**20:.0f} "
            f"| {system['objective']:.6g} | {verdict(system)} |"
        )


def notes(report):
    cosine = report["job"]["metric"] == "cosine"
    yield f"Ratio: seconds per iteration over those of {report['systems'][0]['name']}; medians of all runs."
    yield "Training: iterations only, without loading. Whole process: from start to end, loading and writing included."
    yield "GFLOP/s: 2·N·K·d per iteration over the training time, whether or not the work was done or skipped."
    yield (
        "Private: all processes of the run together, mapped input excluded; largest process: mapped input included. "
        "Both sampled, so the last moments of a run may be missing."
    )
    yield (
        f"Objective: {'mean cosine to' if cosine else 'mean squared distance from'} the nearest final centroid, computed "
        "here, the same way for all; same result: within 0.1 % of the first line's."
    )
    if cosine and any(system["name"] == "sklearn" for system in report["systems"]):
        yield "scikit-learn has no spherical k-means: its line is Euclidean k-means on the same unit rows."


def flops_per_second(job, system):
    return 2 * job["rows"] * job["clusters"] * job["dimensions"] / seconds_per_iteration(system)


def seconds_per_iteration(system):
    return statistics.median(run["training_seconds"] / run["iterations"] for run in system["runs"])


def verdict(system):
    return "yes" if system["relative_difference"] < 1e-3 else f"DIFFERENT ({system['relative_difference']:.1e})"


def median(system, key):
    return statistics.median(run[key] for run in system["runs"])


def span(system, key):
    values = [run[key] for run in system["runs"]]
    return f"{min(values):.3g}–{max(values):.3g}"
