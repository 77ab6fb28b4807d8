"""A plan for growth: what a load needs, what refuses it first, and what it costs."""
