-- What the database refuses of stock, whoever asks. Each refusal carries the name of the rule as its constraint.

-- Before an id is drawn: rows that a report reads at its mark are added under the lock that posting holds.
CREATE FUNCTION deliveries_row_before() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'rows of help need READ COMMITTED: an older snapshot could miss that a month was closed'
            USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = 'help_is_added_read_committed';
    END IF;
    PERFORM ledger_hold_for_posting();
    RETURN NULL;
END $$;
CREATE TRIGGER deliveries_row_before BEFORE INSERT ON deliveries_aiditem
    FOR EACH STATEMENT EXECUTE FUNCTION deliveries_row_before();
CREATE TRIGGER deliveries_row_before BEFORE INSERT ON deliveries_plannedcost
    FOR EACH STATEMENT EXECUTE FUNCTION deliveries_row_before();
CREATE TRIGGER deliveries_row_before BEFORE INSERT ON deliveries_lot
    FOR EACH STATEMENT EXECUTE FUNCTION deliveries_row_before();
CREATE TRIGGER deliveries_row_before BEFORE INSERT ON deliveries_delivery
    FOR EACH STATEMENT EXECUTE FUNCTION deliveries_row_before();
CREATE TRIGGER deliveries_row_before BEFORE INSERT ON deliveries_service
    FOR EACH STATEMENT EXECUTE FUNCTION deliveries_row_before();
CREATE TRIGGER deliveries_row_before BEFORE INSERT ON deliveries_stockmove
    FOR EACH STATEMENT EXECUTE FUNCTION deliveries_row_before();

-- One lot is moved by one database transaction at a time. An advisory lock: a row that is never updated can't be locked by
-- a role that may not update it.
CREATE FUNCTION deliveries_hold_lot(p_lot_id bigint) RETURNS void LANGUAGE sql VOLATILE AS
$$ SELECT pg_advisory_xact_lock(hashtextextended('lot:' || p_lot_id, 0)) $$;

-- The month a row of help is counted in: never before the one in which its week ends, never a closed one.
CREATE FUNCTION deliveries_month_is_right() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.period <> ledger_period_for(
        (to_date(NEW.week::text, 'IYYYIW') + 6 + time '12:00') AT TIME ZONE 'Europe/Warsaw')
    THEN
        RAISE EXCEPTION 'week % can''t be counted in month %', NEW.week, NEW.period
            USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = 'help_is_counted_in_its_month';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER deliveries_month_is_right BEFORE INSERT ON deliveries_lot
    FOR EACH ROW EXECUTE FUNCTION deliveries_month_is_right();
CREATE TRIGGER deliveries_month_is_right BEFORE INSERT ON deliveries_delivery
    FOR EACH ROW EXECUTE FUNCTION deliveries_month_is_right();
CREATE TRIGGER deliveries_month_is_right BEFORE INSERT ON deliveries_service
    FOR EACH ROW EXECUTE FUNCTION deliveries_month_is_right();
CREATE TRIGGER deliveries_month_is_right BEFORE INSERT ON deliveries_stockmove
    FOR EACH ROW EXECUTE FUNCTION deliveries_month_is_right();

-- A move goes a way that there is, or exactly back the way of the move it takes back; and one at a time for a lot.
CREATE FUNCTION deliveries_move_before() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM deliveries_hold_lot(NEW.lot_id);
    IF NEW.counters_id IS NULL THEN
        IF (NEW.source, NEW.target) NOT IN (
            ('outside', 'free'), ('free', 'reserved'), ('reserved', 'free'),
            ('free', 'delivered'), ('free', 'lost'), ('free', 'expired'),
            ('reserved', 'delivered'), ('reserved', 'lost'), ('reserved', 'expired')
        ) THEN
            RAISE EXCEPTION 'stock does not go from % to %', NEW.source, NEW.target
                USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = 'stock_move_goes_a_way_there_is';
        END IF;
    ELSIF NOT EXISTS (
        SELECT FROM deliveries_stockmove move WHERE move.id = NEW.counters_id AND move.counters_id IS NULL
           AND (move.lot_id, move.source, move.target, move.units, move.week)
             = (NEW.lot_id, NEW.target, NEW.source, NEW.units, NEW.week)
           AND move.allocation_id IS NOT DISTINCT FROM NEW.allocation_id
    ) THEN
        RAISE EXCEPTION 'a move is taken back exactly'
            USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = 'stock_move_is_taken_back_exactly';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER deliveries_move_before BEFORE INSERT ON deliveries_stockmove
    FOR EACH ROW EXECUTE FUNCTION deliveries_move_before();

