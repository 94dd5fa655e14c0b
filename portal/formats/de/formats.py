"""Dates that cannot be misread across the ocean, with seconds: what happened first must be visible."""

DATE_FORMAT = "j. M Y"
TIME_FORMAT = "H:i:s"
DATETIME_FORMAT = "j. M Y H:i:s"
