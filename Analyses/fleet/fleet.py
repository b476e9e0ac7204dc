"""A fleet of captures on Spark: spark-submit fleet.py --captures LIST --out DIR

Every task analyses a piece of the list with `gicscope fleet` on its executor and writes Parquet to DIR. The captures
and DIR are on storage that all executors see under the same path. A task that Spark runs again writes the same files
under the same names, so a lost executor neither loses rows nor doubles them.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
KINDS = ["summary", "latency", "findings", "guests", "list-registers", "its-caches"]


def analyse(number, captures, options):
    """Analyses a piece of the list; returns its number, its captures and its rows."""
    import fleet_rows

    scratch = tempfile.mkdtemp(prefix="gicscope-fleet-")
    try:
        rows = os.path.join(scratch, "rows")
        command = [options["gicscope"], "fleet", "--paths-from", "-", "--out", rows, "--jobs", "1", "--quiet"]
        for kind in options["rows"]:
            command += ["--rows", kind]
        worker = subprocess.run(
            command + options["labels"], input="\n".join(captures) + "\n", text=True, stderr=subprocess.PIPE)
        if worker.returncode != 0:
            raise RuntimeError(f"gicscope ended with {worker.returncode}: {worker.stderr.strip()}")
        count = fleet_rows.write_parquet(rows, options["out"], options["partition_by"], f"part-{number:08}")
        return number, len(captures), count
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--captures", required=True, help="a file with a capture on each line")
    parser.add_argument("--out", required=True, help="the folder for the Parquet, empty or not there yet")
    parser.add_argument("--rows", action="append", choices=[*KINDS, "interrupts"],
                        help="kinds of rows; by default all but interrupts")
    parser.add_argument("--partition-by", action="append", default=[], metavar="COLUMN")
    parser.add_argument("--gicscope", default=shutil.which("gicscope"), help="the program, where executors find it")
    parser.add_argument("--per-task", type=int, default=64, help="captures of a task: what a lost executor costs")
    parser.add_argument("--label", action="append", default=[])
    parser.add_argument("--labels-from")
    parser.add_argument("--label-pattern")
    parser.add_argument("--ask", action="store_true", help="print the answers to the questions")
    options = parser.parse_args()
    if not options.gicscope:
        parser.error("gicscope is not in PATH; name it with --gicscope")
    if os.path.isdir(options.out) and os.listdir(options.out):
        parser.error(f"--out {options.out}: it holds files already; choose another folder")
    return options


def analyse_all(context, options):
    """Analyses all captures; returns how many captures and rows there are."""
    with open(options.captures) as file:
        captures = sorted({line.rstrip("\n") for line in file if line.strip()})
    pieces = [(i, captures[at : at + options.per_task])
              for i, at in enumerate(range(0, len(captures), options.per_task))]
    labels = [f"--label={label}" for label in options.label]
    labels += ["--labels-from", options.labels_from] if options.labels_from else []
    labels += ["--label-pattern", options.label_pattern] if options.label_pattern else []
    settings = {"gicscope": options.gicscope, "rows": options.rows or KINDS, "labels": labels,
                "out": os.path.abspath(options.out), "partition_by": options.partition_by}
    os.makedirs(settings["out"], exist_ok=True)
    context.addPyFile(os.path.join(HERE, "fleet_rows.py"))
    context.addPyFile(os.path.join(HERE, "fleet.py"))
    done = context.parallelize(pieces, max(len(pieces), 1)).map(
        lambda piece: __import__("fleet").analyse(piece[0], piece[1], settings)).collect()
    # What a lost executor left half done.
    for name in os.listdir(settings["out"]):
        if name.startswith("."):
            path = os.path.join(settings["out"], name)
            shutil.rmtree(path) if os.path.isdir(path) else os.remove(path)
    return sum(captures for _, captures, _ in done), sum(rows for _, _, rows in done)


def create_views(spark, parquet):
    """A view for each table of a fleet, as questions.py has them."""
    import questions
    from pyspark.sql import types

    spark.conf.set("spark.sql.sources.partitionColumnTypeInference.enabled", "false")
    for table in questions.TABLES:
        folder = os.path.join(parquet, table)
        if not os.path.isdir(folder):
            continue
        frame = spark.read.parquet(folder)
        # Spark has no unsigned numbers: it reads them as decimals of 20 digits.
        for field in frame.schema.fields:
            if isinstance(field.dataType, types.DecimalType):
                frame = frame.withColumn(field.name, frame[field.name].cast("decimal(20,0)"))
        for label in questions.LABELS:
            if label not in frame.columns:
                frame = frame.selectExpr("*", f"CAST(NULL AS STRING) AS {label}")
        frame.createOrReplaceTempView(table)


def main():
    from pyspark.sql import SparkSession

    options = arguments()
    spark = SparkSession.builder.appName("gicscope fleet").getOrCreate()
    captures, rows = analyse_all(spark.sparkContext, options)
    print(f"{options.out}: {captures:,} captures, {rows:,} rows")
    if options.ask:
        sys.path.insert(0, HERE)
        import questions

        create_views(spark, options.out)
        for name, sql in questions.questions().items():
            print(f"{name}: {questions.sentence(sql)}")
            spark.sql(sql).show(20, truncate=False)
    spark.stop()


if __name__ == "__main__":
    main()
