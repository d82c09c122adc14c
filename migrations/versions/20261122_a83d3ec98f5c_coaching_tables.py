"""Coaching tables

Revision: a83d3ec98f5c
Revises: c36fcc425228
"""

import sqlalchemy as sa
from alembic import op


revision = 'a83d3ec98f5c'
down_revision = 'c36fcc425228'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('excerpts',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('call_id', sa.Integer(), nullable=False),
    sa.Column('start_ms', sa.Integer(), nullable=False),
    sa.Column('end_ms', sa.Integer(), nullable=False),
    sa.Column('file_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['call_id'], ['calls.id'], name=op.f('fk_excerpts_call_id_calls'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['file_id'], ['stored_files.id'], name=op.f('fk_excerpts_file_id_stored_files'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_excerpts')),
    sa.UniqueConstraint('call_id', 'start_ms', 'end_ms', name=op.f('uq_excerpts_call_id_start_ms_end_ms'))
    )
    op.create_table('verdicts',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('call_id', sa.Integer(), nullable=False),
    sa.Column('decision', sa.String(length=10), nullable=False),
    sa.Column('channel', sa.Integer(), nullable=False),
    sa.Column('start_ms', sa.Integer(), nullable=False),
    sa.Column('end_ms', sa.Integer(), nullable=False),
    sa.Column('quote', sa.Text(), nullable=False),
    sa.Column('cause', sa.String(length=30), nullable=False),
    sa.Column('valence', sa.String(length=10), nullable=False),
    sa.Column('severity', sa.Integer(), nullable=False),
    sa.Column('confidence', sa.Double(), nullable=False),
    sa.Column('detector', sa.String(length=40), nullable=False),
    sa.Column('evidence', sa.JSON(), nullable=False),
    sa.Column('explanation', sa.JSON(), nullable=False),
    sa.Column('suggestion', sa.JSON(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('replaces_id', sa.Integer(), nullable=True),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['author_id'], ['users.id'], name=op.f('fk_verdicts_author_id_users'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['call_id'], ['calls.id'], name=op.f('fk_verdicts_call_id_calls'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['replaces_id'], ['verdicts.id'], name=op.f('fk_verdicts_replaces_id_verdicts'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_verdicts'))
    )
    with op.batch_alter_table('verdicts', schema=None) as batch_op:
        batch_op.create_index('ix_verdicts_call', ['call_id', 'channel', 'start_ms'], unique=False)
        batch_op.create_index(batch_op.f('ix_verdicts_cause'), ['cause'], unique=False)
        batch_op.create_index(batch_op.f('ix_verdicts_created_at'), ['created_at'], unique=False)

    op.create_table('notes',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('call_id', sa.Integer(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('agent_id', sa.Integer(), nullable=True),
    sa.Column('channel', sa.Integer(), nullable=False),
    sa.Column('start_ms', sa.Integer(), nullable=False),
    sa.Column('end_ms', sa.Integer(), nullable=False),
    sa.Column('quote', sa.Text(), nullable=False),
    sa.Column('hears', sa.Text(), nullable=False),
    sa.Column('instead', sa.Text(), nullable=False),
    sa.Column('cause', sa.String(length=30), nullable=False),
    sa.Column('aim', sa.String(length=10), nullable=False),
    sa.Column('visibility', sa.String(length=10), nullable=False),
    sa.Column('point_id', sa.Integer(), nullable=True),
    sa.Column('verdict_id', sa.Integer(), nullable=True),
    sa.Column('row_version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_by_id', sa.Integer(), nullable=True),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('heard_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('acknowledged_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('deleted_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['agent_id'], ['users.id'], name=op.f('fk_notes_agent_id_users'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['author_id'], ['users.id'], name=op.f('fk_notes_author_id_users'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['call_id'], ['calls.id'], name=op.f('fk_notes_call_id_calls'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['point_id'], ['tipping_points.id'], name=op.f('fk_notes_point_id_tipping_points'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['updated_by_id'], ['users.id'], name=op.f('fk_notes_updated_by_id_users'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['verdict_id'], ['verdicts.id'], name=op.f('fk_notes_verdict_id_verdicts'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notes'))
    )
    with op.batch_alter_table('notes', schema=None) as batch_op:
        batch_op.create_index('ix_notes_agent_sent', ['agent_id', 'sent_at'], unique=False)
        batch_op.create_index('ix_notes_author_sent', ['author_id', 'sent_at'], unique=False)
        batch_op.create_index('ix_notes_call', ['call_id', 'start_ms'], unique=False)
        batch_op.create_index(batch_op.f('ix_notes_point_id'), ['point_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_notes_verdict_id'), ['verdict_id'], unique=False)

    op.create_table('listening_requests',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('call_id', sa.Integer(), nullable=False),
    sa.Column('agent_id', sa.Integer(), nullable=True),
    sa.Column('channel', sa.Integer(), nullable=True),
    sa.Column('start_ms', sa.Integer(), nullable=True),
    sa.Column('end_ms', sa.Integer(), nullable=True),
    sa.Column('quote', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answer', sa.String(length=12), nullable=True),
    sa.Column('answer_text', sa.Text(), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('answered_by_id', sa.Integer(), nullable=True),
    sa.Column('note_id', sa.Integer(), nullable=True),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['agent_id'], ['users.id'], name=op.f('fk_listening_requests_agent_id_users'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['answered_by_id'], ['users.id'], name=op.f('fk_listening_requests_answered_by_id_users'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['call_id'], ['calls.id'], name=op.f('fk_listening_requests_call_id_calls'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['note_id'], ['notes.id'], name=op.f('fk_listening_requests_note_id_notes'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_listening_requests'))
    )
    with op.batch_alter_table('listening_requests', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_listening_requests_call_id'), ['call_id'], unique=False)
        batch_op.create_index('ix_listening_requests_open', ['answered_at', 'created_at'], unique=False)

    op.create_table('note_replies',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('note_id', sa.Integer(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['author_id'], ['users.id'], name=op.f('fk_note_replies_author_id_users'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['note_id'], ['notes.id'], name=op.f('fk_note_replies_note_id_notes'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_note_replies'))
    )
    with op.batch_alter_table('note_replies', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_note_replies_note_id'), ['note_id'], unique=False)

    op.create_table('note_revisions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('note_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['author_id'], ['users.id'], name=op.f('fk_note_revisions_author_id_users'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['note_id'], ['notes.id'], name=op.f('fk_note_revisions_note_id_notes'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_note_revisions')),
    sa.UniqueConstraint('note_id', 'number', name=op.f('uq_note_revisions_note_id_number'))
    )
    op.create_table('feed_claims',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('call_id', sa.Integer(), nullable=False),
    sa.Column('point_id', sa.Integer(), nullable=True),
    sa.Column('request_id', sa.Integer(), nullable=True),
    sa.Column('channel', sa.Integer(), nullable=True),
    sa.Column('start_ms', sa.Integer(), nullable=True),
    sa.Column('end_ms', sa.Integer(), nullable=True),
    sa.Column('cause', sa.String(length=30), nullable=False),
    sa.Column('holder_id', sa.Integer(), nullable=True),
    sa.Column('claimed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('lease_until', sa.DateTime(timezone=True), nullable=False),
    sa.Column('outcome', sa.String(length=10), nullable=True),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['call_id'], ['calls.id'], name=op.f('fk_feed_claims_call_id_calls'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['holder_id'], ['users.id'], name=op.f('fk_feed_claims_holder_id_users'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['point_id'], ['tipping_points.id'], name=op.f('fk_feed_claims_point_id_tipping_points'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['request_id'], ['listening_requests.id'], name=op.f('fk_feed_claims_request_id_listening_requests'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_feed_claims')),
    sa.UniqueConstraint('point_id', name=op.f('uq_feed_claims_point_id')),
    sa.UniqueConstraint('request_id', name=op.f('uq_feed_claims_request_id'))
    )
    with op.batch_alter_table('feed_claims', schema=None) as batch_op:
        batch_op.create_index('ix_feed_claims_call', ['call_id', 'channel', 'start_ms'], unique=False)
        batch_op.create_index(batch_op.f('ix_feed_claims_done_at'), ['done_at'], unique=False)

    with op.batch_alter_table('tipping_points', schema=None) as batch_op:
        batch_op.add_column(sa.Column('verdict_id', sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f('ix_tipping_points_verdict_id'), ['verdict_id'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_tipping_points_verdict_id_verdicts'), 'verdicts', ['verdict_id'], ['id'], ondelete='SET NULL')



def downgrade() -> None:
    with op.batch_alter_table('tipping_points', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_tipping_points_verdict_id_verdicts'), type_='foreignkey')
        batch_op.drop_index(batch_op.f('ix_tipping_points_verdict_id'))
        batch_op.drop_column('verdict_id')

    with op.batch_alter_table('feed_claims', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_feed_claims_done_at'))
        batch_op.drop_index('ix_feed_claims_call')

    op.drop_table('feed_claims')
    op.drop_table('note_revisions')
    with op.batch_alter_table('note_replies', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_note_replies_note_id'))

    op.drop_table('note_replies')
    with op.batch_alter_table('listening_requests', schema=None) as batch_op:
        batch_op.drop_index('ix_listening_requests_open')
        batch_op.drop_index(batch_op.f('ix_listening_requests_call_id'))

    op.drop_table('listening_requests')
    with op.batch_alter_table('notes', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_notes_verdict_id'))
        batch_op.drop_index(batch_op.f('ix_notes_point_id'))
        batch_op.drop_index('ix_notes_call')
        batch_op.drop_index('ix_notes_author_sent')
        batch_op.drop_index('ix_notes_agent_sent')

    op.drop_table('notes')
    with op.batch_alter_table('verdicts', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_verdicts_created_at'))
        batch_op.drop_index(batch_op.f('ix_verdicts_cause'))
        batch_op.drop_index('ix_verdicts_call')

    op.drop_table('verdicts')
    op.drop_table('excerpts')
