"""What `gicscope fleet --out DIR` writes, as Arrow tables and as Parquet.

The types of all columns come from DIR/columns.json; nothing is guessed from values.
"""

import io
import json
import os
import shutil

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.json as pj
import pyarrow.parquet as pq

# Lines that are converted at a time.
BLOCK = 32 << 20

SCALARS = {"string": pa.string(), "uint64": pa.uint64(), "double": pa.float64(), "bool": pa.bool_()}


def arrow_type(type_):
    """The Arrow type of a type in columns.json."""
    if isinstance(type_, str):
        return SCALARS[type_]
    (kind, inner), = type_.items()
    if kind == "list":
        return pa.list_(arrow_type(inner))
    if kind == "map":
        return pa.map_(pa.string(), arrow_type(inner))
    return pa.struct([(field["name"], arrow_type(field["type"])) for field in inner])


def schemas(folder):
    """The schema of each kind of rows in a folder of rows, by its name in SQL."""
    with open(os.path.join(folder, "columns.json")) as file:
        columns = json.load(file)
    return {
        kind.replace("-", "_"): pa.schema([
            pa.field(column["name"], arrow_type(column["type"]), metadata={"doc": column["doc"]})
            for column in table
        ])
        for kind, table in columns.items()
    }


def _holds_map(type_):
    if pa.types.is_map(type_):
        return True
    if pa.types.is_list(type_):
        return _holds_map(type_.value_type)
    return pa.types.is_struct(type_) and any(_holds_map(field.type) for field in type_)


def _with_maps(value, type_):
    """A value with its maps as lists of pairs, as pyarrow wants them."""
    if value is None:
        return None
    if pa.types.is_map(type_):
        return list(value.items())
    if pa.types.is_list(type_):
        return [_with_maps(item, type_.value_type) for item in value]
    if pa.types.is_struct(type_):
        return {field.name: _with_maps(value[field.name], field.type) for field in type_}
    return value


def table(lines, schema):
    """Whole lines of rows (bytes) as a table."""
    if not lines:
        return schema.empty_table()
    if not any(_holds_map(field.type) for field in schema):
        # One block: a line may be longer than a block would be.
        options = pj.ReadOptions(block_size=len(lines) + 1)
        parse = pj.ParseOptions(explicit_schema=schema, unexpected_field_behavior="error")
        return pj.read_json(io.BytesIO(lines), options, parse).cast(schema)
    with_maps = [field for field in schema if _holds_map(field.type)]
    rows = [json.loads(line) for line in lines.splitlines()]
    for row in rows:
        for field in with_maps:
            row[field.name] = _with_maps(row[field.name], field.type)
    return pa.Table.from_pylist(rows, schema)


def _ends(folder):
    """How long each file of a folder of rows is as its journal has it, in the order of columns.json: a row beyond that
    belongs to a capture that is still being written."""
    last = None
    with open(os.path.join(folder, "journal"), "rb") as file:
        next(file)
        for line in file:
            if line.endswith(b"\n"):
                last = line
    with open(os.path.join(folder, "columns.json")) as file:
        kinds = list(json.load(file))
    numbers = [int(number) for number in last.split(b" ")[: len(kinds)]] if last else [0] * len(kinds)
    return dict(zip(kinds, numbers))


def blocks(folder, kind):
    """The whole lines of a kind of rows, in blocks."""
    left = _ends(folder)[kind]
    with open(os.path.join(folder, kind + ".jsonl"), "rb") as file:
        rest = b""
        while left > 0:
            block = file.read(min(BLOCK, left))
            if not block:
                raise ValueError(f"{folder}/{kind}.jsonl is shorter than its journal says: write it again")
            left -= len(block)
            cut = block.rfind(b"\n") + 1
            if cut == 0:
                rest += block
                continue
            yield rest + block[:cut]
            rest = block[cut:]


# MARK: Tables that are made of lists in others


def _flat(table_, column, names):
    """A row for each element of a column of lists: the columns of the capture, then those of `names`, whose values
    come from `names[name](elements)`; `None` for a name takes the row's own column."""
    parents = pc.list_parent_indices(table_[column])
    elements = pc.list_flatten(table_[column])
    if isinstance(elements, pa.ChunkedArray):
        elements = elements.combine_chunks()
    rows = table_.take(parents)
    lead = [name for name in table_.column_names[: table_.column_names.index("error") + 1]]
    arrays = {name: rows[name] for name in lead}
    for name, make in names.items():
        arrays[name] = rows[name] if make is None else make(elements)
    return pa.table(arrays)


