"""The demo's two people: one prepares, another approves."""

from dataclasses import dataclass

from django.contrib.auth.models import Group

from core.models import User


@dataclass(frozen=True)
class Staff:
    """Who acts in the demo."""

    ada: User
    bartek: User


def make_staff(*, passwords: dict[str, str]) -> Staff:
    """Makes them with these passwords, or gives them these passwords. Keys: their names."""
    ada = _member("ada", "Ada", "Nowak", "preparers", passwords["ada"])
    bartek = _member("bartek", "Bartek", "Wilk", "approvers", passwords["bartek"])
    return Staff(ada=ada, bartek=bartek)


def _member(username: str, first: str, last: str, group: str, password: str) -> User:
    member, _ = User.objects.get_or_create(
        username=username, defaults={"first_name": first, "last_name": last, "is_staff": True}
    )
    member.set_password(password)
    member.save()
    member.groups.set([Group.objects.get(name=group)])
    return member
