"""What the list of variants asks: every variant of the shop as columns, brought up to date by what changed.

Per web process, and can be dropped at any time: some 600 bytes a variant, 12 MB at 20,000. Used by the console and
`GET /api/v1/variants`.
"""

from gateway.stock_index.index import Progress, StockIndex
from gateway.stock_index.lines import Line, Listing
from gateway.stock_index.wanted import SORTS, Wanted

__all__ = ["SORTS", "Line", "Listing", "Progress", "StockIndex", "Wanted"]
