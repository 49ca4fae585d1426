"""The fictitious data of the demonstration, played through the verbs of the product by the people who may do them."""
