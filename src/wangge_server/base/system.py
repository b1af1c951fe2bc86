"""The purpose under which the machine carries out what a person asked for."""

AS_SYSTEM = "administration"
