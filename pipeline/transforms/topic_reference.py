"""What must hold of the topic reference, beyond what `_models.yml` can say of a column.

What belongs here: faults in the rows of `sql/reference/topics.csv` and the files beside it, each
with its line. What does not: reading the files (`sql_models`), using them (`topics`).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipeline.transforms.phrases import spellings

# Field, area, topic.
MOST_LEVELS = 3
_TOPIC_ID = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*")

Rows = Sequence[tuple[int, Mapping[str, Any]]]
Fault = tuple[int, str]


def check_topics(rows: Rows) -> Iterator[Fault]:
    """Yield ids that are not snake_case, and topics in a circle or too deep.

    >>> list(check_topics([(2, {"topic_id": "a", "parent_topic_id": "a"})]))
    [(2, 'a stands above itself')]
    """
    parents = {row["topic_id"]: row["parent_topic_id"] for _, row in rows}
    for line, row in rows:
        topic_id = row["topic_id"]
        if not _TOPIC_ID.fullmatch(topic_id):
            yield line, f"topic_id {topic_id!r} must be lower-case words joined by underscores"
        path = [topic_id]
        while (parent := parents.get(path[-1])) and parent not in path:
            path.append(parent)
        if parent:
            yield line, f"{topic_id} stands above itself"
        elif len(path) > MOST_LEVELS:
            yield line, f"{' < '.join(path)}: there are {MOST_LEVELS} levels, field, area and topic"


def check_phrases(rows: Rows) -> Iterator[Fault]:
    """Yield phrases that could not be found in any text, or that are spelled as another one.

    >>> rows = [(2, {"phrase": "deep net", "is_case_sensitive": False, "topic_id": "a"})]
    >>> rows += [(3, {"phrase": "deep-nets", "is_case_sensitive": False, "topic_id": "b"})]
    >>> list(check_phrases(rows))
    [(3, "'deep-nets' is spelled as 'deep net' of a in line 2 is; a phrase has one topic")]
    """
    seen: dict[str, tuple[int, str, str]] = {}
    for line, row in rows:
        phrase = row["phrase"]
        if not row["is_case_sensitive"] and phrase != phrase.lower():
            yield line, f"{phrase!r} has capitals; write it in lower case, or as an acronym: true"
        if "  " in phrase or not phrase[0].isalnum() or not phrase[-1].isalnum():
            yield line, f"{phrase!r} must be words with single spaces or signs between them"
        for spelling in sorted(spellings(phrase), key=len):
            first, spelled, topic_id = seen.setdefault(spelling, (line, phrase, row["topic_id"]))
            if topic_id != row["topic_id"]:
                yield (
                    line,
                    (
                        f"{phrase!r} is spelled as {spelled!r} of {topic_id} in line {first} is; "
                        "a phrase has one topic"
                    ),
                )
                break
