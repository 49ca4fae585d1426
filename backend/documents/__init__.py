"""Documents as files: they know bytes and views, no rule."""
