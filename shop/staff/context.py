"""What the staff's pages know on every request."""

from django.http import HttpRequest


def desk(request: HttpRequest) -> dict[str, object]:
    """Nothing for strangers: the desk's menu is added where staff are signed in."""
    return {}
