"""Where the folders are: the one resource of all assets and sensors.

What belongs here: handing Dagster the settings that count (`inputs.settings`).
"""

from pathlib import Path

import dagster as dg

from pipeline.defs.dead_runs import sign
from pipeline.inputs.page_places import RawPlace
from pipeline.inputs.settings import Folders as Found
from pipeline.inputs.settings import mark_sample, read_folders
from pipeline.storage.sharing import refuse_sample
from pipeline.storage.warehouse import Warehouse


class Folders(dg.ConfigurableResource):
    """The folder of saved pages, the folder of the warehouse, the corrections.

    What is empty comes from the environment, `papermart.toml` or the defaults, asked for anew each
    time: with the first page in `data/raw` the sample gives way.

    Attributes:
        raw: the folder of saved pages, or its URL.
        warehouse: the folder of the warehouse.
        overrides: the file of corrections.
    """

    raw: str = ""
    warehouse: str = ""
    overrides: str = ""

    def setup_for_execution(self, context: dg.InitResourceContext) -> None:
        """Say which process is at work, for every run has these folders."""
        if context.run and context.instance:
            sign(context.instance, context.run)

    def found(self) -> Found:
        """Return the settings that count."""
        named = {"raw": self.raw, "warehouse": self.warehouse, "overrides": self.overrides}
        return read_folders({name: value or None for name, value in named.items()})

    @property
    def raw_place(self) -> RawPlace:
        """The folder of saved pages, or its URL."""
        return self.found().settings.raw

    @property
    def overrides_file(self) -> Path:
        """The file of corrections, which need not be there."""
        return self.found().settings.overrides

    @property
    def waivers_file(self) -> Path:
        """The file of waived guardrails, which need not be there."""
        return self.found().settings.waivers

    @property
    def exports_dir(self) -> Path:
        """The folder of exports, which need not be there."""
        return self.found().settings.exports

    @property
    def keep_versions(self) -> int:
        """How many published versions stay."""
        return self.found().settings.keep_versions

    @property
    def retention(self) -> str:
        """What becomes of the records of a page that is taken away."""
        return self.found().settings.retention

    @property
    def keep_days(self) -> int:
        """How old, in days, versions may be that stay whatever their number."""
        return self.found().settings.keep_days

    def open(self) -> Warehouse:
        """Return the warehouse; nothing is read or written yet."""
        settings = self.found().settings
        return Warehouse(
            settings.warehouse, settings.memory, settings.engine.spark_remote, settings.store
        )

    def open_to_write(self) -> Warehouse:
        """Return the warehouse, which is not to be the sample's for other pages.

        Raises:
            PipelineError: it was built from the sample, and these are other pages; or these are
                the sample, and a store holds the warehouse of others.
        """
        found = self.found()
        if found.is_sample and found.settings.store:
            refuse_sample(found.settings.store)
        mark_sample(found)
        return self.open()
