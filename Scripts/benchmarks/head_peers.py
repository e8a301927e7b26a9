"""One training of TAC's heads in PyTorch: `head_peers.py IMAGES TEXT IMAGE_NEIGHBORS TEXT_NEIGHBORS RESULT.json …`.

Two heads Linear–BatchNorm–ReLU–Linear–Softmax, one for images and one for their text counterparts; the loss is the
contrast between clusters across neighbours, the agreement of both heads, and the balance of cluster sizes (Li et al. 2024).
"""

import argparse
import itertools
import json
import pathlib
import time

import numpy as np
import torch

import inputs


def parse_options():
    parser = argparse.ArgumentParser()
    for name in ("images", "text", "image_neighbors", "text_neighbors", "result"):
        parser.add_argument(name, type=pathlib.Path)
    for name in ("--clusters", "--batch", "--epochs", "--cores", "--seed"):
        parser.add_argument(name, type=int, required=True)
    parser.add_argument("--temperature", type=float, required=True)
    parser.add_argument("--balance", type=float, default=5)
    parser.add_argument("--hidden", type=int, default=512)
    parser.add_argument("--steps", type=int, help="of an epoch, at the most (all)")
    parser.add_argument("--loader", action="store_true", help="rows one by one through a DataLoader, as published code does")
    return parser.parse_args()


def head(inputs, hidden, clusters):
    layers = torch.nn.Sequential(
        torch.nn.Linear(inputs, hidden),
        torch.nn.BatchNorm1d(hidden),
        torch.nn.ReLU(),
        torch.nn.Linear(hidden, clusters),
        torch.nn.Softmax(dim=1),
    )
    for layer in layers:
        if isinstance(layer, torch.nn.Linear):
            torch.nn.init.normal_(layer.weight, std=0.02)
    return layers


def contrast(one, other, temperature, diagonal):
    """How well each column of `one` finds its partner in `other`, among all columns of both."""
    columns = torch.nn.functional.normalize(torch.cat([one.T, other.T]), dim=1)
    similarities = columns @ columns.T / temperature
    clusters = one.shape[1]
    partners = torch.cat([similarities.diagonal(clusters), similarities.diagonal(-clusters)])
    return (similarities.masked_fill(diagonal, -torch.inf).logsumexp(dim=1) - partners).mean()


def entropy(probabilities):
    mean = probabilities.mean(dim=0).clamp_min(1e-9)
    return -(mean * mean.log()).sum()


def loss_of(heads, batch, options, diagonal):
    images, texts, near_images, near_texts = batch
    one, other = heads[0](images), heads[1](texts)
    near_one, near_other = heads[0](near_images), heads[1](near_texts)
    distillation = contrast(one, near_other, options.temperature, diagonal)
    distillation = distillation + contrast(other, near_one, options.temperature, diagonal)
    confidence = -(one * other).sum(dim=1).log().clamp_min(-100).mean()
    return distillation + confidence - options.balance * (entropy(one) + entropy(other))


class Rows(torch.utils.data.Dataset):
    """An image, its counterpart, and a neighbour of each, drawn anew at each visit."""

    def __init__(self, images, texts, near_images, near_texts):
        self.arrays = images, texts, near_images, near_texts

    def __len__(self):
        return len(self.arrays[0])

    def __getitem__(self, row):
        images, texts, near_images, near_texts = self.arrays
        one, other = np.random.choice(near_images[row]), np.random.choice(near_texts[row])
        return images[row], texts[row], images[one], texts[other]


def batches(arrays, options):
    """An epoch's batches, all of one size but the last, as Coterie cuts them."""
    if options.loader:
        yield from torch.utils.data.DataLoader(Rows(*arrays), batch_size=options.batch, shuffle=True)
        return
    images, texts, near_images, near_texts = arrays
    for rows in torch.randperm(len(images)).split(options.batch):
        draws = [torch.randint(near_images.shape[1], (len(rows),)) for _ in range(2)]
        yield images[rows], texts[rows], images[near_images[rows, draws[0]]], texts[near_texts[rows, draws[1]]]


def main():
    options = parse_options()
    torch.set_num_threads(options.cores)
    torch.manual_seed(options.seed)
    np.random.seed(options.seed)
    rows = [inputs.load_float32(path, normalised=True) for path in (options.images, options.text)]
    near = [np.load(path).astype(np.int64) for path in (options.image_neighbors, options.text_neighbors)]
    # Whole batches are taken from tensors at once; a loader takes rows from arrays.
    arrays = rows + near if options.loader else [torch.from_numpy(array) for array in rows + near]

    heads = [head(array.shape[1], options.hidden, options.clusters) for array in rows]
    parameters = [value for one in heads for value in one.parameters()]
    optimiser = torch.optim.Adam(parameters, lr=1e-3, betas=(0.9, 0.99))
    diagonal = torch.eye(2 * options.clusters, dtype=torch.bool)

    epochs, processor, losses = [], [], []
    for _ in range(options.epochs):
        begin, begin_processor, steps, total = time.perf_counter(), time.process_time(), 0, 0.0
        for batch in itertools.islice(batches(arrays, options), options.steps):
            optimiser.zero_grad()
            loss = loss_of(heads, batch, options, diagonal)
            loss.backward()
            optimiser.step()
            total += loss.item()
            steps += 1
        epochs.append((time.perf_counter() - begin) / steps)
        processor.append((time.process_time() - begin_processor) / steps)
        losses.append(total / steps)
    result = {
        "step_seconds": epochs,
        "step_cpu_seconds": float(np.median(processor[1:])),
        "losses": losses if options.steps is None else None,
        "version": torch.__version__,
    }
    options.result.write_text(json.dumps(result))


if __name__ == "__main__":
    main()
