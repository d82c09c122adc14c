"""What verdicts teach

Revision: 30aa0d9b502d
Revises: 8e41f0a6b2d7
"""

import sqlalchemy as sa
from alembic import op


revision = '30aa0d9b502d'
down_revision = '8e41f0a6b2d7'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('campaign_bounds',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('campaign_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('value', sa.Double(), nullable=False),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaigns.id'], name=op.f('fk_campaign_bounds_campaign_id_campaigns'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_campaign_bounds')),
    sa.UniqueConstraint('campaign_id', 'name', name=op.f('uq_campaign_bounds_campaign_id_name'))
    )
    op.create_table('detector_standings',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('campaign_id', sa.Integer(), nullable=False),
    sa.Column('detector', sa.String(length=40), nullable=False),
    sa.Column('cause', sa.String(length=30), nullable=False),
    sa.Column('standing', sa.String(length=10), nullable=False),
    sa.Column('floor', sa.Double(), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaigns.id'], name=op.f('fk_detector_standings_campaign_id_campaigns'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_detector_standings')),
    sa.UniqueConstraint('campaign_id', 'detector', 'cause', name=op.f('uq_detector_standings_campaign_id_detector_cause'))
    )
    op.create_table('tuning_changes',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('campaign_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('is_automatic', sa.Boolean(), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('subject', sa.String(length=80), nullable=False),
    sa.Column('before', sa.JSON(), nullable=False),
    sa.Column('after', sa.JSON(), nullable=False),
    sa.Column('reason', sa.JSON(), nullable=False),
    sa.Column('undoes_id', sa.Integer(), nullable=True),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['author_id'], ['users.id'], name=op.f('fk_tuning_changes_author_id_users'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaigns.id'], name=op.f('fk_tuning_changes_campaign_id_campaigns'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['undoes_id'], ['tuning_changes.id'], name=op.f('fk_tuning_changes_undoes_id_tuning_changes'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tuning_changes'))
    )
    with op.batch_alter_table('tuning_changes', schema=None) as batch_op:
        batch_op.create_index('ix_tuning_changes_campaign', ['campaign_id', 'at'], unique=False)

    op.create_table('call_tags',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('call_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['author_id'], ['users.id'], name=op.f('fk_call_tags_author_id_users'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['call_id'], ['calls.id'], name=op.f('fk_call_tags_call_id_calls'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_call_tags')),
    sa.UniqueConstraint('call_id', 'name', name=op.f('uq_call_tags_call_id_name'))
    )
    with op.batch_alter_table('call_tags', schema=None) as batch_op:
        batch_op.create_index('ix_call_tags_name', ['name'], unique=False)

    op.create_table('campaign_phrases',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('campaign_id', sa.Integer(), nullable=False),
    sa.Column('role', sa.String(length=12), nullable=False),
    sa.Column('list_name', sa.String(length=40), nullable=False),
    sa.Column('text', sa.String(length=200), nullable=False),
    sa.Column('source_call_id', sa.Integer(), nullable=True),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('removed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['author_id'], ['users.id'], name=op.f('fk_campaign_phrases_author_id_users'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaigns.id'], name=op.f('fk_campaign_phrases_campaign_id_campaigns'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['source_call_id'], ['calls.id'], name=op.f('fk_campaign_phrases_source_call_id_calls'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_campaign_phrases'))
    )
    with op.batch_alter_table('campaign_phrases', schema=None) as batch_op:
        batch_op.create_index('ix_campaign_phrases_campaign', ['campaign_id', 'role', 'list_name'], unique=False)
        batch_op.create_index(batch_op.f('ix_campaign_phrases_source_call_id'), ['source_call_id'], unique=False)

    op.create_table('checks',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('call_id', sa.Integer(), nullable=False),
    sa.Column('point_id', sa.Integer(), nullable=True),
    sa.Column('channel', sa.Integer(), nullable=True),
    sa.Column('start_ms', sa.Integer(), nullable=True),
    sa.Column('end_ms', sa.Integer(), nullable=True),
    sa.Column('detector', sa.String(length=40), nullable=False),
    sa.Column('cause', sa.String(length=30), nullable=False),
    sa.Column('probability', sa.Double(), nullable=False),
    sa.Column('holder_id', sa.Integer(), nullable=True),
    sa.Column('drawn_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('not_before', sa.DateTime(timezone=True), nullable=True),
    sa.Column('length_ms', sa.Integer(), nullable=False),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decision', sa.String(length=10), nullable=True),
    sa.Column('verdict_id', sa.Integer(), nullable=True),
    sa.Column('analysis_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['analysis_id'], ['analysis_runs.id'], name=op.f('fk_checks_analysis_id_analysis_runs'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['call_id'], ['calls.id'], name=op.f('fk_checks_call_id_calls'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['holder_id'], ['users.id'], name=op.f('fk_checks_holder_id_users'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['point_id'], ['tipping_points.id'], name=op.f('fk_checks_point_id_tipping_points'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['verdict_id'], ['verdicts.id'], name=op.f('fk_checks_verdict_id_verdicts'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_checks')),
    sa.UniqueConstraint('kind', 'call_id', 'holder_id', 'point_id', name=op.f('uq_checks_kind_call_id_holder_id_point_id'))
    )
    with op.batch_alter_table('checks', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_checks_call_id'), ['call_id'], unique=False)
        batch_op.create_index('ix_checks_holder', ['holder_id', 'done_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_checks_holder_id'), ['holder_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_checks_point_id'), ['point_id'], unique=False)

    op.create_table('blind_marks',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('check_id', sa.Integer(), nullable=False),
    sa.Column('channel', sa.Integer(), nullable=False),
    sa.Column('start_ms', sa.Integer(), nullable=False),
    sa.Column('end_ms', sa.Integer(), nullable=False),
    sa.Column('valence', sa.String(length=10), nullable=False),
    sa.Column('cause', sa.String(length=30), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['check_id'], ['checks.id'], name=op.f('fk_blind_marks_check_id_checks'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_blind_marks'))
    )
    with op.batch_alter_table('blind_marks', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_blind_marks_check_id'), ['check_id'], unique=False)

    with op.batch_alter_table('analysis_runs', schema=None) as batch_op:
        batch_op.add_column(sa.Column('analysis_version', sa.Integer(), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('tuning', sa.String(length=16), server_default='', nullable=False))
        batch_op.add_column(sa.Column('breaks', sa.JSON(), server_default='[]', nullable=False))
        batch_op.add_column(sa.Column('holds', sa.JSON(), server_default='[]', nullable=False))
        batch_op.create_index(batch_op.f('ix_analysis_runs_analysis_version'), ['analysis_version'], unique=False)

    with op.batch_alter_table('campaigns', schema=None) as batch_op:
        batch_op.add_column(sa.Column('market', sa.String(length=2), server_default='FR', nullable=False))

    with op.batch_alter_table('users', schema=None) as batch_op:
        batch_op.add_column(sa.Column('native_market', sa.String(length=2), server_default='', nullable=False))
    # Until now every campaign called France, and a supervisor was by definition native to it
    op.execute("UPDATE users SET native_market = 'FR' WHERE role = 'supervisor'")

    with op.batch_alter_table('verdicts', schema=None) as batch_op:
        batch_op.add_column(sa.Column('reason', sa.String(length=12), server_default='', nullable=False))
        batch_op.add_column(sa.Column('display_probability', sa.Double(), server_default='1', nullable=False))



def downgrade() -> None:
    with op.batch_alter_table('verdicts', schema=None) as batch_op:
        batch_op.drop_column('display_probability')
        batch_op.drop_column('reason')

    with op.batch_alter_table('users', schema=None) as batch_op:
        batch_op.drop_column('native_market')

    with op.batch_alter_table('campaigns', schema=None) as batch_op:
        batch_op.drop_column('market')

    with op.batch_alter_table('analysis_runs', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_analysis_runs_analysis_version'))
        batch_op.drop_column('holds')
        batch_op.drop_column('breaks')
        batch_op.drop_column('tuning')
        batch_op.drop_column('analysis_version')

    with op.batch_alter_table('blind_marks', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_blind_marks_check_id'))

    op.drop_table('blind_marks')
    with op.batch_alter_table('checks', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_checks_point_id'))
        batch_op.drop_index(batch_op.f('ix_checks_holder_id'))
        batch_op.drop_index('ix_checks_holder')
        batch_op.drop_index(batch_op.f('ix_checks_call_id'))

    op.drop_table('checks')
    with op.batch_alter_table('campaign_phrases', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_campaign_phrases_source_call_id'))
        batch_op.drop_index('ix_campaign_phrases_campaign')

    op.drop_table('campaign_phrases')
    with op.batch_alter_table('call_tags', schema=None) as batch_op:
        batch_op.drop_index('ix_call_tags_name')

    op.drop_table('call_tags')
    with op.batch_alter_table('tuning_changes', schema=None) as batch_op:
        batch_op.drop_index('ix_tuning_changes_campaign')

    op.drop_table('tuning_changes')
    op.drop_table('detector_standings')
    op.drop_table('campaign_bounds')
