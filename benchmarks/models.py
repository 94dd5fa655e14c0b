from django.db import models


class BareDelivery(models.Model):
    """A body, nothing else. The table is made by the webhook part; there are no migrations."""

    body = models.BinaryField()

    class Meta:
        managed = False
        db_table = "bench_delivery"

    def __str__(self) -> str:
        return f"Delivery {self.pk}"
