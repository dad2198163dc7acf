"""A small seeded set of damaged pages; `make fuzz` runs 20,000. See `fuzz` for what must hold."""

from dataclasses import replace

import fuzz
import pytest

from pipeline.extraction import reading


@pytest.mark.parametrize("batch", range(3))
def test_damaged_pages(batch):
    tally = fuzz.run_batch(range(batch * 30, batch * 30 + 30), whole_build=batch == 0)
    assert tally.n_mutants == 30
    assert not tally.faults, "\n".join(tally.faults)
    assert tally.n_intact > 15
    assert tally.formed["sound cards published"] > 10


def test_equal_seeds_give_equal_mutants():
    assert [fuzz.mutant(seed) for seed in range(20)] == [fuzz.mutant(seed) for seed in range(20)]


def test_a_parser_that_loses_lines_and_cards_is_found_out(monkeypatch):
    """Guards the checks themselves."""
    conclude = reading.conclude

    def losing(*arguments):
        found = conclude(*arguments)
        issues = tuple(issue for issue in found.issues if issue.kind != "unclaimed_lines")
        return replace(found, records=found.records[1:], origins=found.origins[1:], issues=issues)

    fuzz.pages()
    monkeypatch.setattr(reading, "conclude", losing)
    faults = "\n".join(fuzz.run_batch(range(20)).faults)
    assert "is not read" in faults
    assert "n_lines_card is" in faults
    assert "n_lines_unclaimed is" in faults
