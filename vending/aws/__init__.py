"""One thin, typed file per AWS service: reads, single mutations, and no business logic."""
