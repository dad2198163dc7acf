"""Where the folders are: the one resource of all assets and sensors."""

import os
from pathlib import Path

import dagster as dg

from pipeline.warehouse import Warehouse


class Folders(dg.ConfigurableResource):
    """The folder of saved pages and the folder of the warehouse.

    Attributes:
        raw: `PAPERMART_RAW`, else `data/raw`.
        warehouse: `PAPERMART_WAREHOUSE`, else `data/warehouse`.
    """

    raw: str = os.environ.get("PAPERMART_RAW", "data/raw")
    warehouse: str = os.environ.get("PAPERMART_WAREHOUSE", "data/warehouse")

    @property
    def raw_dir(self) -> Path:
        """The folder of saved pages."""
        return Path(self.raw)

    def open(self) -> Warehouse:
        """Return the warehouse; nothing is read or written yet."""
        return Warehouse(Path(self.warehouse))
