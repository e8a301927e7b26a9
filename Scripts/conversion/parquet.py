"""Columns of lists of numbers in Parquet files, to `.npy`."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

import matrix
from command import BAD_DATA, Refusal, files, outputs

BATCH = 8192


def number_type(column):
    """The type of the numbers in a column of lists; None for any other column."""
    kind = column.type.storage_type if isinstance(column.type, pa.BaseExtensionType) else column.type
    if not (pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind)):
        return None
    inner = kind.value_type
    return inner if pa.types.is_integer(inner) or pa.types.is_floating(inner) or pa.types.is_boolean(inner) else None


class Column:
    """A column of lists of numbers in one file."""

    def __init__(self, path, name):
        self.path = path
        try:
            self.file = pq.ParquetFile(path)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
            raise Refusal(BAD_DATA, f"not a Parquet file ({error})", path, "copy or write it again") from None
        fields = {field.name: field for field in self.file.schema_arrow}
        lists = [each for each, field in fields.items() if number_type(field)]
        if name is not None and name not in fields:
            raise Refusal(BAD_DATA, f"no column '{name}'", path, f"choose one of {', '.join(lists) or 'none'}")
        if name is not None and name not in lists:
            kind = fields[name].type
            raise Refusal(BAD_DATA, f"column '{name}' is {kind}, no list of numbers", path, "choose another --column")
        if name is None and len(lists) != 1:
            what = f"{len(lists)} columns of lists of numbers"
            remedy = f"give --column with one of {', '.join(lists)}" if lists else f"it has {', '.join(fields)}"
            raise Refusal(BAD_DATA, what, path, remedy)
        self.name = name or lists[0]
        self.rows = self.file.metadata.num_rows
        inner = number_type(fields[self.name])
        self.type = matrix.stored_type("bool" if pa.types.is_boolean(inner) else inner.to_pandas_dtype(), path)
        self.width = None

    def pieces(self):
        """The rows in order, some at a time."""
        first = 0
        # One row group after the other: a reader of all keeps what it has read of the file.
        for group in range(self.file.num_row_groups):
            for batch in self.file.iter_batches(BATCH, row_groups=[group], columns=[self.name], use_threads=False):
                lists = batch.column(0)
                if isinstance(lists, pa.ExtensionArray):
                    lists = lists.storage
                yield self.piece(lists, first)
                first += len(lists)

    def piece(self, lists, first):
        if lists.null_count:
            raise self.wrong("a row that is missing", first + int(np.flatnonzero(lists.is_null())[0]))
        values = lists.flatten()
        if len(lists) == 0:
            return np.empty((0, self.width or 0), self.type)
        lengths = np.asarray(lists.value_lengths())
        self.width = int(lengths[0]) if self.width is None else self.width
        if (lengths != self.width).any():
            row = int(np.flatnonzero(lengths != self.width)[0])
            raise self.wrong(f"{lengths[row]} numbers after rows of {self.width}", first + row)
        if values.null_count:
            raise self.wrong("a number that is missing", first + int(np.flatnonzero(values.is_null())[0]) // self.width)
        place = f"{self.path} from row {first} on"
        return matrix.exact(values.to_numpy(zero_copy_only=False), self.type, place).reshape(len(lists), self.width)

    def wrong(self, what, row):
        return Refusal(BAD_DATA, what, f"{self.path} row {row}", f"repair column '{self.name}'")


def pieces_of(columns):
    """The rows of all columns in order, some at a time, each as long as the first."""
    width = None
    for column in columns:
        column.width = width
        yield from (piece for piece in column.pieces() if len(piece))
        width = column.width


def write(columns, path):
    """One matrix of all rows of some columns."""
    total = sum(column.rows for column in columns)
    pieces = pieces_of(columns)
    first = next(pieces, np.empty((0, 0), columns[0].type))
    with matrix.MatrixWriter(path, (total, first.shape[1]), columns[0].type) as writer:
        writer.write(first)
        for piece in pieces:
            writer.write(piece)
    print(f"{path}: {total} rows of {first.shape[1]} {columns[0].type.str}")


def convert(options):
    columns = [Column(path, options.column) for path in files(options.inputs, [".parquet"])]
    for column in columns:
        if column.type != columns[0].type:
            what = "numbers of another type than in the first file"
            raise Refusal(BAD_DATA, what, column.path, "convert it separately")
    paths = outputs(options.output, [column.path for column in columns], options.overwrite)
    for path, part in zip(paths, [columns] if options.output.suffix == ".npy" else [[column] for column in columns]):
        write(part, path)
