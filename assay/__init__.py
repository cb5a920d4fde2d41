"""What a person touches: the command line and its reports. Thin: no protocol logic."""

__version__ = "0.1.0"
