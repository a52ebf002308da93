"""The terms a donor accepts by giving: their versions, newest last."""

TERMS_VERSIONS = ("2026-11",)
"""Each version is a template of its own in templates/pages/<language>/, never edited once it was shown to a donor."""

CURRENT_TERMS = TERMS_VERSIONS[-1]