-- In every month, no place of a lot holds fewer than no units, nor is more kept for an allocation than was put there.
CREATE FUNCTION deliveries_stock_holds() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    wrong record;
BEGIN
    SELECT place, allocation_id, period, held INTO wrong
      FROM (
            SELECT place, allocation_id, period,
                   sum(sum(units)) OVER (PARTITION BY place, allocation_id ORDER BY period) AS held
              FROM (
                    SELECT move.target AS place, move.period, move.units,
                           CASE WHEN move.target = 'reserved' THEN move.allocation_id END AS allocation_id
                      FROM deliveries_stockmove move WHERE move.lot_id = NEW.lot_id AND move.target <> 'outside'
                    UNION ALL
                    SELECT move.source, move.period, -move.units,
                           CASE WHEN move.source = 'reserved' THEN move.allocation_id END
                      FROM deliveries_stockmove move WHERE move.lot_id = NEW.lot_id AND move.source <> 'outside'
                   ) moved
             GROUP BY place, allocation_id, period
           ) running
     WHERE held < 0
     LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'lot %: % units would be % in %', NEW.lot_id, wrong.held, wrong.place, wrong.period
            USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = 'stock_is_never_below_zero';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER deliveries_stock_holds AFTER INSERT ON deliveries_stockmove
    FOR EACH ROW EXECUTE FUNCTION deliveries_stock_holds();

-- At commit: what came in with a lot is what the lot says, or nothing any more; and a delivery handed something on.
CREATE FUNCTION deliveries_lot_came_in() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    which bigint := CASE WHEN TG_TABLE_NAME = 'deliveries_lot' THEN (to_jsonb(NEW) ->> 'id')::bigint
                         ELSE (to_jsonb(NEW) ->> 'lot_id')::bigint END;
    procured bigint;
BEGIN
    procured := (SELECT coalesce(sum(CASE WHEN move.source = 'outside' THEN move.units ELSE -move.units END), 0)
                   FROM deliveries_stockmove move
                  WHERE move.lot_id = which AND 'outside' IN (move.source, move.target));
    IF procured NOT IN (0, (SELECT lot.units FROM deliveries_lot lot WHERE lot.id = which))
       OR NOT EXISTS (SELECT FROM deliveries_stockmove move WHERE move.lot_id = which AND move.source = 'outside')
    THEN
        RAISE EXCEPTION 'lot %: % units came in', which, procured
            USING ERRCODE = 'check_violation', TABLE = 'deliveries_lot', CONSTRAINT = 'lot_came_in_whole';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER deliveries_lot_came_in AFTER INSERT ON deliveries_lot
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION deliveries_lot_came_in();
CREATE CONSTRAINT TRIGGER deliveries_lot_came_in AFTER INSERT ON deliveries_stockmove
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ('outside' IN (NEW.source, NEW.target))
    EXECUTE FUNCTION deliveries_lot_came_in();

CREATE FUNCTION deliveries_delivery_has_moves() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM deliveries_stockmove move WHERE move.delivery_id = NEW.id) THEN
        RAISE EXCEPTION 'delivery % hands nothing on', NEW.id
            USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = 'delivery_hands_something_on';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER deliveries_delivery_has_moves AFTER INSERT ON deliveries_delivery
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION deliveries_delivery_has_moves();

-- A delivery or service is taken back with the same facts and the opposite figures, once.
CREATE FUNCTION deliveries_taken_back_exactly() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    kept text[] := ARRAY['fund_code', 'region_id', 'week', 'allocation_id', 'nationalities', 'item_id'];
    turned text[] := ARRAY['people', 'units'];
    first jsonb;
    fact text;
    same boolean := true;
BEGIN
    IF NEW.counters_id IS NULL THEN
        RETURN NEW;
    END IF;
    EXECUTE format('SELECT to_jsonb(earlier) FROM %I earlier WHERE id = $1 AND counters_id IS NULL', TG_TABLE_NAME)
        INTO first USING NEW.counters_id;
    FOREACH fact IN ARRAY kept LOOP
        same := same AND (first -> fact) IS NOT DISTINCT FROM (to_jsonb(NEW) -> fact);
    END LOOP;
    FOREACH fact IN ARRAY turned LOOP
        same := same AND (first ->> fact)::bigint IS NOT DISTINCT FROM -(to_jsonb(NEW) ->> fact)::bigint;
    END LOOP;
    IF first IS NULL OR NOT same THEN
        RAISE EXCEPTION '% is taken back exactly', TG_TABLE_NAME
            USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = 'help_is_taken_back_exactly';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER deliveries_taken_back_exactly BEFORE INSERT ON deliveries_delivery
    FOR EACH ROW EXECUTE FUNCTION deliveries_taken_back_exactly();
CREATE TRIGGER deliveries_taken_back_exactly BEFORE INSERT ON deliveries_service
    FOR EACH ROW EXECUTE FUNCTION deliveries_taken_back_exactly();
