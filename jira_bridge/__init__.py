"""The Jira door: webhooks in, comments, transitions and mail out."""
