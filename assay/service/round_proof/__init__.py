"""One proof of the sumcheck backend about all answers of a round: made beside the service, checked by the client."""
