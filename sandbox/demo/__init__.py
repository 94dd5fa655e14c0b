"""The demo: PostgreSQL, sandbox AWS, sandbox Jira, web server and worker, under one supervisor."""
