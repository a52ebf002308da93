"""What is published stays as it is: the database refuses every change of it but one, being superseded.

The trail of a report only grows.
"""

from django.db import migrations

from core.append_only import refuse_change_sql

FREEZE = """
CREATE FUNCTION transparency_report_is_frozen() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    compared transparency_report;
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        RAISE EXCEPTION 'reports are kept: TRUNCATE refused'
            USING ERRCODE = 'restrict_violation', TABLE = 'transparency_report',
                  CONSTRAINT = 'transparency_report_is_frozen';
    END IF;
    IF OLD.state NOT IN ('published', 'superseded') THEN
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        compared := NEW;
        compared.state := OLD.state;
        IF compared IS NOT DISTINCT FROM OLD
           AND (NEW.state = OLD.state OR (OLD.state = 'published' AND NEW.state = 'superseded')) THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'report % is published: % refused', OLD.slug, TG_OP
        USING ERRCODE = 'restrict_violation', TABLE = 'transparency_report', CONSTRAINT = 'transparency_report_is_frozen';
END $$;
CREATE TRIGGER transparency_report_is_frozen BEFORE UPDATE OR DELETE ON transparency_report
    FOR EACH ROW EXECUTE FUNCTION transparency_report_is_frozen();
CREATE TRIGGER transparency_report_is_kept BEFORE TRUNCATE ON transparency_report
    FOR EACH STATEMENT EXECUTE FUNCTION transparency_report_is_frozen();
"""

THAW = """
DROP TRIGGER transparency_report_is_kept ON transparency_report;
DROP TRIGGER transparency_report_is_frozen ON transparency_report;
DROP FUNCTION transparency_report_is_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [("transparency", "0001_initial")]

    operations = [migrations.RunSQL(FREEZE, THAW), migrations.RunSQL(*refuse_change_sql("transparency_reportstep"))]
