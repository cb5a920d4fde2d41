"""Two parties' post over HTTP: an office that listens, a courier that calls, and the options that choose them."""
