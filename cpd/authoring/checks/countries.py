"""What is wrong with the files of countries, and which are due for another look."""

from datetime import date, timedelta
from pathlib import Path

from pydantic import ValidationError

from cpd.content import frontmatter
from cpd.content.country_file import CountryFile
from cpd.content.country_loading import FOLDER
from cpd.content.frontmatter import Fault, FrontMatter
from cpd.content.schema_faults import build_schema_faults

_CURRENT_FOR = timedelta(days=366)
"""How long after they were seen numbers are taken to be right."""


def find_country_faults(folder: Path = FOLDER) -> list[Fault]:
    """Return the faults of all files."""
    return [fault for path in _list_files(folder) for fault in _check_file(path)[1]]


def find_stale_countries(today: date, folder: Path = FOLDER) -> list[Fault]:
    """Return a warning for each country whose numbers were last seen more than a year ago."""
    return [
        Fault(
            str(path),
            1,
            f"The numbers of {file.name} were last seen on {file.checked}.",
            "Look each of them up again, and enter the day as 'checked'.",
        )
        for path in _list_files(folder)
        for file in [_check_file(path)[0]]
        if file is not None and today - file.checked > _CURRENT_FOR
    ]


def _list_files(folder: Path) -> list[Path]:
    """Return the files of countries; Python may keep a folder of its own beside them."""
    return sorted(path for path in folder.iterdir() if path.is_file())


def _check_file(path: Path) -> tuple[CountryFile | None, list[Fault]]:
    """Return the country in a file unless it has faults, and the faults."""
    text = frontmatter.decode_file(str(path), path.read_bytes())
    source = text if isinstance(text, Fault) else frontmatter.parse_yaml(str(path), text)
    if not isinstance(source, FrontMatter):
        return None, [source]
    try:
        file = CountryFile.model_validate(source.data)
    except ValidationError as error:
        return None, build_schema_faults(error, CountryFile, source)
    if path.name != f"{file.code}.yaml":
        message = f"The code is '{file.code}', but the file is called '{path.name}'."
        return None, [Fault(str(path), 1, message, f"Call the file {file.code}.yaml.")]
    return file, []
