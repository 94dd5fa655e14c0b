"""The Django project and the people's side: settings, admin, pages, health, checks, commands."""
