"""What Stripe's API accepts and answers, read from the annotations of the installed ``stripe`` package."""

from stripe._api_version import _ApiVersion

#: The one version of the API that the installed SDK, and so the sandbox, speaks.
API_VERSION: str = _ApiVersion.CURRENT
