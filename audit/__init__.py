"""The audit stream: append-only events, their seals, and their deliveries to the world outside."""
