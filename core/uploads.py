"""Files that are sent in stay in memory: what a photograph says of people and places is never written to a disk."""

import io
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile

LARGEST_UPLOAD = 20 * 1024 * 1024
"""Bytes kept of one file. Of a larger one only its size is known afterwards, so that a form can say why."""


class MemoryOnly(FileUploadHandler):
    """The only upload handler of the shop: no temporary files. Files of whom is not signed in are not taken at all."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        if self.request is None or "sessionid" not in self.request.COOKIES:
            raise SkipFile
        self.parts: list[bytes] = []
        self.kept = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.kept += len(raw_data)
        if self.kept > LARGEST_UPLOAD:
            self.parts = []
        else:
            self.parts.append(raw_data)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        return InMemoryUploadedFile(
            file=io.BytesIO(b"".join(self.parts)),
            field_name=self.field_name,
            name=self.file_name,
            content_type=self.content_type,
            size=file_size,
            charset=self.charset,
            content_type_extra=self.content_type_extra,
        )
