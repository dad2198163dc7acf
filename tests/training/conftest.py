"""The scripts of `training/` import each other by bare name, as Python finds them when they run."""

import sys

from helpers import ROOT

sys.path.append(str(ROOT / "training"))
