"""A correction invoice is a document that names the one it corrects; its sums are differences, above or below zero."""

import django.db.models.deletion
from django.db import migrations, models

SIGNS = """
CREATE FUNCTION aid_packages_part_has_its_sign() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.amount_minor <= 0
       AND EXISTS (SELECT 1 FROM aid_packages_spendingdocument WHERE id = NEW.document_id AND corrects_id IS NULL) THEN
        RAISE EXCEPTION 'document %: only a correction takes something off', NEW.document_id
            USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = 'part_has_its_sign';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER part_has_its_sign BEFORE INSERT ON aid_packages_documentsplit
    FOR EACH ROW EXECUTE FUNCTION aid_packages_part_has_its_sign();
CREATE TRIGGER part_has_its_sign BEFORE INSERT ON aid_packages_documentfunder
    FOR EACH ROW EXECUTE FUNCTION aid_packages_part_has_its_sign();

CREATE FUNCTION aid_packages_correction_fits_its_document() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM aid_packages_spendingdocument corrected
         WHERE corrected.id = NEW.corrects_id AND corrected.corrects_id IS NULL AND corrected.state = 'accepted'
           AND (corrected.allocation_id, corrected.settles, corrected.issuer_country, corrected.issuer_nip,
                corrected.issuer_id)
             = (NEW.allocation_id, NEW.settles, NEW.issuer_country, NEW.issuer_nip, NEW.issuer_id)
    ) THEN
        RAISE EXCEPTION 'document % is no accepted document of the same issuer and allocation', NEW.corrects_id
            USING ERRCODE = 'check_violation', TABLE = 'aid_packages_spendingdocument',
                  CONSTRAINT = 'correction_fits_its_document';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER correction_fits_its_document BEFORE INSERT ON aid_packages_spendingdocument
    FOR EACH ROW WHEN (NEW.corrects_id IS NOT NULL) EXECUTE FUNCTION aid_packages_correction_fits_its_document();
"""

SIGNS_REVERSE = """
DROP TRIGGER correction_fits_its_document ON aid_packages_spendingdocument;
DROP FUNCTION aid_packages_correction_fits_its_document();
DROP TRIGGER part_has_its_sign ON aid_packages_documentfunder;
DROP TRIGGER part_has_its_sign ON aid_packages_documentsplit;
DROP FUNCTION aid_packages_part_has_its_sign();
"""


class Migration(migrations.Migration):
    dependencies = [("aid_packages", "0004_an_areas_own_surplus_goes_on")]

    operations = [
        migrations.RemoveConstraint(model_name="documentfunder", name="funder_share_is_positive"),
        migrations.RemoveConstraint(model_name="documentsplit", name="split_is_positive"),
        migrations.RemoveConstraint(model_name="spendingdocument", name="document_own_share_within_total"),
        migrations.AddField(
            model_name="spendingdocument",
            name="corrects",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="corrections",
                to="aid_packages.spendingdocument",
            ),
        ),
        migrations.AddConstraint(
            model_name="documentfunder",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_minor", 0), _negated=True), name="funder_share_is_not_nothing"
            ),
        ),
        migrations.AddConstraint(
            model_name="documentsplit",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_minor", 0), _negated=True), name="split_is_not_nothing"
            ),
        ),
        migrations.AddConstraint(
            model_name="spendingdocument",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("corrects", None),
                        ("own_share_minor__gt", 0),
                        ("total_minor__gte", models.F("own_share_minor")),
                    ),
                    models.Q(("corrects__isnull", False), models.Q(("own_share_minor", 0), _negated=True)),
                    _connector="OR",
                ),
                name="document_own_share_within_total",
            ),
        ),
        migrations.RunSQL(SIGNS, SIGNS_REVERSE),
    ]
