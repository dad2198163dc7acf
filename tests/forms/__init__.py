"""Tests of saved forms of pages; a package, or a benchmark of that name would stand for it."""
