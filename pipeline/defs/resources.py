"""Where the folders are: the one resource of all assets and sensors."""

import os
from pathlib import Path

import dagster as dg

from pipeline.warehouse import Warehouse


class Folders(dg.ConfigurableResource):
    """The folder of saved pages, the folder of the warehouse, the corrections.

    Attributes:
        raw: `PAPERMART_RAW`, else `data/raw`.
        warehouse: `PAPERMART_WAREHOUSE`, else `data/warehouse`.
        overrides: `PAPERMART_OVERRIDES`, else `data/overrides.csv`.
    """

    raw: str = os.environ.get("PAPERMART_RAW", "data/raw")
    warehouse: str = os.environ.get("PAPERMART_WAREHOUSE", "data/warehouse")
    overrides: str = os.environ.get("PAPERMART_OVERRIDES", "data/overrides.csv")

    @property
    def raw_dir(self) -> Path:
        """The folder of saved pages."""
        return Path(self.raw)

    @property
    def overrides_file(self) -> Path:
        """The file of corrections, which need not be there."""
        return Path(self.overrides)

    def open(self) -> Warehouse:
        """Return the warehouse; nothing is read or written yet."""
        return Warehouse(Path(self.warehouse))
