"""The tree of funds: what stands above one."""

from django.db import connection

_ABOVE = """
WITH RECURSIVE tree AS (
    SELECT id, parent_id, code, 0 AS height FROM ledger_fund WHERE code = %s
    UNION ALL
    SELECT parent.id, parent.parent_id, parent.code, tree.height + 1
      FROM ledger_fund parent JOIN tree ON tree.parent_id = parent.id
)
SELECT code FROM tree WHERE height > 0 ORDER BY height
"""


def above(*, fund_code: str) -> list[str]:
    """The codes of the funds above one, the nearest first: where its money may be redirected, and nowhere else."""
    with connection.cursor() as cursor:
        cursor.execute(_ABOVE, [fund_code])
        return [code for (code,) in cursor.fetchall()]
