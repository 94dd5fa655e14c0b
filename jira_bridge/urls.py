"""Jira's addresses."""

from django.urls import path

from jira_bridge import door

urlpatterns = [path("jira/webhook", door.webhook, name="jira-webhook")]
