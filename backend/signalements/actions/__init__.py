"""The verbs of intake and qualification, one module each; pages, JSON and commands only translate to them."""
