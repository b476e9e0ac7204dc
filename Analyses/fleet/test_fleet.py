"""Tests of this folder: GICSCOPE=.build/release/gicscope python test_fleet.py (see requirements-test.txt)"""

import argparse
import contextlib
import glob
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest

import pyarrow.dataset as ds

import fleet_rows
import questions
import readers
import report

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.normpath(os.path.join(HERE, "../.."))
GICSCOPE = os.environ.get("GICSCOPE", ROOT + "/.build/release/gicscope")
KINDS = ["summary", "interrupts", "latency", "findings", "guests", "list-registers", "its-caches"]
# As they lie in Traces: the folder for the kernel, the file's name for the type of guest.
PATTERN = "Traces/{kernel}/{guest}.*"


def bucket(value):
    """The greatest value of the bucket that a value is in: three digits, 2,048 buckets for each power of two."""
    shift = max(0, value.bit_length() - 11)
    return ((value >> shift) + 1 << shift) - 1


class FleetTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="gicscope-fleet-test-")
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.rows, cls.parquet = cls.folder + "/rows", cls.folder + "/parquet"
        cls.captures = [ROOT + "/Traces/" + name for name in ("cases", "faults", "kvm-cases", "kvm-one-second")]
        kinds = [argument for kind in KINDS for argument in ("--rows", kind)]
        subprocess.run([GICSCOPE, "fleet", *cls.captures, ROOT + "/no-such.log", "--out", cls.rows, "--quiet",
                        "--label", "host=a", "--label-pattern", PATTERN, *kinds], check=True)
        fleet_rows.write_parquet(cls.rows, cls.parquet, ["label_kernel"])

    def lines(self, kind):
        with open(f"{self.rows}/{kind}.jsonl") as file:
            return [json.loads(line) for line in file]

    def test_parquet_has_every_value_of_the_lines(self):
        for kind in KINDS:
            table = ds.dataset(f"{self.parquet}/{kind.replace('-', '_')}", format="parquet",
                               partitioning="hive").to_table()
            schema = fleet_rows.schemas(self.rows)[kind.replace("-", "_")]
            found = [{name: plain(row[name], schema.field(name).type) for name in schema.names}
                     for row in table.to_pylist()]
            key = lambda row: json.dumps(row, sort_keys=True)
            self.assertEqual(sorted(map(key, found)), sorted(map(key, self.lines(kind))), kind)

    def test_blocks_of_any_size_make_the_same_rows(self):
        whole = {kind: b"".join(fleet_rows.blocks(self.rows, kind)) for kind in KINDS}
        before = fleet_rows.BLOCK
        try:
            for fleet_rows.BLOCK in (1, 100, 4096):
                for kind in ("summary", "guests"):
                    self.assertEqual(b"".join(fleet_rows.blocks(self.rows, kind)), whole[kind])
        finally:
            fleet_rows.BLOCK = before

    def test_merged_percentiles_are_those_of_all_raw_lives(self):
        raw = {}
        for row in self.lines("interrupts"):
            if not row["virtual"] and row["acknowledged_ns"] is not None and row["ended_ns"] is not None:
                raw.setdefault(row["class"], []).append(max(0, row["ended_ns"] - row["acknowledged_ns"]))
        rows = [row for row in self.lines("latency") if not row["virtual"] and row["stage"] == "acknowledge_to_eoi"]
        self.assertTrue(raw)
        for name, lives in raw.items():
            own = [row for row in rows if row["class"] == name]
            random.shuffle(own)
            cut = random.randrange(len(own) + 1)
            parts = [fleet_rows.merged(row["buckets"] for row in part) for part in (own[:cut], own[cut:])]
            sums = fleet_rows.merged(part.items() for part in parts)
            expected = {}
            for life in lives:
                expected[bucket(life)] = expected.get(bucket(life), 0) + 1
            self.assertEqual(sums, expected, name)
            lives.sort()
            for per_mille in (500, 900, 990, 999):
                rank = max(1, -(-len(lives) * per_mille // 1000))
                self.assertEqual(fleet_rows.percentile(sums, per_mille, lives[0], lives[-1]),
                                 max(lives[0], min(lives[-1], bucket(lives[rank - 1]))))

    def test_three_readers_have_the_same_p99(self):
        answers = [read(self.parquet) for read in readers.READERS.values()]
        self.assertTrue(answers[0])
        self.assertEqual(answers[0], answers[1])
        self.assertEqual(answers[0], answers[2])

    def test_every_question_has_an_answer(self):
        database = questions.connect(self.parquet)
        empty = {"mispredictions", "regressions"}
        for name, sql in questions.questions().items():
            self.assertTrue(sql.startswith("-- ") and questions.sentence(sql).endswith("?"), name)
            rows = database.execute(sql).fetchall()
            self.assertTrue(rows or name in empty, name)

    def test_a_regression_needs_a_share_and_a_time(self):
        database = questions.connect(self.parquet)
        database.execute("DROP VIEW buckets; CREATE TABLE buckets (label_kernel VARCHAR, virtual BOOLEAN, "
                         "class VARCHAR, stage VARCHAR, min_ns UBIGINT, max_ns UBIGINT, upper_ns UBIGINT, "
                         "samples UBIGINT)")
        for kernel, spi, lpi, sgi in [("1", 1_000, 1_000_000, 100_000), ("2", 9_000, 1_050_000, 120_001)]:
            for name, value in [("SPI", spi), ("LPI", lpi), ("SGI", sgi)]:
                database.execute("INSERT INTO buckets VALUES (?, false, ?, 'injection_to_eoi', 1, ?, ?, 100)",
                                 [kernel, name, value, value])
        found = database.execute(questions.questions()["regressions"]).fetchall()
        # Nine times as long but by 8 us; by 50 us but 5 %; by both.
        self.assertEqual([row[3] for row in found], ["SGI"])

    def test_report_is_one_page_without_anything_from_elsewhere(self):
        page = report.page(questions.connect(self.parquet), "a <fleet>")
        self.assertIn("a &lt;fleet&gt;", page)
        self.assertIn("gicscope serve ", page)
        self.assertIn("<rect", page)
        self.assertNotIn("http", page.replace("http://www.w3.org", ""))

    def test_spark_without_one_of_its_workers_has_duckdbs_answers(self):
        os.environ.setdefault("SPARK_HOME", os.path.dirname(__import__("pyspark").__file__))
        os.environ.update(PYSPARK_PYTHON=sys.executable, SPARK_WORKER_DIR=self.folder + "/work")
        from pyspark.sql import SparkSession

        import fleet

        listed, out = self.folder + "/list", self.folder + "/spark"
        with open(listed, "w") as file:
            file.writelines(row["capture"] + "\n" for row in self.lines("summary"))
        options = argparse.Namespace(
            captures=listed, out=out, rows=None, partition_by=["label_kernel"], gicscope=GICSCOPE, per_task=4,
            label=["host=a"], labels_from=None, label_pattern=PATTERN)
        local = {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1", "spark.ui.enabled": "false"}
        builder = SparkSession.builder.master("local-cluster[2,1,1024]").appName("gicscope fleet test")
        for key, value in local.items():
            builder = builder.config(key, value)
        spark = builder.getOrCreate()
        with contextlib.closing(Killer(out)) as killer:
            captures, _ = fleet.analyse_all(spark.sparkContext, options)
        self.assertTrue(killer.killed, "the executor was to end while there was work")
        self.assertEqual(captures, len(self.lines("summary")))
        fleet.create_views(spark, out)
        database = questions.connect(self.parquet)
        for name, sql in questions.questions().items():
            same = [tuple(map(number, row)) for row in spark.sql(sql).collect()]
            expected = [tuple(map(number, row)) for row in database.execute(sql).fetchall()]
            self.assertEqual(sorted(same, key=str), sorted(expected, key=str), name)
        spark.stop()


class Killer(threading.Thread):
    """Ends one of this process's Spark executors when the first task is done."""

    def __init__(self, out):
        super().__init__(daemon=True)
        self.out, self.killed, self.done = out, None, False
        self.start()

    def run(self):
        while not self.done and not glob.glob(self.out + "/summary/**/*.parquet", recursive=True):
            time.sleep(0.02)
        executors = [pid for pid, command in below(os.getpid()) if "CoarseGrainedExecutorBackend" in command]
        if executors and not self.done:
            os.kill(executors[0], signal.SIGKILL)
            self.killed = executors[0]

    def close(self):
        self.done = True
        self.join()


def below(pid):
    """The processes that a process has started, and those that they have."""
    for path in glob.glob(f"/proc/{pid}/task/*/children"):
        with contextlib.suppress(OSError):
            with open(path) as file:
                children = file.read().split()
            for child in children:
                with contextlib.suppress(OSError), open(f"/proc/{child}/cmdline") as file:
                    yield int(child), file.read()
                yield from below(int(child))


def number(value):
    """A value of either engine's answer."""
    return round(float(value), 3) if type(value).__name__ in ("int", "float", "Decimal") else value


def plain(value, type_):
    """A value of Parquet as JSON has it: maps as objects."""
    import pyarrow as pa

    if value is None:
        return None
    if pa.types.is_map(type_):
        return dict(value)
    if pa.types.is_list(type_):
        return [plain(item, type_.value_type) for item in value]
    if pa.types.is_struct(type_):
        return {field.name: plain(value[field.name], field.type) for field in type_}
    return value


if __name__ == "__main__":
    unittest.main()
