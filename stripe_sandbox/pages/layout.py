"""The frame of each page: plainly a sandbox."""

from functools import cache
from pathlib import Path

from stripe_sandbox.pages.html import Html, h
from stripe_sandbox.pages.reply import Reply
from stripe_sandbox.pages.texts import TEXTS

# No form-action: a payer goes on to the address that the session names.
_POLICY = "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; frame-ancestors 'none'"

_PAGE = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
<title>{title} – {sandbox}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/c/style.css">
</head>
<body>
<header class="banner"><p><strong>{sandbox}</strong> <span>{no_real_money}</span></p></header>
<main class="{shape}">
{content}
</main>
<footer class="foot"><p>{footer}</p></footer>
</body>
</html>
"""


def page(language: str, title: str, content: Html, *, status: int = 200, shape: str = "narrow") -> Reply:
    """A whole page."""
    texts = TEXTS[language]
    body = h(
        _PAGE,
        language=language,
        title=title,
        content=content,
        shape=shape,
        **{name: texts[name] for name in ("sandbox", "no_real_money", "footer")},
    )
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Language": language,
        "Content-Security-Policy": _POLICY,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
    }
    return Reply(status, body, headers)


def redirect(url: str) -> Reply:
    """Go on to another address with GET."""
    return Reply(303, "", {"Location": url, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})


@cache
def stylesheet() -> Reply:
    """The one stylesheet."""
    css = (Path(__file__).parent / "style.css").read_text(encoding="utf-8")
    return Reply(200, css, {"Content-Type": "text/css; charset=utf-8", "Cache-Control": "max-age=300"})
