"""A real `dagster dev` in a folder of its own, for the tests that start one."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

BIN = Path(sys.executable).parent
MEMORY = Path("/dev/shm")
ENDED = ("SUCCESS", "FAILURE", "CANCELED")

RUNS = "{ runsOrError { ... on Runs { results { runId status jobName tags { key value } } } } }"

LAUNCH = """mutation($params: ExecutionParams!) { launchRun(executionParams: $params) {
  __typename ... on LaunchRunSuccess { run { runId } } ... on PythonError { message }
} }"""

REPOSITORY = """{ repositoriesOrError { ... on RepositoryConnection { nodes {
  name location { name }
  assetNodes { assetKey { path } groupName description }
} } } }"""


class Server:
    """A `dagster dev` in a folder of its own."""

    def __init__(self, home: Path):
        self.home = home
        self.port = _free_port()
        self.log = home / "dagster.log"
        environment = {k: v for k, v in os.environ.items() if k != "DAGSTER_HOME"}
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [BIN / "dagster", "dev", "--port", str(self.port)],
                cwd=home,
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def ask(self, query: str, **variables):
        body = json.dumps({"query": query, "variables": variables}).encode()
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/graphql",
            body,
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=120) as answer:
            found = json.load(answer)
        assert "errors" not in found, found
        return found["data"]

    def wait(self, what: str, is_done, seconds: float = 400):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            assert self.process.poll() is None, self.log.read_text("utf-8")[-3000:]
            try:
                if found := is_done():
                    return found
            except OSError:
                pass
            time.sleep(1)
        raise AssertionError(f"no {what} in {seconds} s: {self.log.read_text('utf-8')[-3000:]}")

    def place(self) -> dict:
        """What names the code, once it is loaded."""
        (found,) = self.wait(
            "repository", lambda: self.ask(REPOSITORY)["repositoriesOrError"].get("nodes")
        )
        return {
            "repositoryName": found["name"],
            "repositoryLocationName": found["location"]["name"],
        }

    def launch(self, job: str) -> str:
        """Start a job as its page does; the run."""
        params = {
            "selector": self.place() | {"jobName": job},
            "mode": "default",
            "runConfigData": {},
        }
        launched = self.ask(LAUNCH, params=params)["launchRun"]
        assert launched["__typename"] == "LaunchRunSuccess", launched
        return launched["run"]["runId"]

    def runs(self) -> list[dict]:
        """All runs, the latest first."""
        return self.ask(RUNS)["runsOrError"]["results"]

    def kill(self):
        """End it and all that it started at once, as when the machine is switched off."""
        family = descendants(self.process.pid)
        for pid in family:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait(20)

    def stop(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGINT)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait(10)


def descendants(pid: int) -> list[int]:
    """A process and all that descend from it, stopped first so that none starts another."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGSTOP)
    found = [pid]
    for child in Path("/proc").glob(f"{pid}/task/*/children"):
        for one in child.read_text().split():
            found += descendants(int(one))
    return found


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
