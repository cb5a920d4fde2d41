"""What the games of all protocols share: steps, paths, replay, pay-offs, clocks, griefing, tables and letters."""
