"""What `assay estimate` says beside what is then measured, for both backends."""
