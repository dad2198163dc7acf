"""Keys under which names meet that may be one person's.

What belongs here: keys of one name, such that of names that `name_agreement` lets be one nearly
all share a key. What does not: comparing two names.
"""

import re

from pipeline.text.name_agreement import MOST_WORDS, joined, letters_of, loose_word
from pipeline.text.person_names import PersonName
from pipeline.text.short_names import full_names


def block_keys(name: PersonName) -> frozenset[str]:
    """Return keys of a name: names that may be one person's share one or more.

    A word in full, behind the initial of another word of the name: "s zhan", "z sinong"; and all
    letters in the order of the alphabet. Lone words
    have a key of their own alone, which a whole name does not have: "Zhan" and "Sinong Zhan" do not
    meet, for all who bear a family name would.

    >>> from pipeline.text.person_names import read_name
    >>> sorted(block_keys(read_name("Sinong Zhan")))
    ['= aghinnnosz', 's zhan', 'z sinong']
    """
    if name.kind is None:
        return frozenset()
    if name.kind == "group":
        return frozenset((f"= {joined(name.family_keys)}",))
    nick = tuple(re.sub("[^a-z ]", "", (name.nickname or "").lower()).split())
    words = [joined((word,)) for word in (*name.given_keys, *nick, *name.family_keys)]
    words += [joined(name.given_keys)] if len(name.given_keys) > 1 else []
    words += [joined(name.family_keys)] if len(name.family_keys) > 1 else []
    words += [name.family_key] if name.family_key and name.particle_keys else []
    if len(words) > 2 * MOST_WORDS:
        return frozenset((f"= {_sorted_letters(name)}",))
    if len(set(words)) == 1 and not name.given_keys:
        return frozenset((f"= {loose_word(words[0])}", f"= {_sorted_letters(name)}"))
    keys = {
        f"{initial} {loose_word(word)}"
        for n, word in enumerate(words)
        if len(word) > 1
        for m, other in enumerate(words)
        if n != m
        for initial in _initials_of(other)
    }
    return frozenset((*keys, f"= {_sorted_letters(name)}"))


def _sorted_letters(name: PersonName) -> str:
    return "".join(sorted(loose_word(letters_of(name))))


def _initials_of(word: str) -> frozenset[str]:
    """Return the initials that a word is known by: also of what it is a short form of."""
    return frozenset(loose_word(each)[:1] for each in (word, *full_names(word)))
