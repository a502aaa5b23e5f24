"""The trigger that lets in no certificate which was not earned, as SQL for both databases.

Whatever writes a certificate, however it came to: the attempt must be graded and passed, belong to
the same person and enrolment, and have ended before the certificate was issued.
"""

from alembic import op

NAME = "earned_certificates"

_EARNED = """
    SELECT 1 FROM results JOIN attempts ON attempts.id = results.attempt_id
    WHERE results.attempt_id = NEW.attempt_id AND results.passed
      AND attempts.state = 'graded'
      AND attempts.enrolment_id = NEW.enrolment_id
      AND attempts.subject = NEW.subject
      AND attempts.closed_at <= NEW.issued_at
"""
_REFUSAL = "unearned: a certificate needs a passed attempt of its holder"

_FUNCTION = f"""
CREATE OR REPLACE FUNCTION refuse_unearned() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS ({_EARNED}) THEN
        RAISE EXCEPTION '{_REFUSAL}';
    END IF;
    RETURN NEW;
END $$
"""


def statements(dialect: str) -> dict[str, str]:
    """Return the trigger: name to the SQL that creates it."""
    if dialect == "sqlite":
        return {
            NAME: f"CREATE TRIGGER {NAME} BEFORE INSERT ON certificates"
            f" WHEN NOT EXISTS ({_EARNED}) BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
        }
    return {
        NAME: f"CREATE TRIGGER {NAME} BEFORE INSERT ON certificates"
        " FOR EACH ROW EXECUTE FUNCTION refuse_unearned()"
    }


def require_earned() -> None:
    """Make the trigger; `frozen.release("certificates")` drops it with the others of the table."""
    dialect = op.get_bind().dialect.name
    if dialect == "postgresql":
        op.execute(_FUNCTION)
    for sql in statements(dialect).values():
        op.execute(sql)
