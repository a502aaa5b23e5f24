"""`cpd worker`: runs the jobs in the outbox."""

import click

from cpd.cli.main import create_app_or_exit


@click.command("worker")
@click.option("--until-idle", is_flag=True, help="Stop when nothing is due.")
def command(*, until_idle: bool) -> None:
    """Run due jobs: close expired exams, send emails."""
    from cpd.jobs import worker

    with create_app_or_exit().app_context():
        if until_idle:
            worker.enqueue_repeating_jobs()
            click.echo(f"Done: {worker.run_all_due_jobs()}")
        else:
            worker.run_worker_until_signal()
