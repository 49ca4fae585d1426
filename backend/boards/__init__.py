"""Home pages, lists and the situation's sheet, made of what each feature supplies; and the pages of information."""
