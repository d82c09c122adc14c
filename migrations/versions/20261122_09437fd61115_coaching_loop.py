"""Coaching loop

Revision: 09437fd61115
Revises: 30aa0d9b502d
"""

import sqlalchemy as sa
from alembic import op


revision = '09437fd61115'
down_revision = '30aa0d9b502d'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('note_templates',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('owner_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('aim', sa.String(length=10), nullable=False),
    sa.Column('cause', sa.String(length=30), nullable=False),
    sa.Column('hears', sa.Text(), nullable=False),
    sa.Column('instead', sa.Text(), nullable=False),
    sa.Column('is_shared', sa.Boolean(), nullable=False),
    sa.Column('used', sa.Integer(), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('deleted_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['owner_id'], ['users.id'], name=op.f('fk_note_templates_owner_id_users'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_note_templates'))
    )
    with op.batch_alter_table('note_templates', schema=None) as batch_op:
        batch_op.create_index('ix_note_templates_owner', ['owner_id', 'name'], unique=False)

    op.create_table('notice_preferences',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('delivery', sa.String(length=10), nullable=False),
    sa.Column('digest_at', sa.Integer(), nullable=False),
    sa.Column('quiet_from', sa.Integer(), nullable=False),
    sa.Column('quiet_to', sa.Integer(), nullable=False),
    sa.Column('unsubscribe_token', sa.String(length=64), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_notice_preferences_user_id_users'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notice_preferences')),
    sa.UniqueConstraint('unsubscribe_token', name=op.f('uq_notice_preferences_unsubscribe_token')),
    sa.UniqueConstraint('user_id', name=op.f('uq_notice_preferences_user_id'))
    )
    op.create_table('notices',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('subject', sa.String(length=60), nullable=False),
    sa.Column('values', sa.JSON(), nullable=False),
    sa.Column('path', sa.String(length=300), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('emailed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_notices_user_id_users'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notices'))
    )
    with op.batch_alter_table('notices', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_notices_emailed_at'), ['emailed_at'], unique=False)
        batch_op.create_index('ix_notices_user', ['user_id', 'seen_at', 'created_at'], unique=False)

    op.create_table('coaching_periods',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('agent_id', sa.Integer(), nullable=False),
    sa.Column('campaign_id', sa.Integer(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('daily_quota', sa.Integer(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('told_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('cancelled_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['agent_id'], ['users.id'], name=op.f('fk_coaching_periods_agent_id_users'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['author_id'], ['users.id'], name=op.f('fk_coaching_periods_author_id_users'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaigns.id'], name=op.f('fk_coaching_periods_campaign_id_campaigns'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_coaching_periods'))
    )
    with op.batch_alter_table('coaching_periods', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_coaching_periods_agent_id'), ['agent_id'], unique=False)

    op.create_table('drill_sets',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('campaign_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('is_immersion', sa.Boolean(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('archived_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['author_id'], ['users.id'], name=op.f('fk_drill_sets_author_id_users'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaigns.id'], name=op.f('fk_drill_sets_campaign_id_campaigns'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_drill_sets'))
    )
    with op.batch_alter_table('drill_sets', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_drill_sets_campaign_id'), ['campaign_id'], unique=False)

    op.create_table('sharing_consents',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('agent_id', sa.Integer(), nullable=False),
    sa.Column('call_id', sa.Integer(), nullable=False),
    sa.Column('start_ms', sa.Integer(), nullable=False),
    sa.Column('end_ms', sa.Integer(), nullable=False),
    sa.Column('asked_by_id', sa.Integer(), nullable=True),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('given_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('refused_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['agent_id'], ['users.id'], name=op.f('fk_sharing_consents_agent_id_users'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['asked_by_id'], ['users.id'], name=op.f('fk_sharing_consents_asked_by_id_users'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['call_id'], ['calls.id'], name=op.f('fk_sharing_consents_call_id_calls'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sharing_consents'))
    )
    with op.batch_alter_table('sharing_consents', schema=None) as batch_op:
        batch_op.create_index('ix_sharing_consents_agent', ['agent_id', 'call_id'], unique=False)

    op.create_table('disputes',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('call_id', sa.Integer(), nullable=False),
    sa.Column('agent_id', sa.Integer(), nullable=True),
    sa.Column('note_id', sa.Integer(), nullable=True),
    sa.Column('verdict_id', sa.Integer(), nullable=True),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('counter_call_id', sa.Integer(), nullable=True),
    sa.Column('counter_start_ms', sa.Integer(), nullable=True),
    sa.Column('counter_end_ms', sa.Integer(), nullable=True),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answer', sa.Text(), nullable=False),
    sa.Column('answered_by_id', sa.Integer(), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['agent_id'], ['users.id'], name=op.f('fk_disputes_agent_id_users'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['answered_by_id'], ['users.id'], name=op.f('fk_disputes_answered_by_id_users'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['call_id'], ['calls.id'], name=op.f('fk_disputes_call_id_calls'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['counter_call_id'], ['calls.id'], name=op.f('fk_disputes_counter_call_id_calls'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['note_id'], ['notes.id'], name=op.f('fk_disputes_note_id_notes'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['verdict_id'], ['verdicts.id'], name=op.f('fk_disputes_verdict_id_verdicts'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_disputes'))
    )
    with op.batch_alter_table('disputes', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_disputes_call_id'), ['call_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_disputes_note_id'), ['note_id'], unique=False)
        batch_op.create_index('ix_disputes_open', ['state', 'created_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_disputes_verdict_id'), ['verdict_id'], unique=False)

    op.create_table('drills',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('campaign_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('title', sa.String(length=120), nullable=False),
    sa.Column('situation', sa.String(length=30), nullable=False),
    sa.Column('instructions', sa.Text(), nullable=False),
    sa.Column('note_id', sa.Integer(), nullable=True),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('row_version', sa.Integer(), nullable=False),
    sa.Column('archived_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['author_id'], ['users.id'], name=op.f('fk_drills_author_id_users'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaigns.id'], name=op.f('fk_drills_campaign_id_campaigns'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['note_id'], ['notes.id'], name=op.f('fk_drills_note_id_notes'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_drills'))
    )
    with op.batch_alter_table('drills', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_drills_campaign_id'), ['campaign_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_drills_situation'), ['situation'], unique=False)

    op.create_table('note_calls',
    sa.Column('note_id', sa.Integer(), nullable=False),
    sa.Column('call_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['call_id'], ['calls.id'], name=op.f('fk_note_calls_call_id_calls'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['note_id'], ['notes.id'], name=op.f('fk_note_calls_note_id_notes'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('note_id', 'call_id', name=op.f('pk_note_calls'))
    )
    with op.batch_alter_table('note_calls', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_note_calls_call_id'), ['call_id'], unique=False)

    op.create_table('note_mentions',
    sa.Column('note_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['note_id'], ['notes.id'], name=op.f('fk_note_mentions_note_id_notes'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_note_mentions_user_id_users'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('note_id', 'user_id', name=op.f('pk_note_mentions'))
    )
    with op.batch_alter_table('note_mentions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_note_mentions_user_id'), ['user_id'], unique=False)

    op.create_table('note_readers',
    sa.Column('note_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['note_id'], ['notes.id'], name=op.f('fk_note_readers_note_id_notes'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_note_readers_user_id_users'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('note_id', 'user_id', name=op.f('pk_note_readers'))
    )
    with op.batch_alter_table('note_readers', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_note_readers_user_id'), ['user_id'], unique=False)

    op.create_table('objectives',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('agent_id', sa.Integer(), nullable=False),
    sa.Column('campaign_id', sa.Integer(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('text', sa.String(length=300), nullable=False),
    sa.Column('measure', sa.String(length=10), nullable=False),
    sa.Column('subject', sa.String(length=60), nullable=False),
    sa.Column('bound', sa.Double(), nullable=True),
    sa.Column('is_upper', sa.Boolean(), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('note_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('row_version', sa.Integer(), nullable=False),
    sa.Column('agreed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('counter_text', sa.Text(), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closing', sa.String(length=10), nullable=False),
    sa.Column('closing_text', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['agent_id'], ['users.id'], name=op.f('fk_objectives_agent_id_users'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['author_id'], ['users.id'], name=op.f('fk_objectives_author_id_users'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaigns.id'], name=op.f('fk_objectives_campaign_id_campaigns'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['note_id'], ['notes.id'], name=op.f('fk_objectives_note_id_notes'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_objectives'))
    )
    with op.batch_alter_table('objectives', schema=None) as batch_op:
        batch_op.create_index('ix_objectives_agent', ['agent_id', 'ends_on'], unique=False)

    op.create_table('rechecks',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('note_id', sa.Integer(), nullable=False),
    sa.Column('agent_id', sa.Integer(), nullable=True),
    sa.Column('campaign_id', sa.Integer(), nullable=False),
    sa.Column('sign', sa.String(length=12), nullable=False),
    sa.Column('subject', sa.String(length=120), nullable=False),
    sa.Column('bound', sa.Double(), nullable=True),
    sa.Column('is_upper', sa.Boolean(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_by_id', sa.Integer(), nullable=True),
    sa.Column('reopened', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['agent_id'], ['users.id'], name=op.f('fk_rechecks_agent_id_users'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaigns.id'], name=op.f('fk_rechecks_campaign_id_campaigns'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['closed_by_id'], ['users.id'], name=op.f('fk_rechecks_closed_by_id_users'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['note_id'], ['notes.id'], name=op.f('fk_rechecks_note_id_notes'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rechecks')),
    sa.UniqueConstraint('note_id', name=op.f('uq_rechecks_note_id'))
    )
    with op.batch_alter_table('rechecks', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_rechecks_agent_id'), ['agent_id'], unique=False)

    op.create_table('before_after',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('recheck_id', sa.Integer(), nullable=False),
    sa.Column('after_call_id', sa.Integer(), nullable=False),
    sa.Column('after_channel', sa.Integer(), nullable=False),
    sa.Column('after_start_ms', sa.Integer(), nullable=False),
    sa.Column('after_end_ms', sa.Integer(), nullable=False),
    sa.Column('after_quote', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('confirmed_by_id', sa.Integer(), nullable=True),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('kept_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('offered_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['after_call_id'], ['calls.id'], name=op.f('fk_before_after_after_call_id_calls'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['confirmed_by_id'], ['users.id'], name=op.f('fk_before_after_confirmed_by_id_users'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['recheck_id'], ['rechecks.id'], name=op.f('fk_before_after_recheck_id_rechecks'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_before_after')),
    sa.UniqueConstraint('recheck_id', 'after_call_id', name=op.f('uq_before_after_recheck_id_after_call_id'))
    )
    op.create_table('drill_set_items',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('set_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('drill_id', sa.Integer(), nullable=True),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('call_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['call_id'], ['calls.id'], name=op.f('fk_drill_set_items_call_id_calls'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['drill_id'], ['drills.id'], name=op.f('fk_drill_set_items_drill_id_drills'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['set_id'], ['drill_sets.id'], name=op.f('fk_drill_set_items_set_id_drill_sets'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_drill_set_items')),
    sa.UniqueConstraint('set_id', 'position', name=op.f('uq_drill_set_items_set_id_position'))
    )
    op.create_table('drill_steps',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('drill_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('call_id', sa.Integer(), nullable=True),
    sa.Column('start_ms', sa.Integer(), nullable=False),
    sa.Column('end_ms', sa.Integer(), nullable=False),
    sa.Column('prospect_text', sa.Text(), nullable=False),
    sa.Column('original_text', sa.Text(), nullable=False),
    sa.Column('original_start_ms', sa.Integer(), nullable=True),
    sa.Column('original_end_ms', sa.Integer(), nullable=True),
    sa.Column('example_text', sa.Text(), nullable=False),
    sa.Column('example_file_id', sa.Integer(), nullable=True),
    sa.Column('mark_ms', sa.Integer(), nullable=True),
    sa.Column('is_audible', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['call_id'], ['calls.id'], name=op.f('fk_drill_steps_call_id_calls'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['drill_id'], ['drills.id'], name=op.f('fk_drill_steps_drill_id_drills'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['example_file_id'], ['stored_files.id'], name=op.f('fk_drill_steps_example_file_id_stored_files'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_drill_steps')),
    sa.UniqueConstraint('drill_id', 'position', name=op.f('uq_drill_steps_drill_id_position'))
    )
    with op.batch_alter_table('drill_steps', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_drill_steps_call_id'), ['call_id'], unique=False)

    op.create_table('recheck_listens',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('recheck_id', sa.Integer(), nullable=False),
    sa.Column('call_id', sa.Integer(), nullable=False),
    sa.Column('is_before', sa.Boolean(), nullable=False),
    sa.Column('is_drawn', sa.Boolean(), nullable=False),
    sa.Column('is_detected', sa.Boolean(), nullable=True),
    sa.Column('value', sa.Double(), nullable=True),
    sa.Column('channel', sa.Integer(), nullable=True),
    sa.Column('start_ms', sa.Integer(), nullable=True),
    sa.Column('end_ms', sa.Integer(), nullable=True),
    sa.Column('heard', sa.String(length=16), nullable=True),
    sa.Column('heard_by_id', sa.Integer(), nullable=True),
    sa.Column('heard_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['call_id'], ['calls.id'], name=op.f('fk_recheck_listens_call_id_calls'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['heard_by_id'], ['users.id'], name=op.f('fk_recheck_listens_heard_by_id_users'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['recheck_id'], ['rechecks.id'], name=op.f('fk_recheck_listens_recheck_id_rechecks'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recheck_listens')),
    sa.UniqueConstraint('recheck_id', 'call_id', name=op.f('uq_recheck_listens_recheck_id_call_id'))
    )
    with op.batch_alter_table('recheck_listens', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_recheck_listens_call_id'), ['call_id'], unique=False)
        batch_op.create_index('ix_recheck_listens_open', ['recheck_id', 'heard_at'], unique=False)

    op.create_table('drill_assignments',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('agent_id', sa.Integer(), nullable=False),
    sa.Column('drill_id', sa.Integer(), nullable=True),
    sa.Column('item_id', sa.Integer(), nullable=True),
    sa.Column('assigned_by_id', sa.Integer(), nullable=True),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('cancelled_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['agent_id'], ['users.id'], name=op.f('fk_drill_assignments_agent_id_users'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['assigned_by_id'], ['users.id'], name=op.f('fk_drill_assignments_assigned_by_id_users'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['drill_id'], ['drills.id'], name=op.f('fk_drill_assignments_drill_id_drills'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['item_id'], ['drill_set_items.id'], name=op.f('fk_drill_assignments_item_id_drill_set_items'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_drill_assignments'))
    )
    with op.batch_alter_table('drill_assignments', schema=None) as batch_op:
        batch_op.create_index('ix_drill_assignments_agent', ['agent_id', 'done_at', 'due_on'], unique=False)

    op.create_table('drill_attempts',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('assignment_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('mark', sa.String(length=10), nullable=True),
    sa.Column('remark', sa.Text(), nullable=False),
    sa.Column('marked_by_id', sa.Integer(), nullable=True),
    sa.Column('marked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['assignment_id'], ['drill_assignments.id'], name=op.f('fk_drill_attempts_assignment_id_drill_assignments'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['marked_by_id'], ['users.id'], name=op.f('fk_drill_attempts_marked_by_id_users'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_drill_attempts'))
    )
    with op.batch_alter_table('drill_attempts', schema=None) as batch_op:
        batch_op.create_index('ix_drill_attempts_assignment', ['assignment_id', 'state'], unique=False)

    op.create_table('drill_answers',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('attempt_id', sa.Integer(), nullable=False),
    sa.Column('step_id', sa.Integer(), nullable=False),
    sa.Column('file_id', sa.Integer(), nullable=True),
    sa.Column('duration_ms', sa.Integer(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('is_typed', sa.Boolean(), nullable=False),
    sa.Column('silence_ms', sa.Integer(), nullable=True),
    sa.Column('taps', sa.JSON(), nullable=False),
    sa.Column('measures', sa.JSON(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('failure', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['attempt_id'], ['drill_attempts.id'], name=op.f('fk_drill_answers_attempt_id_drill_attempts'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['file_id'], ['stored_files.id'], name=op.f('fk_drill_answers_file_id_stored_files'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['step_id'], ['drill_steps.id'], name=op.f('fk_drill_answers_step_id_drill_steps'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_drill_answers')),
    sa.UniqueConstraint('attempt_id', 'step_id', name=op.f('uq_drill_answers_attempt_id_step_id'))
    )
    with op.batch_alter_table('campaigns', schema=None) as batch_op:
        batch_op.add_column(sa.Column('agent_audio', sa.String(length=10), server_default='yes', nullable=False))
        batch_op.add_column(sa.Column('dispute_hours', sa.Integer(), server_default='48', nullable=False))
        batch_op.add_column(sa.Column('weekly_recordings', sa.Integer(), server_default='2', nullable=False))

    with op.batch_alter_table('notes', schema=None) as batch_op:
        batch_op.add_column(sa.Column('scope', sa.String(length=10), server_default='moment', nullable=False))
        batch_op.add_column(sa.Column('voice_file_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('voice_ms', sa.Integer(), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('voice_text', sa.Text(), server_default='', nullable=False))
        batch_op.create_foreign_key(batch_op.f('fk_notes_voice_file_id_stored_files'), 'stored_files', ['voice_file_id'], ['id'], ondelete='SET NULL')



def downgrade() -> None:
    with op.batch_alter_table('notes', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_notes_voice_file_id_stored_files'), type_='foreignkey')
        batch_op.drop_column('voice_text')
        batch_op.drop_column('voice_ms')
        batch_op.drop_column('voice_file_id')
        batch_op.drop_column('scope')

    with op.batch_alter_table('campaigns', schema=None) as batch_op:
        batch_op.drop_column('weekly_recordings')
        batch_op.drop_column('dispute_hours')
        batch_op.drop_column('agent_audio')

    op.drop_table('drill_answers')
    with op.batch_alter_table('drill_attempts', schema=None) as batch_op:
        batch_op.drop_index('ix_drill_attempts_assignment')

    op.drop_table('drill_attempts')
    with op.batch_alter_table('drill_assignments', schema=None) as batch_op:
        batch_op.drop_index('ix_drill_assignments_agent')

    op.drop_table('drill_assignments')
    with op.batch_alter_table('recheck_listens', schema=None) as batch_op:
        batch_op.drop_index('ix_recheck_listens_open')
        batch_op.drop_index(batch_op.f('ix_recheck_listens_call_id'))

    op.drop_table('recheck_listens')
    with op.batch_alter_table('drill_steps', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_drill_steps_call_id'))

    op.drop_table('drill_steps')
    op.drop_table('drill_set_items')
    op.drop_table('before_after')
    with op.batch_alter_table('rechecks', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_rechecks_agent_id'))

    op.drop_table('rechecks')
    with op.batch_alter_table('objectives', schema=None) as batch_op:
        batch_op.drop_index('ix_objectives_agent')

    op.drop_table('objectives')
    with op.batch_alter_table('note_readers', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_note_readers_user_id'))

    op.drop_table('note_readers')
    with op.batch_alter_table('note_mentions', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_note_mentions_user_id'))

    op.drop_table('note_mentions')
    with op.batch_alter_table('note_calls', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_note_calls_call_id'))

    op.drop_table('note_calls')
    with op.batch_alter_table('drills', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_drills_situation'))
        batch_op.drop_index(batch_op.f('ix_drills_campaign_id'))

    op.drop_table('drills')
    with op.batch_alter_table('disputes', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_disputes_verdict_id'))
        batch_op.drop_index('ix_disputes_open')
        batch_op.drop_index(batch_op.f('ix_disputes_note_id'))
        batch_op.drop_index(batch_op.f('ix_disputes_call_id'))

    op.drop_table('disputes')
    with op.batch_alter_table('sharing_consents', schema=None) as batch_op:
        batch_op.drop_index('ix_sharing_consents_agent')

    op.drop_table('sharing_consents')
    with op.batch_alter_table('drill_sets', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_drill_sets_campaign_id'))

    op.drop_table('drill_sets')
    with op.batch_alter_table('coaching_periods', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_coaching_periods_agent_id'))

    op.drop_table('coaching_periods')
    with op.batch_alter_table('notices', schema=None) as batch_op:
        batch_op.drop_index('ix_notices_user')
        batch_op.drop_index(batch_op.f('ix_notices_emailed_at'))

    op.drop_table('notices')
    op.drop_table('notice_preferences')
    with op.batch_alter_table('note_templates', schema=None) as batch_op:
        batch_op.drop_index('ix_note_templates_owner')

    op.drop_table('note_templates')
