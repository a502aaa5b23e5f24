"""`cpd attempts`: checks of stored attempts."""

import sys

import click

from cpd.cli.main import create_app_or_exit


@click.group("attempts")
def command() -> None:
    """Check stored attempts."""


@command.command()
def replay() -> None:
    """Grade every attempt again; report every difference and every broken receipt."""
    from cpd.db import db
    from cpd.quizzes.grading.replay import compare_results_with_regrading as replay_all

    with create_app_or_exit().app_context():
        report = replay_all(db.session())
    for difference in report.differences:
        click.echo(
            f"{difference.attempt}: {difference.about}: stored {difference.stored}; "
            f"found {difference.computed}"
        )
    click.echo(
        f"{report.attempts} attempts, {report.graded} graded, "
        f"{len(report.differences)} differences."
    )
    if report.awaiting_backfill:
        click.echo(f"The worker has yet to write the item results of {report.awaiting_backfill}.")
    if report.differences:
        sys.exit(1)
