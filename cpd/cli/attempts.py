"""`cpd attempts`: checks of stored attempts."""

import sys

import click

from cpd.cli.main import app_now


@click.group("attempts")
def command() -> None:
    """Check stored attempts."""


@command.command()
def replay() -> None:
    """Regrade every attempt from what it rests on; name every difference and broken receipt."""
    from cpd.db import db
    from cpd.quizzes.grading.replay import replay as replay_all

    with app_now().app_context():
        done = replay_all(db.session())
    for found in done.differences:
        click.echo(f"{found.attempt}: {found.about}: stored {found.stored}; found {found.found}")
    click.echo(
        f"{done.attempts} attempts, {done.graded} graded, {len(done.differences)} differences."
    )
    if done.to_come:
        click.echo(f"The item results of {done.to_come} are still to come from the worker.")
    if done.differences:
        sys.exit(1)
