"""The p99 of a fleet's latencies by three readers of the same Parquet; their answers are equal."""

import glob

import duckdb
import polars
import pyarrow.compute as pc
import pyarrow.dataset as ds

import fleet_rows

KEYS = ["virtual", "class", "stage"]


def by_duckdb(parquet):
    rows = duckdb.execute(f"""
      WITH sums AS (SELECT virtual, class, stage, upper_ns, sum(samples) AS samples, min(min_ns) AS low,
                      max(max_ns) AS high
                    FROM '{parquet}/buckets/**/*.parquet' GROUP BY ALL),
      ranks AS (SELECT *, sum(samples) OVER (PARTITION BY virtual, class, stage ORDER BY upper_ns) AS seen,
                  sum(samples) OVER (PARTITION BY virtual, class, stage) AS total,
                  min(low) OVER (PARTITION BY virtual, class, stage) AS least_ns,
                  max(high) OVER (PARTITION BY virtual, class, stage) AS most_ns FROM sums)
      SELECT virtual, class, stage,
        greatest(least(min(upper_ns) FILTER (seen * 100 >= total * 99), max(most_ns)), min(least_ns))
      FROM ranks GROUP BY ALL""").fetchall()
    return {row[:3]: int(row[3]) for row in rows}


def by_polars(parquet):
    frame = polars.concat([
        polars.read_parquet(path, columns=[*KEYS, "upper_ns", "samples", "min_ns", "max_ns"], hive_partitioning=False)
        for path in sorted(glob.glob(parquet + "/buckets/**/*.parquet", recursive=True))])
    sums = frame.group_by([*KEYS, "upper_ns"]).agg(
        polars.col("samples").sum(), polars.col("min_ns").min(), polars.col("max_ns").max()).sort("upper_ns")
    ranks = sums.with_columns(
        polars.col("samples").cum_sum().over(KEYS).alias("seen"), polars.col("samples").sum().over(KEYS).alias("total"),
        polars.col("min_ns").min().over(KEYS), polars.col("max_ns").max().over(KEYS))
    answers = ranks.filter(polars.col("seen") * 100 >= polars.col("total") * 99).group_by(KEYS).agg(
        polars.col("upper_ns").min(), polars.col("min_ns").min(), polars.col("max_ns").max())
    return {(row["virtual"], row["class"], row["stage"]): max(min(row["upper_ns"], row["max_ns"]), row["min_ns"])
            for row in answers.iter_rows(named=True)}


def by_pyarrow(parquet):
    table = ds.dataset(parquet + "/buckets", format="parquet", partitioning="hive").to_table(
        columns=[*KEYS, "upper_ns", "samples", "min_ns", "max_ns"])
    sums = table.group_by([*KEYS, "upper_ns"]).aggregate(
        [("samples", "sum"), ("min_ns", "min"), ("max_ns", "max")]).to_pylist()
    buckets, extremes = {}, {}
    for row in sums:
        key = tuple(row[name] for name in KEYS)
        buckets.setdefault(key, {})[row["upper_ns"]] = row["samples_sum"]
        least, most = extremes.get(key, (row["min_ns_min"], row["max_ns_max"]))
        extremes[key] = (min(least, row["min_ns_min"]), max(most, row["max_ns_max"]))
    return {key: fleet_rows.percentile(sums, 990, *extremes[key]) for key, sums in buckets.items()}


READERS = {"DuckDB": by_duckdb, "polars": by_polars, "pyarrow": by_pyarrow}
