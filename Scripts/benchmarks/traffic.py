"""What the rounds of a step of a head's training must send, in bytes, from shapes alone.

A worker is sent the parameters of each step once, and answers each lease with the nodes of a tree over the pieces of the
batch that its pieces fill (`TreeSums`), so what comes back depends on how rounds are cut into leases (`Placement`).
"""

ROUNDS = ("moments", "predictions", "slopes", "weights")
FLOAT, DOUBLE, INTEGER = 4, 8, 8
GROUPS = 2  # anchors and partners


def tac(rows, dimensions, hidden, clusters, workers):
    size = 2 * clusters
    return step(
        rows, dimensions, hidden, clusters, workers, heads=2, inputs=2,
        summary=2 * clusters * (size + 1) * FLOAT + (size + 2) * DOUBLE,
        judgement=2 * size * size * FLOAT + size * FLOAT + 2 * DOUBLE,
    )  # fmt: skip


def scan(rows, dimensions, hidden, clusters, workers):
    return step(
        rows, dimensions, hidden, clusters, workers, heads=1, inputs=1,
        summary=(clusters + 1) * DOUBLE, judgement=clusters * FLOAT + INTEGER,
    )  # fmt: skip


def scan_beside(rows, dimensions, hidden, clusters, neighbors, workers, epochs):
    """What a whole training of SCAN's head sends besides its steps: rows held out after each epoch, and all at the end."""
    head = (hidden * (dimensions + 5) + clusters * (hidden + 1)) * FLOAT
    beside = (2 + min(neighbors, 5)) * held_out(rows) * INTEGER
    return {"bytes_sent": workers * (epochs * (beside + head) + head), "bytes_received": rows * FLOAT}


def held_out(rows):
    """`RowSplit.heldOutCount`."""
    return max(1, min(rows // 10, 65_536))


def step(rows, dimensions, hidden, clusters, workers, heads, inputs, summary, judgement):
    pieces = piece_count(rows)
    last, first = heads * clusters * (hidden + 1) * FLOAT, heads * hidden * dimensions * FLOAT
    moments = 2 * GROUPS * heads * hidden
    parameters = heads * (hidden * (dimensions + 3) + clusters * (hidden + 1)) * FLOAT
    normalisation, corrections = moments * FLOAT, 3 * GROUPS * heads * hidden * FLOAT
    sent = (1 + inputs) * rows * INTEGER + parameters + normalisation + judgement + corrections
    answers = moments * DOUBLE + summary + last + moments * DOUBLE + first
    return {"bytes_sent": min(workers, pieces) * sent, "bytes_received": nodes(pieces, workers) * answers}


def piece_count(rows):
    """`BatchPieces.count`."""
    wanted = min(max(rows // 128, 1), 16)
    pieces = 1 << (wanted.bit_length() - 1)
    while rows > pieces * 4096:
        pieces *= 2
    return pieces


def nodes(pieces, workers):
    """Of all answers of a round together: each worker answers for its home."""
    homes = [range(pieces * one // workers, pieces * (one + 1) // workers) for one in range(workers)]
    return sum(len(full_nodes(home, pieces)) for home in homes if home)


def full_nodes(taken, pieces):
    """The largest aligned stretches of a power of two that make up consecutive pieces."""
    found, start, stop = [], taken[0], taken[-1] + 1
    while start < stop:
        length = min(start & -start or pieces, 1 << ((stop - start).bit_length() - 1))
        found.append((start, length))
        start += length
    return found
