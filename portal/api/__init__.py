"""The frame of the API: its addresses, its problems, its description."""
