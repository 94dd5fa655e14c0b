"""What the pages of requests, runs, steps and accounts show, each read with a handful of queries."""

from vending.pages.accounts import account_sheet
from vending.pages.reading import with_progress
from vending.pages.requests import request_story
from vending.pages.runs import run_picture, step_sheet
from vending.pages.words import in_words

__all__ = ["account_sheet", "in_words", "request_story", "run_picture", "step_sheet", "with_progress"]
