import os
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from cpd.content import render
from cpd.content.document import Rendered
from cpd.content.render import MAX_CHARACTERS, Renderer
from cpd.content.renderer_process import convert_markdown

BOMB = "![[" * 6000


@pytest.fixture
def warm() -> Iterator[Renderer]:
    renderer = Renderer()
    yield renderer
    renderer.close()


def test_a_batch_is_rendered_in_one_warm_process(warm: Renderer) -> None:
    documents = [f"Text **{number}** [@a-{number}]" for number in range(100)]
    assert warm.render_documents(documents) == [
        convert_markdown(document) for document in documents
    ]
    warm.render_documents(documents)
    assert warm.starts == 1


def test_a_bomb_is_stopped_and_the_rest_of_the_batch_goes_on(warm: Renderer) -> None:
    before, bomb, after = warm.render_documents(["before", BOMB, "after"])
    assert (before.html, after.html) == ("<p>before</p>", "<p>after</p>")
    assert bomb.was_stopped
    assert bomb.html == ""
    assert "more than 2 seconds" in bomb.problems[0].message
    assert bomb.problems[0].remedy
    assert warm.starts == 2


def test_without_the_limit_the_bomb_goes_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: with a short limit the small bomb is stopped, with a long one it is rendered."""
    small = "![[" * 500
    impatient, patient = Renderer(seconds=0.001), Renderer(seconds=60)
    assert impatient.render_documents([small])[0].was_stopped
    assert not patient.render_documents([small])[0].was_stopped
    impatient.close()
    patient.close()


def test_others_are_rendered_while_a_bomb_burns() -> None:
    """A second renderer, as another web process has, is not held up."""
    other, impatient = Renderer(), Renderer(seconds=0.5)
    bombs: list[Rendered] = []
    thread = threading.Thread(target=lambda: bombs.extend(impatient.render_documents([BOMB])))
    thread.start()
    assert other.render_documents(["fine"])[0].html == "<p>fine</p>"
    thread.join()
    assert bombs[0].was_stopped
    other.close()
    impatient.close()


def test_too_long_a_text_never_reaches_the_renderer(warm: Renderer) -> None:
    (found,) = warm.render_documents(["x" * (MAX_CHARACTERS + 1)])
    assert found.was_stopped
    assert "60,001 characters" in found.problems[0].message
    assert warm.starts == 0


def test_nothing_is_rendered_to_nothing(warm: Renderer) -> None:
    assert warm.render_documents(["", " \n"]) == [Rendered(), Rendered()]
    assert warm.starts == 0


def test_a_process_that_ended_is_replaced(warm: Renderer) -> None:
    warm.render_documents(["one"])
    process = warm._process
    assert process is not None
    process.kill()
    process.wait()
    assert warm.render_documents(["two"])[0].html == "<p>two</p>"
    assert warm.starts == 2


def test_a_process_that_cannot_start_is_given_up(
    warm: Renderer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/true")
    assert warm.render_documents(["one"])[0].was_stopped
    assert warm.starts == 2


def test_closing_twice_is_once(warm: Renderer) -> None:
    warm.render_documents(["one"])
    warm.close()
    warm.close()
    assert warm.render_documents(["two"])[0].html == "<p>two</p>"


def test_after_a_fork_a_new_process_is_started(warm: Renderer) -> None:
    warm.render_documents(["one"])
    process = warm._process
    assert process is not None
    warm.drop_process_of_parent()
    assert warm.render_documents(["two"])[0].html == "<p>two</p>"
    assert warm.starts == 2
    process.returncode = None  # it is ours here, because we did not really fork
    process.kill()
    process.wait()
    Renderer().drop_process_of_parent()


def test_the_process_gets_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "x")
    monkeypatch.setenv("PATH", "/bin")
    monkeypatch.delenv("LD_LIBRARY_PATH", raising=False)
    assert set(render._build_child_environment()) == {"PATH", "PYTHONPATH", "PYTHONUTF8"}


def test_the_module_shares_one_renderer() -> None:
    assert render.render_markdown(["**x**"])[0].html == "<p><strong>x</strong></p>"
    starts = render._shared.starts
    render.render_markdown(["y"])
    assert render._shared.starts == starts
    render.close_renderer()
    assert render._shared._process is None


def test_the_renderer_ends_with_the_program() -> None:
    """No renderer outlives its program, and nothing is said at the end."""
    program = (
        "from cpd.content import render; print(render.render_markdown(['x'])[0].html);"
        "print(render._shared._process.pid)"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": "."},
    )
    html, pid = done.stdout.split()
    assert (html, done.stderr) == ("<p>x</p>", "")
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid), 0)
