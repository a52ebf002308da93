"""What the database itself refuses: packages that don't add up, documents whose parts don't, and rewriting what was done.

Compositions and splits are checked when the database transaction commits, since a package and its items, or a document and
its splits, are written one after the other.
"""

from django.db import migrations

from core.append_only import refuse_change_sql

ADDS_UP = """
CREATE FUNCTION aid_packages_package_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ids bigint[] := ARRAY[]::bigint[];
    wrong record;
BEGIN
    IF TG_TABLE_NAME = 'aid_packages_aidpackage' THEN
        ids := ARRAY[NEW.id];
    ELSE
        IF TG_OP <> 'INSERT' THEN ids := ids || OLD.package_id; END IF;
        IF TG_OP <> 'DELETE' THEN ids := ids || NEW.package_id; END IF;
    END IF;
    SELECT package.sku, package.amount_minor, coalesce(sum(item.quantity * item.unit_cost_minor), 0) AS items_minor
      INTO wrong
      FROM aid_packages_aidpackage package
      LEFT JOIN aid_packages_packageitem item ON item.package_id = package.id
     WHERE package.id = ANY (ids)
     GROUP BY package.id
    HAVING package.amount_minor <> coalesce(sum(item.quantity * item.unit_cost_minor), 0)
     LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'package %: its items add up to %, its amount says %',
            wrong.sku, wrong.items_minor, wrong.amount_minor
            USING ERRCODE = 'check_violation', TABLE = 'aid_packages_aidpackage', CONSTRAINT = 'package_adds_up';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER package_adds_up AFTER INSERT OR UPDATE ON aid_packages_aidpackage
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION aid_packages_package_adds_up();
CREATE CONSTRAINT TRIGGER package_items_add_up AFTER INSERT OR UPDATE OR DELETE ON aid_packages_packageitem
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION aid_packages_package_adds_up();
"""

ADDS_UP_REVERSE = """
DROP TRIGGER package_items_add_up ON aid_packages_packageitem;
DROP TRIGGER package_adds_up ON aid_packages_aidpackage;
DROP FUNCTION aid_packages_package_adds_up();
"""

SPLITS = """
CREATE FUNCTION aid_packages_document_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wanted bigint;
    wrong record;
BEGIN
    IF TG_TABLE_NAME = 'aid_packages_spendingdocument' THEN wanted := NEW.id; ELSE wanted := NEW.document_id; END IF;
    SELECT document.own_share_minor, coalesce(sum(split.amount_minor), 0) AS splits_minor
      INTO wrong
      FROM aid_packages_spendingdocument document
      LEFT JOIN aid_packages_documentsplit split ON split.document_id = document.id
     WHERE document.id = wanted
     GROUP BY document.id
    HAVING document.own_share_minor <> coalesce(sum(split.amount_minor), 0);
    IF FOUND THEN
        RAISE EXCEPTION 'document %: its splits add up to %, our share is %',
            wanted, wrong.splits_minor, wrong.own_share_minor
            USING ERRCODE = 'check_violation', TABLE = 'aid_packages_spendingdocument',
                  CONSTRAINT = 'document_splits_add_up';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER document_adds_up AFTER INSERT ON aid_packages_spendingdocument
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION aid_packages_document_adds_up();
CREATE CONSTRAINT TRIGGER document_splits_add_up AFTER INSERT ON aid_packages_documentsplit
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION aid_packages_document_adds_up();
"""

SPLITS_REVERSE = """
DROP TRIGGER document_splits_add_up ON aid_packages_documentsplit;
DROP TRIGGER document_adds_up ON aid_packages_spendingdocument;
DROP FUNCTION aid_packages_document_adds_up();
"""

