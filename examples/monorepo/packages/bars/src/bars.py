"""Draws a bar for each value."""


def bars(values):
    return "\n".join(f"{name:10}{'#' * size}" for name, size in sorted(values.items()))
