"""One module per subject; each declares its benchmarks with `registry.bench`."""
