"""Search index and saved views

The index of an installation that has calls already is built by a job, which this revision leaves
to the worker: building it here would keep everybody waiting.

Revision: 5d20b7c1e9a4
Revises: a83d3ec98f5c
"""

import sqlalchemy as sa
from alembic import op


revision = '5d20b7c1e9a4'
down_revision = 'a83d3ec98f5c'
branch_labels = None
depends_on = None

ON_SQLITE = (
    """
    CREATE VIRTUAL TABLE search_entries_fts USING fts5(
        words, stems, content='search_entries', content_rowid='id',
        tokenize='unicode61 remove_diacritics 2', prefix='2 3 4'
    )
    """,
    """
    CREATE TRIGGER search_entries_fts_insert AFTER INSERT ON search_entries BEGIN
        INSERT INTO search_entries_fts(rowid, words, stems)
        VALUES (new.id, new.words, new.stems);
    END
    """,
    """
    CREATE TRIGGER search_entries_fts_delete AFTER DELETE ON search_entries BEGIN
        INSERT INTO search_entries_fts(search_entries_fts, rowid, words, stems)
        VALUES ('delete', old.id, old.words, old.stems);
    END
    """,
    """
    CREATE TRIGGER search_entries_fts_update AFTER UPDATE OF id, words, stems ON search_entries
    BEGIN
        INSERT INTO search_entries_fts(search_entries_fts, rowid, words, stems)
        VALUES ('delete', old.id, old.words, old.stems);
        INSERT INTO search_entries_fts(rowid, words, stems)
        VALUES (new.id, new.words, new.stems);
    END
    """,
)
ON_POSTGRESQL = (
    """
    ALTER TABLE search_entries ADD COLUMN words_fts tsvector GENERATED ALWAYS AS (
        setweight(to_tsvector('pg_catalog.simple'::regconfig, words), 'A')
        || setweight(to_tsvector('pg_catalog.simple'::regconfig, stems), 'B')
    ) STORED
    """,
    "CREATE INDEX ix_search_entries_words_fts ON search_entries USING gin (words_fts)",
)


def upgrade() -> None:
    op.create_table('search_entries',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('call_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('speaker', sa.String(length=10), nullable=False),
    sa.Column('channel', sa.Integer(), nullable=False),
    sa.Column('start_ms', sa.Integer(), nullable=False),
    sa.Column('end_ms', sa.Integer(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('stems', sa.Text(), nullable=False),
    sa.Column('note_id', sa.Integer(), nullable=True),
    sa.Column('cause', sa.String(length=30), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('agent_id', sa.Integer(), nullable=True),
    sa.Column('is_private', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['agent_id'], ['users.id'], name=op.f('fk_search_entries_agent_id_users'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['author_id'], ['users.id'], name=op.f('fk_search_entries_author_id_users'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['call_id'], ['calls.id'], name=op.f('fk_search_entries_call_id_calls'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_search_entries')),
    sa.UniqueConstraint('note_id', name=op.f('uq_search_entries_note_id'))
    )
    with op.batch_alter_table('search_entries', schema=None) as batch_op:
        batch_op.create_index('ix_search_entries_call', ['call_id', 'kind', 'start_ms'], unique=False)

    op.create_table('saved_views',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('owner_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('query', sa.String(length=1000), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('deleted_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['owner_id'], ['users.id'], name=op.f('fk_saved_views_owner_id_users'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_saved_views'))
    )
    with op.batch_alter_table('saved_views', schema=None) as batch_op:
        batch_op.create_index('ix_saved_views_owner', ['owner_id', 'name'], unique=False)

    is_sqlite = op.get_bind().dialect.name == 'sqlite'
    for statement in ON_SQLITE if is_sqlite else ON_POSTGRESQL:
        op.get_bind().exec_driver_sql(statement)
    _leave_the_rest_to_the_worker()


def _leave_the_rest_to_the_worker() -> None:
    """A row of the jobs table is all that a job takes: the worker's sweeper finds it."""
    bind = op.get_bind()
    if not bind.scalar(sa.text('SELECT count(*) FROM calls WHERE current_analysis_id IS NOT NULL')):
        return
    jobs = sa.table(
        'jobs',
        *(sa.column(name) for name in (
            'kind', 'subject', 'state', 'stage', 'progress_permille', 'attempt', 'max_attempts',
            'priority', 'worker', 'reason',
        )),
        sa.column('again', sa.Boolean()),
        sa.column('reason_values', sa.JSON()),
        sa.column('payload', sa.JSON()),
        sa.column('created_at', sa.DateTime(timezone=True)),
        sa.column('updated_at', sa.DateTime(timezone=True)),
    )
    now = sa.func.now()
    bind.execute(jobs.insert().values(
        kind='search.reindex', subject='search:all', state='queued', stage='', progress_permille=0,
        attempt=0, max_attempts=3, priority=0, worker='', reason='', again=False,
        reason_values={}, payload={}, created_at=now, updated_at=now,
    ))


def downgrade() -> None:
    op.execute("DELETE FROM jobs WHERE kind = 'search.reindex'")
    if op.get_bind().dialect.name == 'sqlite':
        op.execute('DROP TABLE search_entries_fts')
    op.drop_table('saved_views')
    op.drop_table('search_entries')
