"""Kind of call: who said it, and the guess

Revision: 8e41f0a6b2d7
Revises: 5d20b7c1e9a4
"""

import sqlalchemy as sa
from alembic import op


revision = '8e41f0a6b2d7'
down_revision = '5d20b7c1e9a4'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('calls', schema=None) as batch_op:
        batch_op.add_column(sa.Column('kind_source', sa.String(length=10), server_default='analysis', nullable=False))
    # Nothing guessed before: what is not the default was said by an export or, unrecorded, a person
    op.execute("UPDATE calls SET kind_source = 'metadata' WHERE kind <> 'target'")

    with op.batch_alter_table('analysis_runs', schema=None) as batch_op:
        batch_op.add_column(sa.Column('kind', sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column('kind_confidence', sa.Double(), nullable=True))
        batch_op.add_column(sa.Column('kind_reasons', sa.JSON(), server_default='[]', nullable=False))


def downgrade() -> None:
    with op.batch_alter_table('analysis_runs', schema=None) as batch_op:
        batch_op.drop_column('kind_reasons')
        batch_op.drop_column('kind_confidence')
        batch_op.drop_column('kind')

    with op.batch_alter_table('calls', schema=None) as batch_op:
        batch_op.drop_column('kind_source')
