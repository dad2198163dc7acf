"""Names of authors as references split them.

What belongs here: what `text.person_names` reads, in the parts that BibTeX and CSL have. What does
not: how a name is read (there), how its parts are escaped (`bibliography`).
"""

import re
from dataclasses import dataclass
from itertools import takewhile

from pipeline.outputs.marked_text import plain
from pipeline.text.name_shapes import is_cjk
from pipeline.text.person_names import read_name

_AND = re.compile(r"\band\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CitedName:
    """A person's name in parts.

    Attributes:
        given: all given names and initials.
        particle: what stands before the family name in small letters, "van der"; may be empty.
        family: the family name; a particle inside ("Mies van der Rohe") or with a capital belongs
            to it.
        suffix: "Jr."; may be empty.
        is_cjk: in Chinese, Japanese or Korean script, which shows the family name first.
    """

    given: str
    particle: str
    family: str
    suffix: str
    is_cjk: bool


def cited_name(name: str) -> CitedName | None:
    """Split a person's name; None for a group, a lone word, and what may be several people.

    >>> cited_name("Prof. Jan van der Berg Jr.")
    CitedName(given='Jan', particle='van der', family='Berg', suffix='Jr.', is_cjk=False)
    >>> cited_name("Ortega y Gasset, José").family, cited_name("DeepSeek-AI")
    ('Ortega y Gasset', None)
    """
    read = read_name(shown_name(name))
    if read.kind != "person" or not read.given_name or "several" in read.flags:
        return None
    words = (read.family_name or "").split()
    n_particles = len((read.particles or "").split())
    before = [*takewhile(_is_particle, words[:n_particles])]
    given = " ".join(filter(None, (read.given_name, read.middle_name)))
    if not words or _AND.search(f"{given} {read.family_name}"):
        return None  # to BibTeX these would be two
    return CitedName(
        given,
        " ".join(before),
        " ".join(words[len(before) :]),
        read.suffix or "",
        is_cjk(read.name),
    )


def shown_name(name: str) -> str:
    r"""Return a name without TeX.

    >>> print(shown_name(r"Erich K{\"a}hler"), shown_name("{Open AI}"))
    Erich Kähler Open AI
    """
    return " ".join(re.sub(r"[{}\\]", "", plain(name)).split()) or name


def _is_particle(word: str) -> bool:
    return word.islower() and not word.endswith("-")
