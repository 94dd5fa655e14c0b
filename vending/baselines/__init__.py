"""What a baseline says: its file, its rules, and how two of them differ."""
