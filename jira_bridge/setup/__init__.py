"""What the portal wants of a Jira project, how far a Jira has it, and making the rest."""
