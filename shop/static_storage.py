"""Static files with a hash of their content in their names, so that browsers may keep them for ever."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStorage(CompressedManifestStaticFilesStorage):
    """Oscar's vendored libraries name source maps that they don't ship: those references stay as they are."""

    manifest_strict = False
    support_js_module_import_aggregation = False
    patterns = ()
