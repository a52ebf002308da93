"""Staff who sign in with a password. Donors have no account: see the room `donors`."""

from django.contrib.auth.models import AbstractUser


class User(AbstractUser):
    """Somebody of the staff."""

    class Meta:
        verbose_name = "user"
        verbose_name_plural = "users"
        permissions = [
            ("prepare", "Can prepare allocations, documents and reports"),
            ("approve", "Can approve allocations, accept documents and publish reports"),
        ]
