"""The store's history, one revision a change of shape."""