FROZEN = """
CREATE FUNCTION aid_packages_allocation_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE'
       OR (OLD.fund_code, OLD.partner_id, OLD.region_id, OLD.first_period, OLD.last_period, OLD.amount_minor, OLD.purpose,
           OLD.prepared_by_id, OLD.prepared_at, OLD.request_key)
          IS DISTINCT FROM
          (NEW.fund_code, NEW.partner_id, NEW.region_id, NEW.first_period, NEW.last_period, NEW.amount_minor, NEW.purpose,
           NEW.prepared_by_id, NEW.prepared_at, NEW.request_key)
       OR (OLD.decided_by_id IS NOT NULL
           AND (OLD.decided_by_id, OLD.decided_at, OLD.available_seen_minor, OLD.decision_snapshot, OLD.commitment_entry_id)
               IS DISTINCT FROM
               (NEW.decided_by_id, NEW.decided_at, NEW.available_seen_minor, NEW.decision_snapshot, NEW.commitment_entry_id))
       OR OLD.state IN ('rejected', 'closed')
       OR (OLD.state = 'approved' AND NEW.state NOT IN ('approved', 'closed'))
    THEN
        RAISE EXCEPTION 'allocation %: what was drafted and decided is not rewritten', OLD.id
            USING ERRCODE = 'restrict_violation', TABLE = 'aid_packages_allocation', CONSTRAINT = 'allocation_is_frozen';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER allocation_is_frozen BEFORE UPDATE OR DELETE ON aid_packages_allocation
    FOR EACH ROW EXECUTE FUNCTION aid_packages_allocation_is_frozen();

CREATE FUNCTION aid_packages_document_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE'
       OR OLD.state IN ('accepted', 'rejected')
       OR (OLD.allocation_id, OLD.settles, OLD.issuer_nip, OLD.number, OLD.number_key, OLD.issued_on, OLD.total_minor,
           OLD.own_share_minor, OLD.recorded_by_id, OLD.recorded_at, OLD.request_key)
          IS DISTINCT FROM
          (NEW.allocation_id, NEW.settles, NEW.issuer_nip, NEW.number, NEW.number_key, NEW.issued_on, NEW.total_minor,
           NEW.own_share_minor, NEW.recorded_by_id, NEW.recorded_at, NEW.request_key)
    THEN
        RAISE EXCEPTION 'document %: what was recorded and decided is not rewritten', OLD.id
            USING ERRCODE = 'restrict_violation', TABLE = 'aid_packages_spendingdocument',
                  CONSTRAINT = 'document_is_frozen';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER document_is_frozen BEFORE UPDATE OR DELETE ON aid_packages_spendingdocument
    FOR EACH ROW EXECUTE FUNCTION aid_packages_document_is_frozen();

CREATE FUNCTION aid_packages_purchase_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.entry_id IS NOT NULL OR OLD.document_id <> NEW.document_id THEN
        RAISE EXCEPTION 'purchase %: a payment is not rewritten', OLD.id
            USING ERRCODE = 'restrict_violation', TABLE = 'aid_packages_purchase', CONSTRAINT = 'purchase_is_frozen';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER purchase_is_frozen BEFORE UPDATE OR DELETE ON aid_packages_purchase
    FOR EACH ROW EXECUTE FUNCTION aid_packages_purchase_is_frozen();

CREATE FUNCTION aid_packages_clause_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.text <> NEW.text OR OLD.number <> NEW.number THEN
        RAISE EXCEPTION 'clause %: donors gave under these words; new words need a new number', OLD.number
            USING ERRCODE = 'restrict_violation', TABLE = 'aid_packages_clauseversion', CONSTRAINT = 'clause_is_frozen';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER clause_is_frozen BEFORE UPDATE OR DELETE ON aid_packages_clauseversion
    FOR EACH ROW EXECUTE FUNCTION aid_packages_clause_is_frozen();
"""

FROZEN_REVERSE = """
DROP TRIGGER clause_is_frozen ON aid_packages_clauseversion;
DROP FUNCTION aid_packages_clause_is_frozen();
DROP TRIGGER purchase_is_frozen ON aid_packages_purchase;
DROP FUNCTION aid_packages_purchase_is_frozen();
DROP TRIGGER document_is_frozen ON aid_packages_spendingdocument;
DROP FUNCTION aid_packages_document_is_frozen();
DROP TRIGGER allocation_is_frozen ON aid_packages_allocation;
DROP FUNCTION aid_packages_allocation_is_frozen();
"""

APPEND_ONLY = ("aid_packages_advance", "aid_packages_advancereturn", "aid_packages_documentsplit")


class Migration(migrations.Migration):
    dependencies = [("aid_packages", "0001_initial")]

    operations = [
        migrations.RunSQL(ADDS_UP, ADDS_UP_REVERSE),
        migrations.RunSQL(SPLITS, SPLITS_REVERSE),
        migrations.RunSQL(FROZEN, FROZEN_REVERSE),
        *(migrations.RunSQL(*refuse_change_sql(table)) for table in APPEND_ONLY),
    ]
