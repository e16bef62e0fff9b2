"""Small Parquet files for the reader of text data. Needs pyarrow (26.0.1), which no other golden does.

    VENV/bin/pip install pyarrow && VENV/bin/python test/parity/parquet_fixtures.py

Writes to test/fixtures/text: rows.parquet (three row groups, zstd, dictionary pages and plain ones, one text missing)
and snappy.parquet (the same rows with data pages of version 2).
"""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

FOLDER = Path(__file__).resolve().parent.parent / "fixtures" / "text"


def main() -> None:
    """Texts 'Story N. …' for N from 0 to 24; the eighth is missing, the ninth is white space."""
    texts = [f"Story {number}. The fox went home. \U0001f98a" for number in range(25)]
    texts[7], texts[8] = None, "  \n"
    table = pa.table({"text": texts, "number": list(range(25)), "nested": [{"a": 1}] * 25})
    pq.write_table(table, FOLDER / "rows.parquet", row_group_size=10, compression="zstd")
    pq.write_table(
        table,
        FOLDER / "snappy.parquet",
        row_group_size=10,
        compression="snappy",
        use_dictionary=False,
        data_page_version="2.0",
    )


if __name__ == "__main__":
    main()
