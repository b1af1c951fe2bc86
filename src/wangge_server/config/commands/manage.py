"""Runs one of Django's management commands, for those who know them: `wangge manage check --deploy`."""

from __future__ import annotations

import argparse
import os

HELP = "run a management command of the server (migrate, check, shell, …)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """All words go to Django as they are."""
    parser.add_argument("words", nargs=argparse.REMAINDER, help="the command and its own arguments")


def run(args: argparse.Namespace) -> int:
    """Hand over to Django. -> its exit code"""
    from django.core.management import execute_from_command_line

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wangge_server.config.settings")
    execute_from_command_line(["wangge manage", *args.words])
    return 0
