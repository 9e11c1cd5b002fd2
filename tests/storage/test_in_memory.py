"""A ledger in memory needs no disk."""

import subprocess
import sys

from tests.support.processes import ROOT

# A sort of 18 MB, for which SQLite would make a file, where no file may have a single byte.
SORT = """
import resource
from storage.database import Database
from storage.engines import IN_MEMORY
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
database = Database(IN_MEMORY)
database.migrate()
with database.engine.connect() as connection:
    print(len(connection.exec_driver_sql(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 9000) "
        "SELECT hex(randomblob(1000)) AS x FROM n ORDER BY x"
    ).all()))
database.close()
"""


def test_not_even_a_large_sort_makes_a_file():
    done = subprocess.run(
        [sys.executable, "-c", SORT], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.returncode) == ("9000\n", 0), done.stderr