def _place(table_, column):
    """The index of each element of a column of lists in its list."""
    lengths = pc.fill_null(pc.list_value_length(table_[column]), 0).to_pylist()
    return pa.array([place for length in lengths for place in range(length)], pa.uint64())


def derived(kind, table_):
    """Tables of single values that are made of a table's lists: every engine reads them with the same SQL."""
    if kind == "latency":
        pair = lambda place: lambda pairs: pc.list_element(pairs, place) if len(pairs) else pa.array([], pa.uint64())
        yield "buckets", _flat(table_, "buckets", {
            "virtual": None, "class": None, "stage": None, "min_ns": None, "max_ns": None,
            "upper_ns": pair(0), "samples": pair(1),
        })
    if kind == "guests":
        field = lambda name: lambda structs: pc.struct_field(structs, name)
        yield "guest_exits", _flat(table_, "exits", {
            "domain": None, "cause": field("cause"), "interrupt_related": field("interrupt_related"),
            "exits": field("exits"), "count": field("count"), "mean_ns": field("mean_ns"), "max_ns": field("max_ns"),
        })
        used = _place(table_, "list_registers_used")
        yield "registers_used", _flat(table_, "list_registers_used", {
            "domain": None, "used": lambda _: used, "entries": lambda numbers: numbers,
        }) if len(used) else _flat(table_.slice(0, 0), "list_registers_used", {
            "domain": None, "used": lambda _: used, "entries": lambda numbers: numbers,
        })


# MARK: Parquet


def write_parquet(rows, out, partition_by=(), name="part"):
    """Writes a folder of rows as Parquet: `out/latency/label_kernel=6.12/part-0.parquet`.

    A file appears under its name when it is whole, and the same rows make the same names: what is written twice, as a
    retried task does, replaces itself.
    """
    count = 0
    for kind, schema in schemas(rows).items():
        missing = [key for key in partition_by if key not in schema.names]
        if missing:
            raise ValueError(f"{rows}: there is no column {missing[0]} to partition by; there are {schema.names}")
        _write_all(kind, schema.empty_table(), out, list(partition_by), name)
        for number, lines in enumerate(blocks(rows, kind.replace("_", "-"))):
            main = table(lines, schema)
            count += len(main)
            _write_all(kind, main, out, list(partition_by), f"{name}-{number:06}")
    return count


def _write_all(kind, table_, out, partition_by, name):
    for kind_, own in [(kind, table_), *derived(kind, table_)]:
        _write(own, out, kind_, partition_by, name)


def _write(table_, out, kind, partition_by, name):
    scratch = os.path.join(out, f".{kind}-{name}-{os.getpid()}")
    if len(table_) == 0:
        # A table without rows still has its columns.
        folder = os.path.join(out, kind, *[f"{key}=__HIVE_DEFAULT_PARTITION__" for key in partition_by])
        os.makedirs(folder, exist_ok=True)
        pq.write_table(table_.drop_columns(partition_by), scratch)
        return os.replace(scratch, os.path.join(folder, "empty.parquet"))
    partitioning = ds.partitioning(pa.schema([table_.schema.field(key) for key in partition_by]), flavor="hive")
    ds.write_dataset(
        table_, scratch, format="parquet", basename_template=name + "-{i}.parquet",
        partitioning=partitioning if partition_by else None, max_partitions=1 << 16, max_open_files=512,
        existing_data_behavior="overwrite_or_ignore")
    for folder, _, files in os.walk(scratch):
        target = os.path.normpath(os.path.join(out, kind, os.path.relpath(folder, scratch)))
        for file in files:
            os.makedirs(target, exist_ok=True)
            os.replace(os.path.join(folder, file), os.path.join(target, file))
    shutil.rmtree(scratch)


# MARK: Merging


def merged(buckets):
    """Buckets of several distributions in one: `{greatest value: samples}`."""
    sums = {}
    for distribution in buckets:
        for upper, samples in distribution:
            sums[upper] = sums.get(upper, 0) + samples
    return sums


def percentile(sums, per_mille, least, greatest):
    """The bucket that so many per mille of the samples do not exceed, as gicscope has it; None without samples."""
    total, seen = sum(sums.values()), 0
    for upper in sorted(sums):
        seen += sums[upper]
        if seen * 1000 >= per_mille * total:
            return min(max(upper, least), greatest)
    return None
