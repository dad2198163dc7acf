"""A small seeded set of damaged pages; `make fuzz` runs 20,000. See `fuzz` for what must hold."""

import fuzz
import pytest

from pipeline import extraction


@pytest.mark.parametrize("batch", range(3))
def test_damaged_pages(batch):
    tally = fuzz.run_batch(range(batch * 50, batch * 50 + 50), whole_build=batch == 0)
    assert tally.n_mutants == 50
    assert not tally.faults, "\n".join(tally.faults)
    assert tally.n_intact > 50


def test_equal_seeds_give_equal_mutants():
    assert [fuzz.mutant(seed) for seed in range(20)] == [fuzz.mutant(seed) for seed in range(20)]


def test_a_parser_that_loses_lines_and_cards_is_found_out(monkeypatch):
    """Guards the checks themselves."""
    to_rows = extraction._to_rows

    def losing(*arguments):
        extracted = to_rows(*arguments)
        rows = extracted.rows
        rows["issues"] = [row for row in rows["issues"] if row["kind"] != "unclaimed_lines"]
        rows["records"] = rows["records"][1:]
        return extracted

    fuzz.pages()
    monkeypatch.setattr(extraction, "_to_rows", losing)
    faults = "\n".join(fuzz.run_batch(range(20)).faults)
    assert "is not read" in faults
    assert "n_lines_card is" in faults
    assert "n_lines_unclaimed is" in faults
