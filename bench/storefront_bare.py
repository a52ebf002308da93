"""A bare Django view: as many bytes as asked for, from memory, with no middleware. /<bytes>/"""

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

settings.configure(SECRET_KEY="bench", ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, MIDDLEWARE=[], USE_I18N=False)

_BODIES: dict[int, bytes] = {}


def page(request: HttpRequest, size: int) -> HttpResponse:
    """`size` bytes."""
    if size not in _BODIES:
        _BODIES[size] = b"x" * size
    return HttpResponse(_BODIES[size], headers={"Content-Length": str(size)})


urlpatterns = [path("<int:size>/", page)]
application = get_wsgi_application()
