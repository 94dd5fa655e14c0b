"""What people do with a list: keep its filter under a name, and take it home as a file."""
