"""The site, with a clock that a test moves: it stands at the instant that a file holds."""

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from cpd.cli.main import create_app_or_exit
from cpd.kernel import clock

FILE = Path(os.environ["CLOCK_OF_THE_TEST"])


class _Held:
    """Stands in for the list that `freeze_at` fills, so that the clock is read at every call."""

    def __iter__(self) -> Iterator[datetime]:
        yield datetime.fromisoformat(FILE.read_text())


vars(clock)["_stopped_at"] = _Held()
app = create_app_or_exit()
