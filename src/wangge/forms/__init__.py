"""forms: what departments ask, made one: harmonised forms, the union form and its bill, templates filled out again."""
