"""Organisations that Hugging Face's pages of papers show in place of authors.

What belongs here: reading the line that names one. What does not: which line does
(`huggingface_text`), what it looks like (`huggingface_lines`).
"""

import re

_NO_LETTER = re.compile(r"[\W_]")
_LEAST_SLUG = 4  # letters by which a name of an organisation repeats what stands before it


def organization_name(shown: re.Match[str]) -> str:
    """Return an organisation's name, without the slug that stands before it where it has a picture.

    The slug is made of the name: "deepseek-ai DeepSeek"; else it is a word of the name.
    """
    name = shown["name"] or ""
    slug, letters = _letters(shown["slug"]), _letters(name)
    is_slug = bool(letters) and (
        letters[:3] == slug[:3] or slug in letters or slug == _initials(name)
    )
    return name if is_slug else shown[0]


def repeats_slug(shown: re.Match[str]) -> bool:
    """Tell whether a line says one thing twice, as no title ends: "KAIST", and its name."""
    name = shown["name"] or ""
    slug, letters = _letters(shown["slug"]), _letters(name)
    n = min(_LEAST_SLUG, len(slug))
    return (n > 1 and letters[:n] == slug[:n] and (n == _LEAST_SLUG or letters == slug)) or (
        n == _LEAST_SLUG and slug == _initials(name)
    )


def _letters(text: str) -> str:
    return _NO_LETTER.sub("", text.lower())


def _initials(name: str) -> str:
    return "".join(word[0] for word in name.lower().split())
