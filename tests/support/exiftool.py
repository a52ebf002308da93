"""What an independent reader of pictures finds in them. Without it the proof of the corpus would prove nothing."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

MISSING = (
    "exiftool is missing: without it nothing independent looks into the pictures."
    " Install it (apt-get install libimage-exiftool-perl); .ci/run does it by itself."
)
HARMLESS = {
    "SourceFile",
    "ExifTool:ExifToolVersion",
    "File:FileType",
    "File:FileTypeExtension",
    "File:MIMEType",
    "File:ImageWidth",
    "File:ImageHeight",
    "File:EncodingProcess",
    "File:BitsPerSample",
    "File:ColorComponents",
    "File:YCbCrSubSampling",
    "JFIF:JFIFVersion",
    "JFIF:ResolutionUnit",
    "JFIF:XResolution",
    "JFIF:YResolution",
    "Composite:ImageSize",
    "Composite:Megapixels",
    "PDF:PDFVersion",
    "PDF:Linearized",
    "PDF:PageCount",
}
"""What any picture or paper has to say: how it is encoded, and how large it is."""


def read_folder(folder: Path) -> list[dict[str, Any]]:
    """Everything exiftool finds in each file of the folder, unknown and embedded things too. One call for all."""
    program = shutil.which("exiftool")
    if program is None:
        pytest.fail(MISSING)
    flags = ["-json", "-G1", "-a", "-u", "-U", "-ee3", "--System:all", "-charset", "filename=utf8", "-ext", "*"]
    found = subprocess.run([program, *flags, str(folder)], capture_output=True, check=False, timeout=240)
    return [dict(one) for one in json.loads(found.stdout)]


def said_too_much(facts: dict[str, Any]) -> dict[str, Any]:
    """Of what was found in one file, all that is not harmless."""
    return {name: value for name, value in facts.items() if name not in HARMLESS}
