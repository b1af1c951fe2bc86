"""Ask, don't ship: a holder answers signed questions beside its own data; rows never leave. Knows no Django and no database."""
