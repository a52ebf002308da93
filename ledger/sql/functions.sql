-- What the ledger does inside the database. Every function has a fixed search_path: nobody can put a table of their own in the way.

-- Posting holds this lock together with others; a mark, and the closing of a month, hold it alone.
CREATE FUNCTION ledger_hold_for_posting() RETURNS void LANGUAGE sql VOLATILE AS
$$ SELECT pg_advisory_xact_lock_shared(7001, 0) $$;

CREATE FUNCTION ledger_hold_alone() RETURNS void LANGUAGE sql VOLATILE AS
$$ SELECT pg_advisory_xact_lock(7001, 0) $$;

-- The month in which something that happened at this instant is booked: its own while that is open, else the first open one.
CREATE FUNCTION ledger_period_for(event_at timestamptz) RETURNS integer LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    own integer := extract(year FROM event_at AT TIME ZONE 'Europe/Warsaw') * 100
                 + extract(month FROM event_at AT TIME ZONE 'Europe/Warsaw');
    closed integer := (SELECT max(period) FROM ledger_period WHERE status = 'closed');
BEGIN
    IF closed IS NULL OR own > closed THEN
        RETURN own;
    END IF;
    RETURN CASE WHEN closed % 100 = 12 THEN closed + 89 ELSE closed + 1 END;
END $$;

-- A number that no other open database transaction uses: sums kept in step are written without waiting for anybody.
CREATE FUNCTION ledger_free_shard() RETURNS smallint LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    FOR shard IN 0..32767 LOOP
        IF pg_try_advisory_xact_lock(7002, shard) THEN
            RETURN shard;
        END IF;
    END LOOP;
    RAISE EXCEPTION 'no free shard of the monthly balances';
END $$;

-- Books one entry in one round trip. Says 'created', 'same' (it was booked before), 'different' (the reference is taken by
-- another content), or 'unknown' with the first account that does not exist.
CREATE FUNCTION ledger_post(
    p_reference text, p_kind text, p_event_at timestamptz, p_booked_at timestamptz, p_reverses bigint,
    p_accounts text[], p_amounts bigint[], p_currencies text[],
    OUT entry_id bigint, OUT outcome text, OUT detail text
) LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    account_ids bigint[];
    month integer;
BEGIN
    PERFORM ledger_hold_for_posting();
    SELECT array_agg(a.id ORDER BY l.place), min(l.code) FILTER (WHERE a.id IS NULL)
        INTO account_ids, detail
        FROM unnest(p_accounts) WITH ORDINALITY AS l(code, place) LEFT JOIN ledger_account a ON a.code = l.code;
    IF detail IS NOT NULL THEN
        outcome := 'unknown';
        RETURN;
    END IF;
    month := ledger_period_for(p_event_at);
    INSERT INTO ledger_journalentry (reference, kind, period, event_at, booked_at, reverses_id)
        VALUES (p_reference, p_kind, month, p_event_at, p_booked_at, p_reverses)
        ON CONFLICT (reference) DO NOTHING RETURNING id INTO entry_id;
    IF entry_id IS NOT NULL THEN
        INSERT INTO ledger_posting (entry_id, account_id, amount_minor, currency, period)
            SELECT ledger_post.entry_id, l.account_id, l.amount_minor, l.currency, month
            FROM unnest(account_ids, p_amounts, p_currencies) AS l(account_id, amount_minor, currency);
        outcome := 'created';
        RETURN;
    END IF;
    SELECT e.id, CASE WHEN e.kind = p_kind AND e.reverses_id IS NOT DISTINCT FROM p_reverses AND
        (SELECT array_agg((p.account_id, p.amount_minor, p.currency::text) ORDER BY p.account_id, p.amount_minor, p.currency)
            FROM ledger_posting p WHERE p.entry_id = e.id)
        = (SELECT array_agg((l.account_id, l.amount_minor, l.currency) ORDER BY l.account_id, l.amount_minor, l.currency)
            FROM unnest(account_ids, p_amounts, p_currencies) AS l(account_id, amount_minor, currency))
        THEN 'same' ELSE 'different' END
        INTO entry_id, outcome
        FROM ledger_journalentry e WHERE e.reference = p_reference;
END $$;

-- A mark: held alone for an instant, nobody is between drawing an id and committing it; so no lower id can commit later.
CREATE FUNCTION ledger_take_mark(p_taken_at timestamptz, OUT mark_id bigint, OUT last_entry_id bigint)
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_lock(7001, 0);
    BEGIN
        last_entry_id := (SELECT coalesce(max(e.id), 0) FROM ledger_journalentry e);
    EXCEPTION WHEN OTHERS OR query_canceled THEN
        PERFORM pg_advisory_unlock(7001, 0);
        RAISE;
    END;
    PERFORM pg_advisory_unlock(7001, 0);
    INSERT INTO ledger_mark (last_entry_id, taken_at) VALUES (ledger_take_mark.last_entry_id, p_taken_at)
        RETURNING id INTO mark_id;
END $$;
