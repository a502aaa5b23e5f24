"""The processes of a site: they begin together and end together."""

import gc
import multiprocessing
import os
import signal
import sys
from multiprocessing.process import BaseProcess

import click
import pytest

from cpd.cli import processes
from cpd.cli.processes import Work

FOR_EVER = signal.pause


class Running:
    """Processes that are run as the site's are, and what was said meanwhile."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.said: list[str] = []
        self.is_open = True
        monkeypatch.setattr(click, "echo", self.said.append)

    def run(self, *works: Work) -> None:
        processes.run_processes_until_stopped(
            dict(zip(("first", "second"), works, strict=True)),
            is_open=lambda: self.is_open, say=["It is open."],
        )  # fmt: skip

    def __call__(self, *works: Work) -> str:
        """Run them to an exit, and return how it is explained."""
        with pytest.raises(SystemExit) as ended:
            self.run(*works)
        return str(ended.value)

    @property
    def left(self) -> list[BaseProcess]:
        """The processes that are not gone."""
        return list(multiprocessing.active_children())


@pytest.fixture
def running(monkeypatch: pytest.MonkeyPatch) -> Running:
    return Running(monkeypatch)


def tell_parent(*signals: int) -> Work:
    """Return work that sends its parent signals, and then goes on."""

    def work() -> None:
        for number in signals:
            os.kill(os.getppid(), number)
        FOR_EVER()

    return work


@pytest.mark.usefixtures("with_terminal")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP], ids=["stop", "terminal closed"])
def test_a_stop_signal_ends_all_of_them(running: Running, number: int) -> None:
    before = signal.getsignal(number)
    running.run(FOR_EVER, tell_parent(number))
    assert running.said == ["\nIt is open.\nStop it with Ctrl-C.", "Stopping."]
    assert running.left == []
    assert signal.getsignal(number) is before
    assert gc.get_freeze_count() == 0


def test_under_nohup_the_terminal_may_close(running: Running) -> None:
    def close_terminal_and_end() -> None:
        os.kill(os.getppid(), signal.SIGHUP)
        sys.exit(3)

    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        assert "The second ended with exit code 3" in running(FOR_EVER, close_terminal_and_end)
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_ctrl_c_while_starting_ends_all_of_them(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    running.is_open = False
    monkeypatch.setattr("time.sleep", lambda _seconds: signal.raise_signal(signal.SIGINT))
    running.run(FOR_EVER, FOR_EVER)
    assert running.said == ["Stopping."]
    assert running.left == []


@pytest.mark.parametrize(
    ("work", "reason"),
    [
        (lambda: None, "The second ended with exit code 0; the lines above say why."),
        (lambda: sys.exit(3), "The second ended with exit code 3; the lines above say why."),
        (
            lambda: os.kill(os.getpid(), signal.SIGKILL),
            "The second was ended by SIGKILL, as happens when memory runs out.",
        ),
        (lambda: os.kill(os.getpid(), signal.SIGUSR1), "The second was ended by SIGUSR1."),
        (lambda: os.kill(os.getpid(), 40), "The second was ended by signal 40."),
    ],
    ids=["nothing more", "a status", "no memory", "a crash", "another signal"],
)
@pytest.mark.parametrize("is_open", [True, False])
def test_the_end_of_one_is_the_end_of_all_and_says_which_and_how(
    running: Running, work: Work, reason: str, *, is_open: bool
) -> None:
    running.is_open = is_open
    told = (
        f"{reason} Everything else was stopped, too."
        if is_open
        else f"The site did not start. {reason}"
    )
    assert running(FOR_EVER, work) == told
    assert running.left == []


def test_a_site_that_never_opens_is_not_waited_for(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    running.is_open = False
    monkeypatch.setattr(processes, "START_SECONDS", -1)
    assert "The site did not become ready" in running(FOR_EVER, FOR_EVER)
    assert running.left == []


def test_one_that_cannot_be_started_leaves_no_other(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    fork = os.fork
    begun: list[bool] = []

    def fork_once() -> int:
        if begun:
            raise BlockingIOError("there are too many processes")
        begun.append(True)
        return fork()

    monkeypatch.setattr(os, "fork", fork_once)
    with pytest.raises(BlockingIOError):
        running.run(FOR_EVER, FOR_EVER)
    assert running.left == []
