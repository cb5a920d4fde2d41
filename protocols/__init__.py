"""Who sends what to whom, in which order: pure state machines over typed messages. No chain calls."""
