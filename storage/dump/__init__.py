"""The whole ledger as JSON lines: a header, a line for each row, and a checksum over all of it."""

from storage.dump.loading import load
from storage.dump.reading import Export, Header
from storage.dump.writing import lines

__all__ = ["Export", "Header", "lines", "load"]
