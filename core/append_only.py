"""Tables that only grow: the database itself refuses every change of a row, to the application and the owner alike."""


def refuse_change_sql(table: str) -> tuple[str, str]:
    """SQL for a migration, and its reverse: a statement trigger on `table` refusing UPDATE, DELETE and TRUNCATE."""
    name = f"{table}_is_append_only"
    forward = f"""
    CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '{table} is append-only: % refused', TG_OP
            USING ERRCODE = 'restrict_violation', TABLE = '{table}', CONSTRAINT = '{name}';
    END $$;
    CREATE TRIGGER {name} BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION {name}();
    """
    return forward, f"DROP TRIGGER {name} ON {table}; DROP FUNCTION {name}();"
