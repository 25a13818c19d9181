"""What ships for others: conformance suites and servers to test against. Nothing imports it."""
