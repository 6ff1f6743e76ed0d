"""Rules: what an event, a button, an officer's answer, a due alert means. Knows no Flask."""
