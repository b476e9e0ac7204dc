"""Writes what `gicscope fleet --out ROWS` wrote as Parquet: parquet.py ROWS OUT --partition-by label_kernel"""

import argparse
import os
import shutil
import sys

import fleet_rows


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", help="the folder that gicscope fleet --out wrote")
    parser.add_argument("out", help="the folder to write; one that is there already is replaced as a whole")
    parser.add_argument("--partition-by", action="append", default=[], metavar="COLUMN", help="a label's column")
    arguments = parser.parse_args()
    if os.path.isdir(arguments.out) and not is_ours(arguments.out):
        sys.exit(f"{arguments.out}: it is there already, and not Parquet of a fleet; choose another folder")
    scratch = arguments.out.rstrip("/") + ".new"
    shutil.rmtree(scratch, ignore_errors=True)
    os.makedirs(scratch)
    count = fleet_rows.write_parquet(arguments.rows, scratch, arguments.partition_by)
    shutil.rmtree(arguments.out, ignore_errors=True)
    os.rename(scratch, arguments.out)
    print(f"{arguments.out}: {count:,} rows")


def is_ours(folder):
    """Whether a folder may be replaced: it holds nothing but Parquet in folders of tables."""
    return all(
        file.endswith(".parquet") and path != folder for path, _, files in os.walk(folder) for file in files)


if __name__ == "__main__":
    main()
