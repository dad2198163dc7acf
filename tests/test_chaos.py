"""Commands that are killed leave one whole build, and recover: a dozen kills; see `chaos`."""

import pytest
from chaos import chaos

SCENARIOS = ("new page", "segments joined", "damaged tables", "versions pruned", "rollback")


@pytest.mark.slow
def test_a_dozen_kills_leave_nothing_behind(tmp_path):
    readies, outcomes = chaos(tmp_path, 12, seed=14, workers=1, names=SCENARIOS)
    assert [outcome for outcome in outcomes if outcome.faults] == []
    assert sum(outcome.was_killed for outcome in outcomes) >= 9
    assert all(len(ready.kinds) > 10 for ready in readies), "operations are no longer counted"
