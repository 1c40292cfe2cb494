"""What a file is in bytes: its encoding, and the kinds of file that only look like one of ours. Reads all of it."""

import codecs
from dataclasses import dataclass
from typing import BinaryIO, Final

from integrations.files.errors import FileRefused

CHUNK: Final = 256 * 1024
HEAD: Final = 4096
MAGIC: Final = (
    (b"PK\x03\x04", "This is a ZIP file or a spreadsheet (.xlsx). Save the sheet as CSV (UTF-8) and send that."),
    (b"\xd0\xcf\x11\xe0", "This is an old Excel workbook (.xls). Save the sheet as CSV (UTF-8) and send that."),
    (b"%PDF", "This is a PDF. Export the table as CSV instead."),
    (b"\x1f\x8b", "This file is compressed (gzip). Unpack it first."),
    (b"BZh", "This file is compressed (bzip2). Unpack it first."),
    (b"\x28\xb5\x2f\xfd", "This file is compressed (Zstandard). Unpack it first."),
    (b"\x89PNG", "This is a picture."),
    (b"\xff\xd8\xff", "This is a picture."),
)
BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, ""),
    (codecs.BOM_UTF32_BE, ""),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
PAGES: Final = (b"<!doctype", b"<html", b"<?xml", b"<head")


@dataclass(frozen=True, slots=True)
class Encoding:
    """How to decode a file, and what a person should know about that."""

    codec: str
    remark: str | None
    head: str  # the beginning of the text
    size_bytes: int


def inspect(file: BinaryIO) -> Encoding:
    """Find a file's encoding by reading all of it; leave it at its beginning.

    Raises FileRefused for what is no text, or no text we can read.
    """
    file.seek(0)
    head = file.read(HEAD)
    _refuse_other_kinds(head)
    codec = next((name for bom, name in BOMS if head.startswith(bom)), "utf-8")
    if not codec:
        raise FileRefused("The file is UTF-32. Save it as UTF-8.")
    if codec == "utf-16" or _decodes(file, codec):
        if codec == "utf-16" and not _decodes(file, codec):
            raise FileRefused("The file starts as UTF-16 and then breaks off or changes: send it again, as UTF-8.")
        remark = "The file is UTF-16." if codec == "utf-16" else None
    else:
        codec = "cp1252"
        if not _decodes(file, codec):
            raise FileRefused("The file is neither UTF-8 nor Windows-1252. Save it as UTF-8.")
        remark = "The file is not UTF-8: it was read as Windows-1252. Look at names with accents."
    size = file.seek(0, 2)
    file.seek(0)
    return Encoding(codec, remark, head.decode(codec, "ignore"), size)


def _refuse_other_kinds(head: bytes) -> None:
    for magic, sentence in MAGIC:
        if head.startswith(magic):
            raise FileRefused(sentence)
    text = head.lstrip()
    if not text or text == codecs.BOM_UTF8:
        raise FileRefused("The file is empty.")
    if text[:9].lower().startswith(PAGES):
        raise FileRefused("This is a web page or XML, not a table: perhaps the download asked for a login.")
    if head.count(b"\0") > len(head) // 8 and not head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise FileRefused("The file is binary, or UTF-16 without its mark. Save it as UTF-8.")


def _decodes(file: BinaryIO, codec: str) -> bool:
    decoder = codecs.getincrementaldecoder(codec)()
    file.seek(0)
    try:
        while chunk := file.read(CHUNK):
            decoder.decode(chunk)
    except UnicodeDecodeError:
        return False
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        if codec.startswith("utf-8"):
            raise FileRefused("The file ends inside a character: it was cut short. Send it again.") from None
        return False
    return True
