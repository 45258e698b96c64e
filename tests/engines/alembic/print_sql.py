#!/usr/bin/env python3
"""Prints what Alembic itself makes of the versions in tests/fixtures/alembic: upgrade.sql and downgrade.sql.

    pip install alembic && python3 tests/engines/alembic/print_sql.py

Nothing is run: Alembic's offline mode prints the SQL for PostgreSQL.
"""

import io
import pathlib
import shutil
import tempfile

import alembic
import sqlalchemy
from alembic import command
from alembic.config import Config

ENVIRONMENT = """
from alembic import context

context.configure(url="postgresql://", literal_binds=True, dialect_opts={"paramstyle": "named"})
with context.begin_transaction():
    context.run_migrations()
"""
FIXTURES = pathlib.Path(__file__).parents[2] / "fixtures" / "alembic"


def printed(run):
    with tempfile.TemporaryDirectory() as folder:
        scripts = pathlib.Path(folder)
        shutil.copytree(FIXTURES / "versions", scripts / "versions")
        (scripts / "env.py").write_text(ENVIRONMENT)
        out = io.StringIO()
        config = Config(output_buffer=out)
        config.set_main_option("script_location", folder)
        run(config)
    lines = [line.rstrip() for line in out.getvalue().splitlines() if line.strip()]
    return "\n".join([f"-- by Alembic {alembic.__version__} with SQLAlchemy {sqlalchemy.__version__}", *lines, ""])


(FIXTURES / "upgrade.sql").write_text(printed(lambda config: command.upgrade(config, "heads", sql=True)))
(FIXTURES / "downgrade.sql").write_text(printed(lambda config: command.downgrade(config, "5:base", sql=True)))
