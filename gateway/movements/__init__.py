"""Why stock moved: what a change of figures proves by itself, and what transfers, receipts and refunds near it prove.

Nothing is guessed: a change that neither explains stays `unknown`.
"""
