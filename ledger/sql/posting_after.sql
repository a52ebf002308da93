-- After a restore into another server an old entry's transaction number can come up again: its row is asked for its age, too.

-- All postings of an entry come in one statement: balanced, in the database transaction of the entry, in an open month.
-- The same statement keeps the monthly balances in step; as their owner, since the application may not write them.
CREATE OR REPLACE FUNCTION ledger_posting_after() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    refused text;
    which bigint;
BEGIN
    SELECT CASE
            WHEN e.txid <> pg_current_xact_id() OR age(e.xmin) > 0 THEN 'posting_in_the_transaction_of_its_entry'
            WHEN n.currency <> a.currency THEN 'posting_in_the_currency_of_its_account'
            WHEN n.period <> e.period THEN 'posting_in_the_period_of_its_entry'
            ELSE 'posting_in_an_open_period' END, n.entry_id
        INTO refused, which
        FROM added n
        JOIN ledger_journalentry e ON e.id = n.entry_id
        JOIN ledger_account a ON a.id = n.account_id
        WHERE e.txid <> pg_current_xact_id() OR age(e.xmin) > 0 OR n.currency <> a.currency OR n.period <> e.period
            OR n.period <= (SELECT max(period) FROM ledger_period WHERE status = 'closed')
        LIMIT 1;
    IF refused IS NULL THEN
        SELECT 'postings_of_a_statement_sum_to_zero', n.entry_id INTO refused, which
            FROM added n JOIN ledger_account a ON a.id = n.account_id
            GROUP BY n.entry_id, n.currency, a.kind = 'memo' HAVING sum(n.amount_minor) <> 0 LIMIT 1;
    END IF;
    IF refused IS NOT NULL THEN
        RAISE EXCEPTION 'entry % refused: %', which, replace(refused, '_', ' ')
            USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = refused;
    END IF;
    INSERT INTO ledger_monthlybalance AS kept (account_id, period, shard, amount_minor)
        SELECT account_id, period, shard, sum(amount_minor)
        FROM added, (SELECT ledger_free_shard() AS shard OFFSET 0) AS mine
        GROUP BY account_id, period, shard
        ON CONFLICT (account_id, period, shard) DO UPDATE SET amount_minor = kept.amount_minor + excluded.amount_minor;
    RETURN NULL;
END $$;
