"""What the commands do for models committed for the sumcheck backend: chosen by the commitment, not by hand."""
