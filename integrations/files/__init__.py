"""Files as a source: availability.v1 in its three forms, Shopify's own exports, other systems' saved answers.

Readers stream: only JSON documents are held whole. Nothing here decides which house a row belongs to; that is
`gateway.importing`. A format is recognised by its content, never by its name.
"""

from integrations.files.errors import FileRefused
from integrations.files.reader import SHOPIFY, OpenFile, open_file
from integrations.files.rows import ProductRows, StockRow

__all__ = ["SHOPIFY", "FileRefused", "OpenFile", "ProductRows", "StockRow", "open_file"]
