"""A small Jira and an AWS with real limits, for demo, tests and benchmarks. Imports nothing of the product."""
