"""Tensors that `torch.save` has written, to `.npy`."""

import pickle

import numpy as np
import torch

import matrix
from command import BAD_DATA, USAGE, Refusal, files, outputs

# Rows that are copied at a time out of a file that stays mapped.
PIECE = 1 << 14


def load(path):
    """What a file holds, mapped where its format allows."""
    for mmap in (True, False):
        try:
            return torch.load(path, map_location="cpu", weights_only=True, mmap=mmap)
        except pickle.UnpicklingError:
            what = "more than tensors, which is never unpickled"
            raise Refusal(BAD_DATA, what, path, "save the tensor alone: torch.save(x, path)") from None
        except (RuntimeError, ValueError, EOFError, KeyError) as error:
            # Files of before version 1.6 are not mapped.
            if not mmap:
                reason = str(error).partition(".")[0].partition("\n")[0] or "cut short"
                raise Refusal(BAD_DATA, f"not a file of torch.save ({reason})", path, "write it again") from None
    return None


def named_tensors(content, prefix=""):
    """All tensors under their names."""
    for name, value in content.items():
        if isinstance(value, torch.Tensor):
            yield f"{prefix}{name}", value
        elif isinstance(value, dict):
            yield from named_tensors(value, f"{prefix}{name}.")


def chosen(content, key, path):
    """The tensors to put together: one, or those of a list."""
    if isinstance(content, dict):
        found = dict(named_tensors(content))
        names = [key] if key is not None else [name for name, tensor in found.items() if tensor.dim() == 2]
        if len(names) != 1 or names[0] not in found:
            what = f"no tensor '{key}'" if key is not None else f"{len(names)} matrices among names"
            listed = ", ".join(sorted(found)[:20]) or "nothing"
            raise Refusal(BAD_DATA, what, path, f"give --key with one of {listed}")
        return [found[names[0]]]
    if key is not None:
        raise Refusal(BAD_DATA, f"no names, and the key '{key}'", path, "leave out --key")
    if isinstance(content, (list, tuple)) and content and all(isinstance(each, torch.Tensor) for each in content):
        return [each.unsqueeze(0) for each in content] if content[0].dim() == 1 else list(content)
    if isinstance(content, torch.Tensor):
        return [content]
    raise Refusal(BAD_DATA, f"a {type(content).__name__} and no tensor", path, "save the tensor alone")


def array(tensor):
    tensor = tensor.detach()
    return (tensor.float() if tensor.dtype == torch.bfloat16 else tensor).numpy()


def write(tensors, path, place):
    first = tensors[0]
    for number, tensor in enumerate(tensors):
        fits = not tensor.is_sparse and tensor.dim() in (1, 2)
        if not fits or tensor.shape[1:] != first.shape[1:] or tensor.dtype != first.dtype:
            shape = f"{tensor.dtype} of shape {tuple(tensor.shape)}" + (f" in place {number}" if number else "")
            raise Refusal(BAD_DATA, shape, place, "save one matrix: x.reshape(len(x), -1)")
    kind = array(first[:0]).dtype
    # Whole numbers in a row of their own are labels, of any size.
    dtype = kind if first.dim() == 1 and kind.kind in "iu" else matrix.stored_type(kind, place)
    shape = (sum(len(tensor) for tensor in tensors), *first.shape[1:])
    with matrix.MatrixWriter(path, shape, dtype) as writer:
        for tensor in tensors:
            for start in range(0, len(tensor), PIECE):
                writer.write(matrix.exact(array(tensor[start : start + PIECE]), dtype, place))
    print(f"{path}: {' × '.join(map(str, shape))} {np.dtype(dtype).str}")


def convert(options):
    inputs = files(options.inputs, [".pt", ".pth", ".ckpt", ".bin"])
    paths = outputs(options.output, inputs, options.overwrite)
    if len(paths) < len(inputs):
        raise Refusal(USAGE, f"{len(inputs)} inputs for one file", options.output, "give a folder as -o")
    for source, path in zip(inputs, paths):
        write(chosen(load(source), options.key, source), path, source)
