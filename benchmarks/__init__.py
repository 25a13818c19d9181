"""Every figure of the README, side by side with Kubo 0.43.1 and ipfsspec 0.6.0 in one run.

``python -m benchmarks`` prints a Markdown table; it judges nothing.
"""
