"""A real Spark cluster on this machine: a master and two workers, started from the pyspark wheel."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path

HOST = "127.0.0.1"
START_SECONDS = 120


def missing() -> str | None:
    """What would have to be installed for the cluster to start; ``None`` if all is there."""
    if find_spec("pyspark") is None:
        return (
            "pyspark is not installed: `uv sync --extra spark` or `pip install 'mainstem[spark]'`"
        )
    if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        return "Java is not installed: for instance `apt-get install openjdk-17-jre-headless`"
    return None


def _free_port() -> int:
    with socket.socket() as s:
        s.bind((HOST, 0))
        port: int = s.getsockname()[1]
        return port


@contextmanager
def cluster(folder: Path) -> Iterator[str]:
    """The URL of the master, with both workers registered; everything is ended on leaving."""
    import pyspark

    home = Path(pyspark.__file__).parent
    port, url_port = _free_port(), _free_port()
    url = f"spark://{HOST}:{port}"
    environment = {
        **os.environ, "SPARK_HOME": str(home), "SPARK_LOCAL_IP": HOST, "SPARK_MASTER_HOST": HOST,
        "SPARK_DAEMON_MEMORY": "256m", "SPARK_NO_DAEMONIZE": "1", "SPARK_LOCAL_DIRS": str(folder / "local"),
        "SPARK_DAEMON_JAVA_OPTS": "-Dspark.ui.enabled=false -XX:+UseSerialGC -XX:TieredStopAtLevel=1",
        "PYSPARK_PYTHON": sys.executable,
    }  # fmt: skip
    deploy, run = "org.apache.spark.deploy", str(home / "bin" / "spark-class")
    with ExitStack() as ended:

        def start(name: str, *words: str) -> Path:
            log = folder / f"{name}.log"
            out = ended.enter_context(log.open("wb"))
            process = subprocess.Popen([run, *words], stdout=out, stderr=out, env=environment)
            ended.callback(process.wait, 30)
            ended.callback(process.terminate)
            return log

        master = start("master", f"{deploy}.master.Master", "--host", HOST, "--port", str(port),
                       "--webui-port", str(url_port))  # fmt: skip
        _wait_for(master, "Successfully started service 'sparkMaster'", 1)
        for n in (1, 2):
            start(f"worker-{n}", f"{deploy}.worker.Worker", "--host", HOST, "--cores", "1", "--memory", "1g",
                  "--webui-port", str(_free_port()), "--work-dir", str(folder / f"work-{n}"), url)  # fmt: skip
        _wait_for(master, "Registering worker", 2)
        yield url


def _wait_for(log: Path, words: str, times: int) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if log.exists() and log.read_text(errors="replace").count(words) >= times:
            return
        time.sleep(0.2)
    raise TimeoutError(f"no {words!r} in {log}:\n{log.read_text(errors='replace')[-2000:]}")
