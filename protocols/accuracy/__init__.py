"""Protocol A, the accuracy audit: terms, state machine, messages, decisions, planning and the game walker."""
