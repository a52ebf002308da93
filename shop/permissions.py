"""What a browser is told that no page of the shop ever needs: camera, place, sensors, payment forms of its own, and the like.

Should a hole let somebody's script into a page after all, it still couldn't ask where the reader is.
"""

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

OFF = (
    "accelerometer",
    "autoplay",
    "camera",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "geolocation",
    "gyroscope",
    "hid",
    "idle-detection",
    "local-fonts",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "picture-in-picture",
    "publickey-credentials-get",
    "screen-wake-lock",
    "serial",
    "usb",
    "xr-spatial-tracking",
)
"""Names that today's browsers know: they complain of others. The clipboard and sharing stay with the reader."""
HEADER = "Permissions-Policy"
POLICY = ", ".join(f"{name}=()" for name in OFF)
RESOURCE_HEADER = "Cross-Origin-Resource-Policy"
OPEN_TO_OTHERS = re.compile(r"/(api|seal)/|.*/share\.png$")
"""Public by intent: what is read and mirrored from anywhere, and the pictures that others show beside a link to us."""


class PermissionsPolicy:
    """Middleware: every answer says what its page may not do, and who may embed it. What a view said itself stays."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        answer.setdefault(HEADER, POLICY)
        elsewhere = OPEN_TO_OTHERS.match(request.path)
        answer.setdefault(RESOURCE_HEADER, "cross-origin" if elsewhere else "same-origin")
        return answer
