"""What the two groups of the staff may do."""

import pytest
from django.contrib.auth.models import Group


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("group", "rights"),
    [("preparers", {"core.prepare"}), ("approvers", {"core.approve", "donors.reveal_contact"})],
)
def test_each_group_has_its_rights_and_no_more(group: str, rights: set[str]) -> None:
    permissions = Group.objects.get(name=group).permissions.select_related("content_type")
    assert {f"{one.content_type.app_label}.{one.codename}" for one in permissions} == rights
