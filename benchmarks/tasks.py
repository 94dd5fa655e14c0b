"""What the queue calls in the latency part."""

from django.db import connection

ARRIVALS = "CREATE TABLE bench_arrival (probe integer, arrived timestamptz)"


def arrive(probe: int) -> None:
    """Write down when this message got to a worker."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO bench_arrival VALUES (%s, clock_timestamp())", [probe])
