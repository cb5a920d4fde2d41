"""Protocol B: rounds of predictions, each answer signed, some of them contested and then proven."""
