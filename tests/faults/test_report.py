"""The table of docs/reliability.md is what was printed and kept."""

from tests.faults import report
from tests.faults.report import Row, keep, kept, table, with_table

ROW = Row("F1", "kills", "sqlite", "SIGKILL", runs=7, seed=3, acked=2, violations={"I1": 1})


def test_the_docs_table_is_what_was_kept():
    document = report.DOCS.read_text(encoding="utf-8")
    assert document == with_table(document, kept())


def test_a_row_takes_the_place_of_the_former_one_of_its_kind(tmp_path):
    path = tmp_path / "results.jsonl"
    keep([Row("F1", "kills", "sqlite", "SIGKILL"), Row("F2", "pauses", "sqlite", "")], path)
    keep([ROW], path)
    assert [row.runs for row in kept(path)] == [7, 0]
    assert kept(path)[0] == ROW


def test_a_row_says_what_is_wrong_and_the_command_that_does_it_again():
    (line,) = table([ROW]).splitlines()[2:]
    assert "| I1: 1 |" in line
    assert '`make faults ARGS="kills --topology sqlite --runs 7 --seed 3"`' in line
    assert "I1 1" in ROW.line()


def test_rows_stand_in_the_order_of_the_faults():
    rows = [Row(fault, "x", "", "") for fault in ("F22", "F3 F4", "F10")]
    faults = [line.split("|")[1].strip() for line in table(rows).splitlines()[2:]]
    assert faults == ["F3 F4", "F10", "F22"]
