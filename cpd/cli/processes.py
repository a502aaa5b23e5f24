"""The processes of a site: forks of one process, which end together."""

import gc
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from multiprocessing.connection import wait
from multiprocessing.context import ForkProcess

import click

START_SECONDS = 30
LOOK_SECONDS = 0.5
"""How long the end of a process may be hidden by its own children."""
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
"""SIGHUP is sent when the terminal closes."""

Work = Callable[[], object]
"""What a process runs until it gets a stop signal."""


def run_processes_until_stopped(
    works: Mapping[str, Work], *, is_open: Callable[[], bool], say: Sequence[str]
) -> None:
    """Run named processes until a stop signal or the end of one; then stop them all.

    They are forks of this process, so everything is loaded once and shared: they start quickly and
    need little memory. If this process is killed, they end at once.
    """

    def raise_interrupt(_signal: int, _frame: object) -> None:
        raise KeyboardInterrupt

    gc.freeze()  # garbage collection would write to every memory page and so unshare it
    fork = multiprocessing.get_context("fork")
    processes: list[ForkProcess] = []
    # Explicitly: a shell may have started us with SIGINT ignored. If SIGHUP is, it was nohup.
    previous = {
        number: signal.signal(number, raise_interrupt)
        for number in STOP_SIGNALS
        if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN
    }
    lifeline = os.pipe()
    try:
        for name, task in works.items():
            process = fork.Process(target=_run_in_child, args=(task, lifeline), name=name)
            with _stop_signals_blocked():
                process.start()
                processes.append(process)
        _wait_until_open_or_exit(is_open, processes)
        click.echo("\n".join(["", *say, "Stop it with Ctrl-C."]))
        while not (ended := _find_ended_processes(processes)):
            wait([process.sentinel for process in processes], timeout=LOOK_SECONDS)
        sys.exit(f"{_describe_end(ended[0])} Everything else was stopped, too.")
    except KeyboardInterrupt:
        click.echo("Stopping.")
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.join()
        for end in lifeline:
            os.close(end)
        for number, handler in previous.items():
            signal.signal(number, handler)
        gc.unfreeze()


@contextmanager
def _stop_signals_blocked() -> Iterator[None]:
    """Hold back signals until the end of the block: one that comes during a fork could get lost."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _run_in_child(task: Work, lifeline: tuple[int, int]) -> None:
    """Run in a forked process, which signals end until the task handles them itself.

    Only the parent is stopped by the closing of a terminal; it then stops this process.
    """
    _die_with_parent(*lifeline)
    for number in STOP_SIGNALS:
        is_hangup = number == signal.SIGHUP
        signal.signal(number, signal.SIG_IGN if is_hangup else signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)
    task()


def _die_with_parent(reading: int, writing: int) -> None:
    """Kill this process when its parent is gone, which alone holds the pipe open for writing.

    Nothing acknowledged is lost: it is on the disk. What ran on would hold the port.
    """
    os.close(writing)

    def wait_for_end() -> None:
        os.read(reading, 1)
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=wait_for_end, daemon=True).start()


def _find_ended_processes(processes: Sequence[ForkProcess]) -> Sequence[ForkProcess]:
    return [process for process in processes if not process.is_alive()]


def _describe_end(process: ForkProcess) -> str:
    """Return which process ended, and how."""
    code = process.exitcode or 0
    if code >= 0:
        return f"The {process.name} ended with exit code {code}; the lines above say why."
    number = -code
    names = {known.value: known.name for known in signal.Signals}
    cause = ", as happens when memory runs out" if number == signal.SIGKILL else ""
    return f"The {process.name} was ended by {names.get(number, f'signal {number}')}{cause}."


def _wait_until_open_or_exit(is_open: Callable[[], bool], processes: Sequence[ForkProcess]) -> None:
    until = time.monotonic() + START_SECONDS
    while not is_open():
        if ended := _find_ended_processes(processes):
            sys.exit(f"The site did not start. {_describe_end(ended[0])}")
        if time.monotonic() > until:
            sys.exit(
                f"The site did not become ready within {START_SECONDS} seconds. "
                "The lines above say why."
            )
        time.sleep(0.02)
