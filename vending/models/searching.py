"""The text that a list searches in: several columns as one, in small letters, kept by the database.

A search for any part of any word is a look into an index over the pieces of three letters of that text. PostgreSQL's
own extension for this (pg_trgm) is not everywhere (docs/decisions.md); an index over an array is.
"""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.lookups import DataContains
from django.db import models
from django.db.models.functions import Concat, Lower, StrIndex
from django.db.models.lookups import GreaterThan

PIECE = 3
"""Letters; shorter words have no piece, and are looked for in every row."""


class Pieces(models.Func):
    """All parts of a text that are three letters long. The function is made by migration 0013."""

    function = "vending_pieces"
    arity = 1
    output_field = ArrayField(models.TextField())


def searched(*columns: str) -> models.GeneratedField:
    """A generated column with the values of the others, one per line, so that no match spans two of them."""
    parts: list[models.Expression | models.F] = []
    for column in columns:
        parts += [models.F(column), models.Value("\n")]
    return models.GeneratedField(
        expression=Lower(Concat(*parts, output_field=models.TextField())),
        output_field=models.TextField(),
        db_persist=True,
        editable=False,
    )


def pieces_index(name: str) -> GinIndex:
    """The index that finds the rows whose search_text holds a word."""
    return GinIndex(Pieces("search_text"), name=name)


def holds(word: str) -> models.Q:
    """The rows whose search_text has the word, in small letters, as a part. No sign in it is special.

    The index finds those that have all of its pieces, in any order; of these, those that have the word are left.
    """
    if len(word) < PIECE:
        return reads_all(word)
    # in this order, because cutting a text costs more than reading it
    return reads_all(word) & models.Q(DataContains(Pieces("search_text"), Pieces(models.Value(word))))


def reads_all(word: str) -> models.Q:
    """The same without the index. strpos takes half of the time of LIKE."""
    return models.Q(GreaterThan(StrIndex("search_text", models.Value(word)), 0))
