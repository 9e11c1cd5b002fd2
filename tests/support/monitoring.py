"""Reading a process's monitoring port, as whoever runs it would."""

import json
import os
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any, Self

from prometheus_client.parser import text_string_to_metric_families

PATIENCE = 90.0  # seconds; machines are shared


class Monitor:
    """What the monitoring port of one process says."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"

    def get(self, path: str) -> tuple[int, str]:
        """Status and body; 0 where nobody listens."""
        try:
            with urllib.request.urlopen(f"{self.url}{path}", timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def alive(self) -> bool:
        return self.get("/healthz")[0] == 200

    def wrong(self) -> dict[str, str]:
        """What is not in order, and why; no reasons are given where anybody may ask."""
        status, body = self.get("/readyz")
        said: Any = json.loads(body) if body else {"ready": False, "checks": {}}
        assert (status == 200) == said["ready"]
        ill = {name: one.get("why", "") for name, one in said["checks"].items() if not one["ok"]}
        return ill if status else {"process": "nobody listens"}

    def metric(self, name: str, **labels: str) -> float | None:
        """One sample; None where there is none."""
        for family in text_string_to_metric_families(self.get("/metrics")[1]):
            for one in family.samples:
                if one.name == name and labels.items() <= one.labels.items():
                    return float(one.value)
        return None

    def wait(self, until: Callable[["Monitor"], Any], seconds: float = PATIENCE) -> None:
        """Until that is true."""
        give_up = time.monotonic() + seconds
        while not until(self):
            assert time.monotonic() < give_up, f"{self.wrong()}\n{self.get('/metrics')[1]}"
            time.sleep(0.2)

    def wait_for_ready(self) -> None:
        self.wait(lambda _: self.wrong() == {})

    def wait_for_trouble(self, check: str, why: str) -> None:
        self.wait(lambda _: why in self.wrong().get(check, ""))


class Fill:
    """Leaves no room in a folder's file system, until it is removed."""

    def __init__(self, folder: str) -> None:
        self._path = f"{folder}/fill"

    def __enter__(self) -> Self:
        with open(self._path, "wb", buffering=0) as file:  # noqa: PTH123 -- unbuffered
            self._until_full(file.fileno())
        return self

    def __exit__(self, *_: object) -> None:
        os.unlink(self._path)  # noqa: PTH108 -- it goes with the one above

    def _until_full(self, file: int) -> None:
        for size in (65536, 512):
            try:
                while True:
                    os.write(file, b"\0" * size)
            except OSError:
                continue
