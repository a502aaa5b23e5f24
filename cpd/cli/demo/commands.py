"""The command `cpd demo`."""

import click

from cpd.cli.demo.fill import fill_demo_site
from cpd.cli.demo.large_class import add_large_class
from cpd.cli.demo.people import list_sign_in_lines
from cpd.cli.main import create_app_or_exit

MOST = 20_000


@click.group("demo", invoke_without_command=True)
@click.option(
    "--learners",
    type=click.IntRange(1, MOST),
    metavar="N",
    help="Fill the demo if need be, and add a class of N learners to its school, to try and "
    "measure pages with. Unlike everything else in the demo, they are copies of one graded exam: "
    "they have results, but no answers, which `cpd attempts replay` reports.",
)
@click.pass_context
def command(context: click.Context, learners: int | None) -> None:
    """Fill a site with demo people and history."""
    if context.invoked_subcommand is None and learners is None:
        click.echo(context.get_help())
    elif learners is not None:
        with create_app_or_exit().app_context():
            fill_demo_site()
            click.echo(add_large_class(learners))


@command.command("fill")
def fill_command() -> None:
    """Fill an empty database; a complete demo is left as it is."""
    with create_app_or_exit().app_context():
        fill_demo_site()
        for line in list_sign_in_lines():
            click.echo(line)
