"""Going back to an earlier version of the published file.

What belongs here: which one, and noting it. What does not: versions, and the link to one
(`versions`).
"""

from pipeline.contract.errors import PipelineError
from pipeline.storage.files import write_whole
from pipeline.storage.sharing import locked
from pipeline.storage.versions import Version, named_version, rollback_note, switch, versions
from pipeline.storage.warehouse import Warehouse


def rollback(warehouse: Warehouse, version_id: str | None = None) -> Version:
    """Make an earlier version the published one; a build of new rows publishes over it.

    Args:
        warehouse: where the versions are.
        version_id: the version, or None for the one before the current one.

    Raises:
        PipelineError: there is no such version, the link cannot be written, or a build is at work
            for ten minutes.
    """
    if not warehouse.root.is_dir():  # the lock would make it
        raise PipelineError(f"there is no warehouse in {warehouse.root}; run `papermart build`")
    with locked(warehouse):
        return _roll_back(warehouse, version_id)


def _roll_back(warehouse: Warehouse, version_id: str | None) -> Version:
    known = versions(warehouse)
    if version_id is None:
        place = next((n for n, v in enumerate(known) if v.is_current), len(known))
        target = next((v for v in known[place + 1 :] if v.is_intact()), None)
    else:
        target = named_version(known, version_id)
    if target is None:
        raise PipelineError(
            "there is no version before the published one; `papermart versions` lists those that "
            "are"
        )
    if not target.is_intact():
        raise PipelineError(
            f"version {target.id} is not as it was published: another program has changed it, or "
            "it is damaged; `papermart versions` lists the others"
        )
    with warehouse.writing("the published file"):
        write_whole(rollback_note(warehouse), known[0].id + "\n")
        switch(warehouse, target.path)
    return Version(target.id, target.path, is_current=True)
