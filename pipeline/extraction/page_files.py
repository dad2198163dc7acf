"""What browsers save beside a page: pictures, styles, scripts, fonts and frames.

What belongs here: which folders and files are such, and the one line that is said of them all.
What does not: finding pages (`dump_files`).

"Web page, complete" makes of a page `list.html` and a folder, which is called `list_files`,
`list-Dateien`, `list_fichiers` ... by the language of the browser or of the system. Nothing in it
is a page that somebody saved. It is told by its name and the page beside it; where the language
is unknown, by the name and by what it holds. A folder that lost its page, and any folder with
styles, scripts or fonts in it, keeps what may be a page: only the rest is put aside.
"""

import re
from collections.abc import Collection, Iterable
from typing import NamedTuple

from pipeline.inputs.page_places import PagePlace, shown_path

_PAGE_SUFFIXES = (".html", ".htm", ".xhtml", ".shtml", ".php", ".aspx")
# What a person may have saved as a page; a folder of unknown name with such a file is searched.
_READ_SUFFIXES = (*_PAGE_SUFFIXES, ".txt", ".text", ".md", ".mhtml", ".mht")
# Files of these kinds are part of a web page and nothing else.
_CODE_SUFFIXES = (
    *(".css", ".js", ".mjs", ".cjs", ".map", ".wasm"),
    *(".woff", ".woff2", ".ttf", ".otf", ".eot"),
)
_MEDIA_SUFFIXES = (
    *(".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".ico", ".avif", ".bmp", ".cur"),
    *(".mp4", ".webm", ".mp3", ".ogg"),
)
_PART_SUFFIXES = _CODE_SUFFIXES + _MEDIA_SUFFIXES
# "files" in the languages of browsers and systems, as they name the folder.
_FILES_TEXT = """
archivos arquivos bestanden bylos dateien datoteke dosyalar elemei failid fails fajlovi fichiers
ficheiros file filer files fisiere fitxategiak fitxers fájlok fişiere gegevens pliki soubory
súbory tiedostot tệp αρχεία датотеке файлове файли файлы קבצים ملفات ファイル 文件 檔案 파일
"""
_FILES_WORDS = frozenset(_FILES_TEXT.split())
# "list_files", "list-Dateien", "list.files": the page's name, a sign, a word.
_COMPANION = re.compile(r"(?P<page>.+)[_.\- ](?P<word>[^\W\d_]+)", re.DOTALL)
# A frame of a page, as Chromium calls it: "saved_resource(1).html".
_FRAME = re.compile(r"saved_resource(?:\(\d{1,6}\))?(?:\.html?)?", re.IGNORECASE)
_MOST_NAMED = 3
NOTHING_TO_DO = "nothing to do"  # begins the advice where nothing is wrong


class Spared(NamedTuple):
    """The one row that all such files get: a path, what is said, what to do, and how many."""

    path: str
    reason: str
    advice: str
    n_files: int


class PageFiles:
    """The files that are put aside, as they are met on a walk through the raw folder.

    Args:
        place: where the pages lie.
    """

    def __init__(self, place: PagePlace) -> None:
        """Begin with none."""
        self._place = place
        self._places: dict[str, int] = {}
        self._pages: list[str] = []
        self._orphans: list[str] = []

    def takes_folder(self, folder: str, beside: Collection[str]) -> bool:
        """Tell whether all of a folder is put aside; then it is counted, and not to be searched.

        Args:
            folder: the folder, below the place.
            beside: the names of the files that lie beside it.
        """
        own = _own_name(folder)
        kind = _COMPANION.fullmatch(own)
        if not kind or not _has_page(kind["page"], beside):
            if _is_known_name(own):
                self._orphans.append(shown_path(folder))
            return False
        files = list(self._place.files(folder))
        read = [file for file in files if _is_read(_own_name(file))]
        is_known = kind["word"].casefold() in _FILES_WORDS
        has_parts = any(file.lower().endswith(_PART_SUFFIXES) for file in files)
        if not is_known and (read or not has_parts):
            return False
        if files:
            self._places[shown_path(folder)] = len(files)
        self._pages += map(shown_path, read)
        return True

    def takes(self, folder: str, names: Collection[str]) -> set[str]:
        """Return those files of a searched folder that are put aside, and count them.

        Args:
            folder: the folder, below the place.
            names: the names of its files.
        """
        is_companion = _is_known_name(_own_name(folder))
        if not is_companion and not any(name.lower().endswith(_CODE_SUFFIXES) for name in names):
            return set()
        taken = {name for name in names if name.lower().endswith(_PART_SUFFIXES)}
        if is_companion:
            taken.update(filter(_FRAME.fullmatch, names))
        if taken:
            # The raw folder itself has no name.
            self._places[shown_path(folder or min(taken))] = len(taken)
        return taken

    def row(self) -> Spared | None:
        """Return the row for all of them, None if there are none."""
        if not self._places:
            return None
        places = sorted(self._places)
        n_files = sum(self._places.values())
        files = "1 file" if n_files == 1 else f"{n_files} files"
        where = f" in {_listed(places)}" if len(places) > 1 else ""
        reason = (
            "is what browsers save beside a page, pictures, styles, scripts and frames "
            f"({files}{where}); nothing of it is read, and this line stands for all of it"
        )
        return Spared(places[0], reason, self._advice(), n_files)

    def _advice(self) -> str:
        advice = NOTHING_TO_DO
        if orphans := sorted(set(self._orphans) & self._places.keys()):
            advice = f"put the page itself beside {_listed(orphans)}, if it is not there"
        if self._pages:
            shown = _listed(sorted(self._pages))
            advice += f"; if you saved {shown} yourself, move it to a folder of another name"
        return advice


def _own_name(path: str) -> str:
    return path.rpartition("/")[2]


def _is_known_name(name: str) -> bool:
    kind = _COMPANION.fullmatch(name)
    return kind is not None and kind["word"].casefold() in _FILES_WORDS


def _is_read(name: str) -> bool:
    """Tell whether a file may be a page that somebody saved."""
    return name.lower().endswith(_READ_SUFFIXES) and not _FRAME.fullmatch(name)


def _has_page(stem: str, beside: Iterable[str]) -> bool:
    wanted = {f"{stem}{suffix}".casefold() for suffix in _PAGE_SUFFIXES} | {stem.casefold()}
    return any(name.casefold() in wanted for name in beside)


def _listed(names: list[str]) -> str:
    more = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
