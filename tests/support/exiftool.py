"""What an independent reader of pictures finds in them. Without it the proof of the corpus would prove nothing."""

import json
import os
import shutil
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

PACKAGE = "libimage-exiftool-perl"
UNPACKED = Path(__file__).resolve().parents[2] / "var" / "exiftool"
"""Where Debian's package is unpacked on a machine that lacks it: nothing is installed, so nobody has to be root."""
MISSING = (
    "exiftool is missing, and its package could not be had either: without it nothing independent looks into the"
    f" pictures. Install it (apt-get install {PACKAGE})."
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
    program = shutil.which("exiftool") or _unpacked()
    if program is None:
        pytest.fail(MISSING)
    flags = ["-json", "-G1", "-a", "-u", "-U", "-ee3", "--System:all", "-charset", "filename=utf8", "-ext", "*"]
    modules = os.environ | {"PERL5LIB": str(Path(program).parent.parent / "share" / "perl5")}
    found = subprocess.run([program, *flags, str(folder)], capture_output=True, check=False, timeout=800, env=modules)
    return [dict(one) for one in json.loads(found.stdout)]


def _unpacked() -> str | None:
    """The program out of Debian's package, fetched and unpacked once. None where there is no such package."""
    program = UNPACKED / "usr" / "bin" / "exiftool"
    if not program.exists() and shutil.which("apt-get") and shutil.which("dpkg-deb"):
        UNPACKED.parent.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=UNPACKED.parent) as scratch:
            _run(["apt-get", "download", "-qq", PACKAGE], cwd=scratch)
            for package in Path(scratch).glob(f"{PACKAGE}_*.deb"):
                _run(["dpkg-deb", "-x", str(package), f"{scratch}/whole"], cwd=scratch)
                with suppress(OSError):  # another worker was quicker
                    Path(scratch, "whole").replace(UNPACKED)
    return str(program) if program.exists() else None


def _run(command: list[str], *, cwd: str) -> None:
    subprocess.run(command, cwd=cwd, capture_output=True, check=False, timeout=600)


def said_too_much(facts: dict[str, Any]) -> dict[str, Any]:
    """Of what was found in one file, all that is not harmless."""
    return {name: value for name, value in facts.items() if name not in HARMLESS}
