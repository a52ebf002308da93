"""What the database itself refuses: rewriting evidence, and a release by the person who put it in."""

from django.db import migrations

from core.append_only import refuse_change_sql

APPEND_ONLY = ("evidence_item", "evidence_content", "evidence_event", "evidence_gradeevent")

SECOND_PERSON = """
CREATE FUNCTION evidence_released_by_another() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.kind = 'released' AND EXISTS (
        SELECT 1 FROM evidence_item item WHERE item.id = NEW.item_id AND item.uploaded_by_id = NEW.actor_id
    ) THEN
        RAISE EXCEPTION 'evidence %: who put it in does not release it', NEW.item_id
            USING ERRCODE = 'check_violation', TABLE = 'evidence_event', CONSTRAINT = 'evidence_released_by_another';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER evidence_released_by_another BEFORE INSERT ON evidence_event
    FOR EACH ROW EXECUTE FUNCTION evidence_released_by_another();
"""

SECOND_PERSON_REVERSE = """
DROP TRIGGER evidence_released_by_another ON evidence_event;
DROP FUNCTION evidence_released_by_another();
"""


class Migration(migrations.Migration):
    dependencies = [("evidence", "0001_initial")]

    operations = [
        *(migrations.RunSQL(*refuse_change_sql(table)) for table in APPEND_ONLY),
        migrations.RunSQL(SECOND_PERSON, SECOND_PERSON_REVERSE),
    ]
