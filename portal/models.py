"""The portal's own tables."""

from portal.doctor.models import Examination

__all__ = ["Examination"]
