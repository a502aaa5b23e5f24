"""Write the next migration: whatever the models have that the migrations do not create yet."""

import sys
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from cpd import migrate
from cpd.db import Base, UtcDateTime
from cpd.engine import create_protected_engine

ROOT = Path(__file__).parents[1]


def import_all_models() -> None:
    """Import every module of the package that holds a table."""
    for path in sorted((ROOT / "cpd").rglob("*.py")):
        if "__tablename__" in path.read_text():
            import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))


def render_plain_column_type(kind: str, item: Any, _context: Any) -> Any:
    """Write our own column types as SQLAlchemy's, so that no migration imports from cpd."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, sa.Enum):
        return f"sa.String({item.length})"
    return False


def main(message: str) -> int:
    """Write migrations/versions/NNNN_message.py and print its path."""
    if not message:
        print('Say what changes: make migration m="add refunds to enrolments"', file=sys.stderr)
        return 1
    import_all_models()
    config = Config()
    config.set_main_option("script_location", str(migrate.MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.set_main_option("prepend_sys_path", str(ROOT))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.set_main_option("truncate_slug_length", "60")
    config.attributes.update(metadata=Base.metadata, render_item=render_plain_column_type)
    heads = ScriptDirectory.from_config(config).get_heads()
    number = f"{int(heads[0]) + 1 if heads else 1:04}"
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/now.sqlite"
        migrate.run(url)
        engine = create_protected_engine(url)
        with engine.connect() as connection:
            config.attributes["connection"] = connection
            command.revision(config, message, autogenerate=True, rev_id=number)
        engine.dispose()
    (written,) = (migrate.MIGRATIONS / "versions").glob(f"{number}_*.py")
    print(f"Now read {written.relative_to(ROOT)}, say in BESIDE which release may run beside it,")
    print("freeze what is a record (migrations/frozen.py), and set SCHEMA in cpd/schema.py.")
    return 0


if __name__ == "__main__":
    sys.exit(main(" ".join(sys.argv[1:]).strip()))
