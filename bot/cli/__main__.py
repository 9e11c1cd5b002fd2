"""python -m bot.cli: the same as duckrow."""

from bot.cli import main

main()
