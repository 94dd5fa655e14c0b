"""A small, stateful Jira Service Management to try the portal with. Start with `python -m sandbox.jira`."""
