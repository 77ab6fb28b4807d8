"""The page `/docs`, in a browser."""
