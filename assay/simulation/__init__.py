"""The games behind ``assay simulate``, one module for each protocol."""
