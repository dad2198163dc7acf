"""A Spark Connect server for tests: Sail, in a process of its own, on a port that was free.

What belongs here: starting one and ending it. The fixture that all tests share is in `conftest`.
"""

import os
import subprocess
import sys

_SERVER = """
import sys
from pysail.spark import SparkConnectServer
server = SparkConnectServer("127.0.0.1", int(sys.argv[1]))
server.start(background=True)
print(server.listening_address[1], flush=True)
sys.stdin.read()  # ends with whoever started it, however that ends
server.stop()
"""


class Sail:
    """A server; `remote` is its address."""

    def __init__(self, port: int = 0, /, **settings: str) -> None:
        """Start it with settings of its own, and wait until it can be asked."""
        self._process = subprocess.Popen(
            [sys.executable, "-c", _SERVER, str(port)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | settings,
            text=True,
        )
        assert self._process.stdout
        listens_at = self._process.stdout.readline().strip()
        assert listens_at, f"Sail did not start: it ended with {self._process.wait()}"
        self.port = int(listens_at)
        self.remote = f"sc://127.0.0.1:{self.port}"

    def kill(self) -> None:
        """End it at once, as a machine that goes down."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()
