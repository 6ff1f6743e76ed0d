"""Rows: what is kept, and the only room that speaks SQL. Knows nothing of LINE, of Thai, of rules."""
