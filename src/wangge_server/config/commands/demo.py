"""demo."""

HELP = "demo"


def add_arguments(parser: object) -> None: ...


def run(args: object) -> int:
    raise NotImplementedError
