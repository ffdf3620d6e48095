"""Benches: ratios measured side by side in one run, printed, never a test's pass or fail (`make bench`)."""
