"""The full-text index of each database, behind one small Protocol.

Both index the same words and stems (`callcoach.search.words`) beside the plain table, and both
answer one question: which entries match a query. On SQLite an external-content FTS5 table follows
the plain one by triggers, on PostgreSQL a generated `tsvector` column carries words with weight A
and stems with weight B. Neither is mapped: their names carry ``_fts``, which the comparison of
models and database leaves out.

A revision that rebuilds `search_entries` on SQLite must make the triggers again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from sqlalchemy import DDL, ColumnElement, cast, column, event, literal_column, select, table
from sqlalchemy.dialects.postgresql import TSQUERY

from callcoach.search.syntax import Query, Term

_FTS = table("search_entries_fts", column("rowid"), column("search_entries_fts"))

SQLITE_CREATE = (
    """
CREATE VIRTUAL TABLE search_entries_fts USING fts5(
    words, stems, content='search_entries', content_rowid='id',
    tokenize='unicode61 remove_diacritics 2', prefix='2 3 4'
)
""",
    """
CREATE TRIGGER search_entries_fts_insert AFTER INSERT ON search_entries BEGIN
    INSERT INTO search_entries_fts(rowid, words, stems) VALUES (new.id, new.words, new.stems);
END
""",
    """
CREATE TRIGGER search_entries_fts_delete AFTER DELETE ON search_entries BEGIN
    INSERT INTO search_entries_fts(search_entries_fts, rowid, words, stems)
    VALUES ('delete', old.id, old.words, old.stems);
END
""",
    """
CREATE TRIGGER search_entries_fts_update AFTER UPDATE OF id, words, stems ON search_entries BEGIN
    INSERT INTO search_entries_fts(search_entries_fts, rowid, words, stems)
    VALUES ('delete', old.id, old.words, old.stems);
    INSERT INTO search_entries_fts(rowid, words, stems) VALUES (new.id, new.words, new.stems);
END
""",
)
#: The triggers go with their table.
SQLITE_DROP = ("DROP TABLE IF EXISTS search_entries_fts",)

POSTGRESQL_CREATE = (
    """
ALTER TABLE search_entries ADD COLUMN words_fts tsvector GENERATED ALWAYS AS (
    setweight(to_tsvector('pg_catalog.simple'::regconfig, words), 'A')
    || setweight(to_tsvector('pg_catalog.simple'::regconfig, stems), 'B')
) STORED
""",
    "CREATE INDEX ix_search_entries_words_fts ON search_entries USING gin (words_fts)",
)


class TextIndex(Protocol):
    """One engine's full-text index."""

    def matches(self, query: Query) -> ColumnElement[bool]:
        """The query as a condition on `SearchEntry`; `query` asks for something."""
        ...


class SqliteIndex:
    """FTS5: the query is written in its own language, every word in quotes."""

    def matches(self, query: Query) -> ColumnElement[bool]:
        wanted = " AND ".join(_each(query.terms, _fts5))
        if query.excluded:
            wanted = f"({wanted}) NOT ({' OR '.join(_each(query.excluded, _fts5))})"
        found = select(_FTS.c.rowid).where(_FTS.c.search_entries_fts.op("MATCH")(wanted))
        return literal_column("search_entries.id").in_(found)


class PostgresIndex:
    """`tsvector`: weight A is the word, weight B its stem."""

    def matches(self, query: Query) -> ColumnElement[bool]:
        parts = _each(query.terms, _tsquery)
        parts += [f"!{part}" for part in _each(query.excluded, _tsquery)]
        condition: ColumnElement[bool] = literal_column("search_entries.words_fts").op("@@")(
            cast(" & ".join(parts), TSQUERY)
        )
        return condition


def index_of(dialect: str) -> TextIndex:
    """The index of a database, by SQLAlchemy's name of it.

    Raises:
        ValueError: neither SQLite nor PostgreSQL.
    """
    indexes: dict[str, TextIndex] = {"sqlite": SqliteIndex(), "postgresql": PostgresIndex()}
    if dialect not in indexes:
        raise ValueError(f"no full-text index for {dialect!r}: sqlite and postgresql have one")
    return indexes[dialect]


def attach(entries: Any) -> None:
    """Make and drop the index with the table `entries`, wherever tables are made from models."""
    for statement in SQLITE_CREATE:
        event.listen(entries, "after_create", DDL(statement).execute_if(dialect="sqlite"))
    for statement in SQLITE_DROP:
        event.listen(entries, "before_drop", DDL(statement).execute_if(dialect="sqlite"))
    for statement in POSTGRESQL_CREATE:
        event.listen(entries, "after_create", DDL(statement).execute_if(dialect="postgresql"))


def _each(terms: Sequence[Term], written: Callable[[Term], str]) -> list[str]:
    return [f"({written(term)})" for term in terms]


def _fts5(term: Term) -> str:
    # Words and stems are [a-z0-9] (`callcoach.search.words`): nothing here needs escaping
    exact = f'words : "{" ".join(token.word for token in term.tokens)}"'
    if term.is_exact:
        return f"{exact} *" if term.is_prefix else exact
    return f'{exact} OR stems : "{" ".join(token.stem for token in term.tokens)}"'


def _tsquery(term: Term) -> str:
    words = [f"'{token.word}':A" for token in term.tokens]
    if term.is_prefix:
        words[-1] = f"'{term.tokens[-1].word}':*A"
    exact = " <-> ".join(words)
    if term.is_exact:
        return exact
    stems = " <-> ".join(f"'{token.stem}':B" for token in term.tokens)
    return f"({exact}) | ({stems})"
