"""What learning keeps: tokens of pieces, fine-tunes, blind trials and what people chose.

Revision 0002, after 0001; 2026-11-28.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """What learning keeps. Pieces that are there already have no tokens."""
    op.add_column("pieces", sa.Column("tokens", sa.LargeBinary(), nullable=True))
    op.create_table(
        "runs",
        sa.Column("id", ID, nullable=False),
        sa.Column("server_id", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("unfinished", sa.Boolean(), nullable=True),
        sa.Column("since", TIME, nullable=True),
        sa.Column("ratings_sha256", sa.Text(), nullable=True),
        sa.Column("ratings", sa.BigInteger(), nullable=True),
        sa.Column("pieces", sa.BigInteger(), nullable=True),
        sa.Column("raters", sa.BigInteger(), nullable=True),
        sa.Column("config", sa.JSON(), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("candidate", sa.Text(), nullable=True),
        sa.Column("verdict", sa.JSON(), nullable=True),
        sa.Column("sentence", sa.Text(), nullable=True),
        sa.Column("started_by", sa.BigInteger(), nullable=True),
        sa.Column("automatic", sa.Boolean(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=True),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("asked_at", TIME, nullable=False),
        sa.Column("started_at", TIME, nullable=True),
        sa.Column("ended_at", TIME, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["server_id"], ["servers.id"], name="fk_runs_server_id_servers", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["started_by"], ["people.id"], name="fk_runs_started_by_people", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_runs"),
        sa.UniqueConstraint("unfinished", name="uq_runs_unfinished"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_runs_server_id_id", "runs", ["server_id", "id"])
    op.create_index("ix_runs_started_by", "runs", ["started_by"])

    op.create_table(
        "trials",
        sa.Column("id", ID, nullable=False),
        sa.Column("job_id", ID, nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("piece_a", ID, nullable=False),
        sa.Column("piece_b", ID, nullable=False),
        sa.Column("model_a", sa.Text(), nullable=False),
        sa.Column("model_b", sa.Text(), nullable=False),
        sa.Column("made_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name="fk_trials_job_id_jobs", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_trials_person_id_people", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["piece_a"], ["pieces.id"], name="fk_trials_piece_a_pieces", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["piece_b"], ["pieces.id"], name="fk_trials_piece_b_pieces", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_trials"),
        sa.UniqueConstraint("job_id", name="uq_trials_job_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_trials_model_a_model_b", "trials", ["model_a", "model_b"])
    op.create_index("ix_trials_person_id", "trials", ["person_id"])
    op.create_index("ix_trials_piece_a", "trials", ["piece_a"])
    op.create_index("ix_trials_piece_b", "trials", ["piece_b"])

    op.create_table(
        "choices",
        sa.Column("trial_id", ID, nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("choice", sa.Text(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_choices_person_id_people", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["trial_id"], ["trials.id"], name="fk_choices_trial_id_trials", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("trial_id", "person_id", name="pk_choices"),
    )
    op.create_index("ix_choices_person_id", "choices", ["person_id"])
