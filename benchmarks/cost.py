"""What a process has cost since it began: printed by it as its last line, read by whoever started it.

Only the standard library: it runs under the interpreters of other programs as well.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple


class Cost(NamedTuple):
    """Seconds by the clock, CPU seconds with those of its children, peak memory of itself in MB, mails dealt with."""

    seconds: float
    cpu: float
    memory: float
    mails: int


class Spent(NamedTuple):
    """Seconds by the clock and CPU seconds that a process has taken up to some moment."""

    seconds: float = 0.0
    cpu: float = 0.0


def so_far() -> Spent:
    """What this process has cost so far, its start and its children included."""
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime
    return Spent(time.clock_gettime(time.CLOCK_BOOTTIME) - _began(), cpu)


def say_cost(mails: int, before: Spent = Spent()) -> None:  # noqa: B008 - a value that nobody can change
    """Print what this process has cost, its start included, but for what it had cost `before`."""
    spent = so_far()
    print(json.dumps(Cost(spent.seconds - before.seconds, spent.cpu - before.cpu, _peak(), mails)))


def cost_of(command: Sequence[str | Path], cwd: Path, env: Mapping[str, str]) -> Cost:
    """Run a command that ends with `say_cost`. Raises RuntimeError, with what it said, where it fails."""
    run = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode:
        raise RuntimeError(f"{' '.join(map(str, command))} failed: {run.stderr[-2000:]}")
    return Cost(*json.loads(run.stdout.splitlines()[-1]))


def _began() -> float:
    """When this process began, in seconds since the machine was started (proc(5), field 22)."""
    ticks = Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19]
    return int(ticks) / os.sysconf("SC_CLK_TCK")


def _peak() -> float:
    """The most memory that this program had at once, in MB. (ru_maxrss would count what its parent had, too.)"""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024
