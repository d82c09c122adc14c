"""Script library

Revision: 4e968aa8a502
Revises: 09437fd61115
"""

import sqlalchemy as sa
from alembic import op


revision = '4e968aa8a502'
down_revision = '09437fd61115'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('expressions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('campaign_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('phrase', sa.String(length=200), nullable=False),
    sa.Column('hears', sa.JSON(), nullable=False),
    sa.Column('instead', sa.Text(), nullable=False),
    sa.Column('voice_file_id', sa.Integer(), nullable=True),
    sa.Column('voice_ms', sa.Integer(), nullable=False),
    sa.Column('voice_text', sa.Text(), nullable=False),
    sa.Column('drill_id', sa.Integer(), nullable=True),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('row_version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('removed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['author_id'], ['users.id'], name=op.f('fk_expressions_author_id_users'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaigns.id'], name=op.f('fk_expressions_campaign_id_campaigns'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['drill_id'], ['drills.id'], name=op.f('fk_expressions_drill_id_drills'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['voice_file_id'], ['stored_files.id'], name=op.f('fk_expressions_voice_file_id_stored_files'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_expressions'))
    )
    with op.batch_alter_table('expressions', schema=None) as batch_op:
        batch_op.create_index('ix_expressions_campaign', ['campaign_id', 'kind'], unique=False)

    op.create_table('expression_edits',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('expression_id', sa.Integer(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('action', sa.String(length=10), nullable=False),
    sa.Column('said', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['author_id'], ['users.id'], name=op.f('fk_expression_edits_author_id_users'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['expression_id'], ['expressions.id'], name=op.f('fk_expression_edits_expression_id_expressions'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_expression_edits'))
    )
    with op.batch_alter_table('expression_edits', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_expression_edits_expression_id'), ['expression_id'], unique=False)

    op.create_table('kept_findings',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('campaign_id', sa.Integer(), nullable=False),
    sa.Column('week', sa.Date(), nullable=False),
    sa.Column('signal', sa.String(length=15), nullable=False),
    sa.Column('label', sa.String(length=80), nullable=False),
    sa.Column('used_for', sa.String(length=10), nullable=False),
    sa.Column('counts', sa.JSON(), nullable=False),
    sa.Column('remark', sa.Text(), nullable=False),
    sa.Column('kept_by_id', sa.Integer(), nullable=True),
    sa.Column('kept_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaigns.id'], name=op.f('fk_kept_findings_campaign_id_campaigns'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['kept_by_id'], ['users.id'], name=op.f('fk_kept_findings_kept_by_id_users'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_kept_findings')),
    sa.UniqueConstraint('campaign_id', 'week', 'signal', 'label', 'used_for', name=op.f('uq_kept_findings_campaign_id_week_signal_label_used_for'))
    )
    with op.batch_alter_table('kept_findings', schema=None) as batch_op:
        batch_op.create_index('ix_kept_findings_week', ['campaign_id', 'week'], unique=False)

    op.create_table('debriefed_pairs',
    sa.Column('pair_id', sa.Integer(), nullable=False),
    sa.Column('done_by_id', sa.Integer(), nullable=True),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['done_by_id'], ['users.id'], name=op.f('fk_debriefed_pairs_done_by_id_users'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['pair_id'], ['before_after.id'], name=op.f('fk_debriefed_pairs_pair_id_before_after'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('pair_id', name=op.f('pk_debriefed_pairs'))
    )
    op.create_table('scripts',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('campaign_id', sa.Integer(), nullable=False),
    sa.Column('approver_id', sa.Integer(), nullable=True),
    sa.Column('deputy_id', sa.Integer(), nullable=True),
    sa.Column('approval_hours', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['approver_id'], ['users.id'], name=op.f('fk_scripts_approver_id_users'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaigns.id'], name=op.f('fk_scripts_campaign_id_campaigns'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['deputy_id'], ['users.id'], name=op.f('fk_scripts_deputy_id_users'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_scripts')),
    sa.UniqueConstraint('campaign_id', name=op.f('uq_scripts_campaign_id'))
    )
    op.create_table('sponsor_letters',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('campaign_id', sa.Integer(), nullable=False),
    sa.Column('week', sa.Date(), nullable=False),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('row_version', sa.Integer(), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('sent_by_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['author_id'], ['users.id'], name=op.f('fk_sponsor_letters_author_id_users'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaigns.id'], name=op.f('fk_sponsor_letters_campaign_id_campaigns'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['sent_by_id'], ['users.id'], name=op.f('fk_sponsor_letters_sent_by_id_users'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sponsor_letters')),
    sa.UniqueConstraint('campaign_id', 'week', name=op.f('uq_sponsor_letters_campaign_id_week'))
    )
    op.create_table('watched_terms',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('campaign_id', sa.Integer(), nullable=False),
    sa.Column('signal', sa.String(length=15), nullable=False),
    sa.Column('label', sa.String(length=80), nullable=False),
    sa.Column('spellings', sa.JSON(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('removed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['author_id'], ['users.id'], name=op.f('fk_watched_terms_author_id_users'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaigns.id'], name=op.f('fk_watched_terms_campaign_id_campaigns'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_watched_terms')),
    sa.UniqueConstraint('campaign_id', 'signal', 'label', name=op.f('uq_watched_terms_campaign_id_signal_label'))
    )
    op.create_table('script_lines',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('script_id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=32), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['script_id'], ['scripts.id'], name=op.f('fk_script_lines_script_id_scripts'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_script_lines')),
    sa.UniqueConstraint('script_id', 'key', name=op.f('uq_script_lines_script_id_key'))
    )
    op.create_table('script_versions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('script_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('based_on_id', sa.Integer(), nullable=True),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('submitted_by_id', sa.Integer(), nullable=True),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('needed_approval', sa.Boolean(), nullable=True),
    sa.Column('reminded_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('deputy_asked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('retired_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['author_id'], ['users.id'], name=op.f('fk_script_versions_author_id_users'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['based_on_id'], ['script_versions.id'], name=op.f('fk_script_versions_based_on_id_script_versions'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['script_id'], ['scripts.id'], name=op.f('fk_script_versions_script_id_scripts'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['submitted_by_id'], ['users.id'], name=op.f('fk_script_versions_submitted_by_id_users'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_script_versions')),
    sa.UniqueConstraint('script_id', 'number', name=op.f('uq_script_versions_script_id_number'))
    )
    with op.batch_alter_table('script_versions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_script_versions_submitted_at'), ['submitted_at'], unique=False)

    op.create_table('briefing_readings',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('version_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_briefing_readings_user_id_users'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['version_id'], ['script_versions.id'], name=op.f('fk_briefing_readings_version_id_script_versions'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_briefing_readings')),
    sa.UniqueConstraint('version_id', 'user_id', name=op.f('uq_briefing_readings_version_id_user_id'))
    )
    with op.batch_alter_table('briefing_readings', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_briefing_readings_user_id'), ['user_id'], unique=False)

    op.create_table('change_requests',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('script_id', sa.Integer(), nullable=False),
    sa.Column('line_id', sa.Integer(), nullable=True),
    sa.Column('section_kind', sa.String(length=15), nullable=False),
    sa.Column('persona', sa.String(length=80), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('current_text', sa.Text(), nullable=False),
    sa.Column('proposed_text', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('answer', sa.Text(), nullable=False),
    sa.Column('finding', sa.JSON(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_by_id', sa.Integer(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('merged_version_id', sa.Integer(), nullable=True),
    sa.Column('told_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('row_version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['author_id'], ['users.id'], name=op.f('fk_change_requests_author_id_users'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['decided_by_id'], ['users.id'], name=op.f('fk_change_requests_decided_by_id_users'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['line_id'], ['script_lines.id'], name=op.f('fk_change_requests_line_id_script_lines'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['merged_version_id'], ['script_versions.id'], name=op.f('fk_change_requests_merged_version_id_script_versions'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['script_id'], ['scripts.id'], name=op.f('fk_change_requests_script_id_scripts'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_change_requests'))
    )
    with op.batch_alter_table('change_requests', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_change_requests_line_id'), ['line_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_change_requests_merged_version_id'), ['merged_version_id'], unique=False)
        batch_op.create_index('ix_change_requests_script', ['script_id', 'state'], unique=False)

    op.create_table('script_decisions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('version_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('comment', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_script_decisions_user_id_users'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['version_id'], ['script_versions.id'], name=op.f('fk_script_decisions_version_id_script_versions'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_script_decisions'))
    )
    with op.batch_alter_table('script_decisions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_script_decisions_version_id'), ['version_id'], unique=False)

    op.create_table('script_edits',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('version_id', sa.Integer(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('action', sa.String(length=20), nullable=False),
    sa.Column('subject', sa.String(length=32), nullable=False),
    sa.Column('before', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['author_id'], ['users.id'], name=op.f('fk_script_edits_author_id_users'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['version_id'], ['script_versions.id'], name=op.f('fk_script_edits_version_id_script_versions'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_script_edits')),
    sa.UniqueConstraint('version_id', 'revision', name=op.f('uq_script_edits_version_id_revision'))
    )
    op.create_table('script_releases',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('version_id', sa.Integer(), nullable=False),
    sa.Column('team_id', sa.Integer(), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('end_reason', sa.String(length=10), nullable=True),
    sa.Column('set_by_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('announced_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['set_by_id'], ['users.id'], name=op.f('fk_script_releases_set_by_id_users'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['team_id'], ['teams.id'], name=op.f('fk_script_releases_team_id_teams'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['version_id'], ['script_versions.id'], name=op.f('fk_script_releases_version_id_script_versions'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_script_releases'))
    )
    with op.batch_alter_table('script_releases', schema=None) as batch_op:
        batch_op.create_index('ix_script_releases_team', ['team_id', 'starts_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_script_releases_version_id'), ['version_id'], unique=False)

    op.create_table('trials',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('line_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=160), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('measure', sa.String(length=10), nullable=False),
    sa.Column('assigning', sa.String(length=10), nullable=False),
    sa.Column('baseline', sa.Double(), nullable=False),
    sa.Column('least_difference', sa.Double(), nullable=False),
    sa.Column('alpha', sa.Double(), nullable=False),
    sa.Column('power', sa.Double(), nullable=False),
    sa.Column('needed_days', sa.Integer(), nullable=False),
    sa.Column('seed', sa.Integer(), nullable=False),
    sa.Column('team_ids', sa.JSON(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('started_on', sa.Date(), nullable=True),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.Column('conclusion', sa.Text(), nullable=False),
    sa.Column('result', sa.JSON(), nullable=False),
    sa.Column('version_id', sa.Integer(), nullable=True),
    sa.Column('row_version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['author_id'], ['users.id'], name=op.f('fk_trials_author_id_users'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['line_id'], ['script_lines.id'], name=op.f('fk_trials_line_id_script_lines'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['version_id'], ['script_versions.id'], name=op.f('fk_trials_version_id_script_versions'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_trials'))
    )
    with op.batch_alter_table('trials', schema=None) as batch_op:
        batch_op.create_index('ix_trials_line', ['line_id', 'state'], unique=False)

    op.create_table('pinned_examples',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('line_id', sa.Integer(), nullable=False),
    sa.Column('call_id', sa.Integer(), nullable=False),
    sa.Column('start_ms', sa.Integer(), nullable=False),
    sa.Column('end_ms', sa.Integer(), nullable=False),
    sa.Column('is_good', sa.Boolean(), nullable=False),
    sa.Column('quote', sa.Text(), nullable=False),
    sa.Column('caption', sa.Text(), nullable=False),
    sa.Column('pinned_by_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('removed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['call_id'], ['calls.id'], name=op.f('fk_pinned_examples_call_id_calls'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['line_id'], ['script_lines.id'], name=op.f('fk_pinned_examples_line_id_script_lines'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['pinned_by_id'], ['users.id'], name=op.f('fk_pinned_examples_pinned_by_id_users'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pinned_examples'))
    )
    with op.batch_alter_table('pinned_examples', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_pinned_examples_call_id'), ['call_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_pinned_examples_line_id'), ['line_id'], unique=False)

    op.create_table('trial_arms',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('trial_id', sa.Integer(), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['trial_id'], ['trials.id'], name=op.f('fk_trial_arms_trial_id_trials'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_trial_arms')),
    sa.UniqueConstraint('trial_id', 'place', name=op.f('uq_trial_arms_trial_id_place'))
    )
    op.create_table('trial_looks',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('trial_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('figures', sa.JSON(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['trial_id'], ['trials.id'], name=op.f('fk_trial_looks_trial_id_trials'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_trial_looks')),
    sa.UniqueConstraint('trial_id', 'day', name=op.f('uq_trial_looks_trial_id_day'))
    )
    op.create_table('trial_days',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('trial_id', sa.Integer(), nullable=False),
    sa.Column('agent_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('arm_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['agent_id'], ['users.id'], name=op.f('fk_trial_days_agent_id_users'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['arm_id'], ['trial_arms.id'], name=op.f('fk_trial_days_arm_id_trial_arms'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['trial_id'], ['trials.id'], name=op.f('fk_trial_days_trial_id_trials'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_trial_days')),
    sa.UniqueConstraint('trial_id', 'agent_id', 'day', name=op.f('uq_trial_days_trial_id_agent_id_day'))
    )
    with op.batch_alter_table('trial_days', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_trial_days_agent_id'), ['agent_id'], unique=False)

    op.create_table('call_fits',
    sa.Column('call_id', sa.Integer(), nullable=False),
    sa.Column('version_id', sa.Integer(), nullable=False),
    sa.Column('analysis_id', sa.Integer(), nullable=True),
    sa.Column('engine', sa.Integer(), nullable=False),
    sa.Column('is_outdated', sa.Boolean(), nullable=False),
    sa.Column('reason', sa.String(length=120), nullable=False),
    sa.Column('fitted_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['analysis_id'], ['analysis_runs.id'], name=op.f('fk_call_fits_analysis_id_analysis_runs'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['call_id'], ['calls.id'], name=op.f('fk_call_fits_call_id_calls'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['version_id'], ['script_versions.id'], name=op.f('fk_call_fits_version_id_script_versions'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('call_id', name=op.f('pk_call_fits'))
    )
    with op.batch_alter_table('call_fits', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_call_fits_version_id'), ['version_id'], unique=False)

    op.create_table('trial_calls',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('trial_id', sa.Integer(), nullable=False),
    sa.Column('call_id', sa.Integer(), nullable=False),
    sa.Column('day_id', sa.Integer(), nullable=False),
    sa.Column('said_arm_id', sa.Integer(), nullable=True),
    sa.Column('has_succeeded', sa.Boolean(), nullable=False),
    sa.Column('counted_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['call_id'], ['calls.id'], name=op.f('fk_trial_calls_call_id_calls'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['day_id'], ['trial_days.id'], name=op.f('fk_trial_calls_day_id_trial_days'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['said_arm_id'], ['trial_arms.id'], name=op.f('fk_trial_calls_said_arm_id_trial_arms'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['trial_id'], ['trials.id'], name=op.f('fk_trial_calls_trial_id_trials'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_trial_calls')),
    sa.UniqueConstraint('trial_id', 'call_id', name=op.f('uq_trial_calls_trial_id_call_id'))
    )
    with op.batch_alter_table('trial_calls', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_trial_calls_call_id'), ['call_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_trial_calls_day_id'), ['day_id'], unique=False)

    op.create_table('line_uses',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('call_id', sa.Integer(), nullable=False),
    sa.Column('line_id', sa.Integer(), nullable=False),
    sa.Column('said', sa.String(length=10), nullable=False),
    sa.Column('start_ms', sa.Integer(), nullable=True),
    sa.Column('end_ms', sa.Integer(), nullable=True),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('share', sa.Double(), nullable=False),
    sa.Column('nearness', sa.Double(), nullable=True),
    sa.Column('is_recited', sa.Boolean(), nullable=False),
    sa.Column('is_apt', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['call_id'], ['call_fits.call_id'], name=op.f('fk_line_uses_call_id_call_fits'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['line_id'], ['script_lines.id'], name=op.f('fk_line_uses_line_id_script_lines'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_line_uses')),
    sa.UniqueConstraint('call_id', 'line_id', name=op.f('uq_line_uses_call_id_line_id'))
    )
    with op.batch_alter_table('line_uses', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_line_uses_line_id'), ['line_id'], unique=False)

    op.create_table('request_evidence',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('request_id', sa.Integer(), nullable=False),
    sa.Column('note_id', sa.Integer(), nullable=True),
    sa.Column('verdict_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['note_id'], ['notes.id'], name=op.f('fk_request_evidence_note_id_notes'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['request_id'], ['change_requests.id'], name=op.f('fk_request_evidence_request_id_change_requests'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['verdict_id'], ['verdicts.id'], name=op.f('fk_request_evidence_verdict_id_verdicts'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_request_evidence')),
    sa.UniqueConstraint('request_id', 'note_id', name=op.f('uq_request_evidence_request_id_note_id')),
    sa.UniqueConstraint('request_id', 'verdict_id', name=op.f('uq_request_evidence_request_id_verdict_id'))
    )
    with op.batch_alter_table('calls', schema=None) as batch_op:
        batch_op.add_column(sa.Column('script_version_id', sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f('ix_calls_script_version_id'), ['script_version_id'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_calls_script_version_id_script_versions'), 'script_versions', ['script_version_id'], ['id'], ondelete='SET NULL')

    with op.batch_alter_table('notes', schema=None) as batch_op:
        batch_op.add_column(sa.Column('script_line_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('proposes_wording', sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.create_index(batch_op.f('ix_notes_script_line_id'), ['script_line_id'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_notes_script_line_id_script_lines'), 'script_lines', ['script_line_id'], ['id'], ondelete='SET NULL')

    with op.batch_alter_table('drill_steps', schema=None) as batch_op:
        batch_op.add_column(sa.Column('script_line_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('approved_text', sa.Text(), server_default='', nullable=False))
        batch_op.add_column(sa.Column('original_measures', sa.JSON(), server_default='{}', nullable=False))
        batch_op.create_index(batch_op.f('ix_drill_steps_script_line_id'), ['script_line_id'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_drill_steps_script_line_id_script_lines'), 'script_lines', ['script_line_id'], ['id'], ondelete='SET NULL')

    # Notices hold names and counts, never words: those of given drills once held the drill's title,
    # which quotes a prospect. Going down does not bring it back.
    notices = sa.table('notices', sa.column('kind', sa.String), sa.column('values', sa.JSON))
    op.execute(notices.update().where(notices.c.kind == 'drill.assigned').values(values={}))


def downgrade() -> None:
    with op.batch_alter_table('drill_steps', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_drill_steps_script_line_id_script_lines'), type_='foreignkey')
        batch_op.drop_index(batch_op.f('ix_drill_steps_script_line_id'))
        batch_op.drop_column('original_measures')
        batch_op.drop_column('approved_text')
        batch_op.drop_column('script_line_id')

    with op.batch_alter_table('notes', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_notes_script_line_id_script_lines'), type_='foreignkey')
        batch_op.drop_index(batch_op.f('ix_notes_script_line_id'))
        batch_op.drop_column('proposes_wording')
        batch_op.drop_column('script_line_id')

    with op.batch_alter_table('calls', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_calls_script_version_id_script_versions'), type_='foreignkey')
        batch_op.drop_index(batch_op.f('ix_calls_script_version_id'))
        batch_op.drop_column('script_version_id')

    op.drop_table('request_evidence')
    with op.batch_alter_table('line_uses', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_line_uses_line_id'))

    op.drop_table('line_uses')
    with op.batch_alter_table('trial_calls', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_trial_calls_day_id'))
        batch_op.drop_index(batch_op.f('ix_trial_calls_call_id'))

    op.drop_table('trial_calls')
    with op.batch_alter_table('call_fits', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_call_fits_version_id'))

    op.drop_table('call_fits')
    with op.batch_alter_table('trial_days', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_trial_days_agent_id'))

    op.drop_table('trial_days')
    op.drop_table('trial_looks')
    op.drop_table('trial_arms')
    with op.batch_alter_table('pinned_examples', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_pinned_examples_line_id'))
        batch_op.drop_index(batch_op.f('ix_pinned_examples_call_id'))

    op.drop_table('pinned_examples')
    with op.batch_alter_table('trials', schema=None) as batch_op:
        batch_op.drop_index('ix_trials_line')

    op.drop_table('trials')
    with op.batch_alter_table('script_releases', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_script_releases_version_id'))
        batch_op.drop_index('ix_script_releases_team')

    op.drop_table('script_releases')
    op.drop_table('script_edits')
    with op.batch_alter_table('script_decisions', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_script_decisions_version_id'))

    op.drop_table('script_decisions')
    with op.batch_alter_table('change_requests', schema=None) as batch_op:
        batch_op.drop_index('ix_change_requests_script')
        batch_op.drop_index(batch_op.f('ix_change_requests_merged_version_id'))
        batch_op.drop_index(batch_op.f('ix_change_requests_line_id'))

    op.drop_table('change_requests')
    with op.batch_alter_table('briefing_readings', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_briefing_readings_user_id'))

    op.drop_table('briefing_readings')
    with op.batch_alter_table('script_versions', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_script_versions_submitted_at'))

    op.drop_table('script_versions')
    op.drop_table('script_lines')
    op.drop_table('watched_terms')
    op.drop_table('sponsor_letters')
    op.drop_table('scripts')
    op.drop_table('debriefed_pairs')
    with op.batch_alter_table('kept_findings', schema=None) as batch_op:
        batch_op.drop_index('ix_kept_findings_week')

    op.drop_table('kept_findings')
    with op.batch_alter_table('expression_edits', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_expression_edits_expression_id'))

    op.drop_table('expression_edits')
    with op.batch_alter_table('expressions', schema=None) as batch_op:
        batch_op.drop_index('ix_expressions_campaign')

    op.drop_table('expressions')
