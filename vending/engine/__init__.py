"""The engine: look, act, look again. Rows are the truth, queue messages are hints."""
