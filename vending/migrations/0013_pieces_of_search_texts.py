import django.contrib.postgres.indexes
from django.db import migrations

import vending.models.searching

# The cost (PostgreSQL's own is 100) is about what it takes for a text of 200 letters: without it the planner
# prefers to call the function for every row when most rows have the word.
MAKE = """
CREATE FUNCTION vending_pieces(whole text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 10000
RETURN (SELECT coalesce(array_agg(substr(whole, place, 3)), '{}') FROM generate_series(1, length(whole) - 2) AS place)
"""


class Migration(migrations.Migration):

    dependencies = [
        ('vending', '0012_changes'),
    ]

    operations = [
        migrations.RunSQL(MAKE, "DROP FUNCTION vending_pieces(text)"),
        migrations.AddIndex(
            model_name='account',
            index=django.contrib.postgres.indexes.GinIndex(vending.models.searching.Pieces('search_text'), name='account_pieces'),
        ),
        migrations.AddIndex(
            model_name='accountrequest',
            index=django.contrib.postgres.indexes.GinIndex(vending.models.searching.Pieces('search_text'), name='request_pieces'),
        ),
    ]
