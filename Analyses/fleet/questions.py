"""Asks the Parquet of a fleet the questions in questions/*.sql, with DuckDB: questions.py PARQUET [NAME …]"""

import argparse
import glob
import os
import time

import duckdb
import pyarrow.parquet as pq

HERE = os.path.dirname(os.path.abspath(__file__))

# What the questions name, with the types of columns that a fleet need not have.
TABLES = ["summary", "latency", "buckets", "findings", "guests", "guest_exits", "registers_used", "list_registers",
          "its_caches"]
LABELS = ["label_kernel", "label_guest"]


def questions():
    """The questions by name, in order."""
    found = {}
    for path in sorted(glob.glob(HERE + "/questions/*.sql")):
        with open(path) as file:
            found[os.path.basename(path)[:-4]] = file.read().strip().rstrip(";")
    return found


def ask(database, sql):
    """The names and the rows of an answer."""
    answer = database.execute(sql)
    return [column[0] for column in answer.description], answer.fetchall()


def columns(folder):
    """The names of a table's columns, those of its partitions among them."""
    for path, _, files in sorted(os.walk(folder)):
        for file in files:
            parts = [part.split("=")[0] for part in os.path.relpath(path, folder).split("/") if "=" in part]
            return pq.read_schema(os.path.join(path, file)).names + parts
    return []


def select(names):
    """The columns of a view: labels that the fleet lacks are null, unsigned numbers become BIGINT."""
    lacking = [f"CAST(NULL AS STRING) AS {label}" for label in LABELS if label not in names]
    return ", ".join(["*", *lacking])


def connect(parquet):
    """A database with a view for each table of a fleet."""
    database = duckdb.connect()
    for table in TABLES:
        folder = os.path.join(parquet, table)
        names = columns(folder)
        if names:
            database.execute(
                f"CREATE VIEW {table} AS SELECT {select(names)} FROM read_parquet('{folder}/**/*.parquet', "
                "hive_partitioning = true, hive_types_autocast = false)")
    return database


def sentence(sql):
    """What a question asks: its first line."""
    return sql.splitlines()[0].removeprefix("-- ")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parquet")
    parser.add_argument("name", nargs="*")
    arguments = parser.parse_args()
    database = connect(arguments.parquet)
    for name, sql in questions().items():
        if arguments.name and name not in arguments.name:
            continue
        start = time.monotonic()
        answer = database.sql(sql)
        print(f"{name}: {sentence(sql)}")
        answer.show(max_rows=20)
        print(f"{time.monotonic() - start:.3f} s\n")


if __name__ == "__main__":
    main()
