"""What a measurement has cost in memory; nothing that knows a step."""

import sys


def peak_bytes() -> int:
    """Return the most memory this process has held, in bytes; 0 where the system does not say."""
    try:
        import resource
    except ImportError:  # Windows
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
