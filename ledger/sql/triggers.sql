-- What the database refuses, whoever asks. Each refusal carries the name of the promise as its constraint.

-- Before an id is drawn: posters hold the lock that a mark takes alone.
CREATE FUNCTION ledger_entry_before() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'posting needs READ COMMITTED: an older snapshot could miss that a month was closed'
            USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = 'entry_is_posted_read_committed';
    END IF;
    PERFORM ledger_hold_for_posting();
    RETURN NULL;
END $$;
CREATE TRIGGER ledger_entry_before BEFORE INSERT ON ledger_journalentry
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_entry_before();

-- What it looks at stands in posting_after.sql.
CREATE TRIGGER ledger_posting_after AFTER INSERT ON ledger_posting
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION ledger_posting_after();

-- At commit: the entry has postings, sums to zero per currency (memo accounts apart), and a reversal is an exact mirror.
CREATE FUNCTION ledger_entry_at_commit() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    refused text;
BEGIN
    IF NEW.txid <> pg_current_xact_id() THEN
        refused := 'entry_carries_its_own_transaction';
    ELSIF NOT EXISTS (SELECT FROM ledger_posting WHERE entry_id = NEW.id) THEN
        refused := 'entry_has_postings';
    ELSIF EXISTS (
        SELECT FROM ledger_posting p JOIN ledger_account a ON a.id = p.account_id WHERE p.entry_id = NEW.id
            GROUP BY p.currency, a.kind = 'memo' HAVING sum(p.amount_minor) <> 0
    ) THEN
        refused := 'entry_sums_to_zero';
    ELSIF NEW.reverses_id IS NOT NULL AND EXISTS (
        SELECT account_id FROM ledger_posting WHERE entry_id IN (NEW.id, NEW.reverses_id)
            GROUP BY account_id HAVING sum(amount_minor) <> 0
    ) THEN
        refused := 'reversal_mirrors_its_entry';
    END IF;
    IF refused IS NOT NULL THEN
        RAISE EXCEPTION 'entry % (%) refused: %', NEW.id, NEW.reference, replace(refused, '_', ' ')
            USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = refused;
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER ledger_entry_at_commit AFTER INSERT ON ledger_journalentry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_entry_at_commit();

-- A month closes once, and nobody posts while it does.
CREATE FUNCTION ledger_period_alone() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP IN ('DELETE', 'TRUNCATE') THEN
        RAISE EXCEPTION 'months are not deleted' USING
            ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = 'period_is_never_deleted';
    END IF;
    PERFORM ledger_hold_alone();
    RETURN NULL;
END $$;
CREATE TRIGGER ledger_period_alone BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON ledger_period
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_period_alone();

CREATE FUNCTION ledger_period_closes_once() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF OLD.status <> 'open' OR NEW.period <> OLD.period THEN
        RAISE EXCEPTION 'month % is closed for good', OLD.period USING
            ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = 'period_closes_once';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ledger_period_closes_once BEFORE UPDATE ON ledger_period
    FOR EACH ROW EXECUTE FUNCTION ledger_period_closes_once();

-- An entry is never booked before its own month.
ALTER TABLE ledger_journalentry ADD CONSTRAINT entry_period_not_before_its_event CHECK (
    period >= extract(year FROM event_at AT TIME ZONE 'Europe/Warsaw') * 100
            + extract(month FROM event_at AT TIME ZONE 'Europe/Warsaw'));

-- Ids are drawn, never chosen: a chosen one could slip in under a mark.
ALTER TABLE ledger_journalentry ALTER COLUMN id SET GENERATED ALWAYS;

-- Rows that are rewritten all the time leave room for it on their page.
ALTER TABLE ledger_monthlybalance SET (fillfactor = 50);
