"""Commands of the upper floor, registered as entry points of `wangge.commands`."""
