"""Rows: what is kept, and the only room that speaks SQL. Knows no LINE, no Thai, no rules."""
