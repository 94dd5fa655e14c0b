"""A small One Identity Manager application server to try publishing with. Start with `python -m sandbox.identity`."""
