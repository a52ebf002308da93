-- A server counts its database transactions from its own beginning: numbers are compared among entries of one home only.

-- The home in which an entry was made, as a number that grows.
CREATE FUNCTION ledger_home_of(p_entry bigint) RETURNS bigint LANGUAGE sql STABLE AS
$$ SELECT count(*) FROM ledger_home WHERE after_entry_id < p_entry $$;

-- Whether whoever decided on something, and booked `p_decided`, saw an entry: by the snapshot they saw, among entries of one home.
CREATE FUNCTION ledger_was_seen(p_entry bigint, p_txid xid8, p_decided bigint, p_snapshot pg_snapshot) RETURNS boolean
LANGUAGE sql STABLE AS
$$ SELECT CASE sign(ledger_home_of(p_entry) - ledger_home_of(p_decided))
            WHEN -1 THEN true WHEN 1 THEN false ELSE pg_visible_in_snapshot(p_txid, p_snapshot) END $$;
