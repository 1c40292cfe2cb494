"""The benchmarks: `python3 dev.py bench [NAME...] [--json]`. What is measured, and how, is in docs/performance.md."""
