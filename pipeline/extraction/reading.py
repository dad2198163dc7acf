"""Reading one dump: its pages, their cards, the line ledger, the reason if it is set aside.

What belongs here: what becomes of one file. What does not: how bytes become text (`decoding`), how
a text is read (`readings`), what that comes to (`conclusion`), where tables are kept (`storage`),
which dumps are new (`builds`).
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

from pipeline.contract.findings import Issue
from pipeline.extraction.conclusion import conclude
from pipeline.extraction.cycles import without_search_for_cycles
from pipeline.extraction.decoding import DumpFaultError, TransientFaultError, decode, read_content
from pipeline.extraction.dump_files import DumpFile, faulty
from pipeline.extraction.extracted import Extracted
from pipeline.extraction.readings import read
from pipeline.inputs.notes import Note, read_note
from pipeline.inputs.page_places import FolderOfPages, PagePlace
from pipeline.sources.dump import Dump
from pipeline.text.whitespace import split_lines


@without_search_for_cycles()
def extract_dump(raw: PagePlace | Path, file: DumpFile) -> Extracted:
    """Read one dump. Never raises: one that cannot be read comes back set aside, with the reason.

    Only where nothing can be read from a place any more it does.

    Args:
        raw: where the page lies; a folder may be given as its path.
        file: a dump as `find_dumps` lists it.
    """
    place = FolderOfPages(raw) if isinstance(raw, Path) else raw
    note, faults = _read_notes(file)
    row = _first_row(file, note)
    try:
        text, row["encoding"], issues = decode(read_content(place, file))
        issues += [Issue("bad_note", fault) for fault in faults]
        lines = split_lines(text)
        row["n_lines"] = len(lines)
        reading = read(text, note.captured_on, lines)
        row["form"], row["undone"] = reading.form_name, list(reading.steps)
        if reading.fault:
            raise reading.fault
        page = Dump(lines, row["form"], note.captured_on)
        return conclude(row, page, reading, issues, note.listing)
    except DumpFaultError as fault:
        return Extracted(row | _set_aside(fault))
    except TransientFaultError as fault:
        # The content is unknown, so its id must not stand for it: the next build tries again.
        changed = faulty(file.path, str(fault))
        row = _first_row(replace(changed, n_bytes=None), Note())
        return Extracted(row | _set_aside(fault))


def _read_notes(file: DumpFile) -> tuple[Note, list[str]]:
    """Return what the notes of a dump and of its folder say, and what is wrong with them."""
    note, fault = read_note(file.note) if file.note else (Note(), None)
    faults = [fault] if fault else []
    if file.folder_note and not (note.listing and note.captured_on):
        of_folder, fault = read_note(file.folder_note, by_name=False)
        note = note.completed(of_folder)
        faults += [fault] if fault else []
    return note, faults


def _first_row(file: DumpFile, note: Note) -> dict[str, Any]:
    """Return what is known of a dump before it is read."""
    return {
        "dump_id": file.dump_id,
        "path": file.path,
        "n_files": file.n_files,
        "n_bytes": file.n_bytes,
        "captured_on": note.captured_on,
        "captured_on_basis": "given" if note.captured_on else None,
        "note": file.note_hash,
        "n_records": 0,
        "n_held_back": 0,
        "undone": [],
    }


def _set_aside(fault: Exception) -> dict[str, Any]:
    advice = getattr(fault, "advice", None)
    return {"status": "quarantined", "reason": str(fault), "advice": advice}
