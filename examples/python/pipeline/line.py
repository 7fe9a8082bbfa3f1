"""The line of least squares."""


def through(points):
    """Returns slope and offset."""
    n = len(points)
    x = sum(p[0] for p in points) / n
    y = sum(p[1] for p in points) / n
    slope = sum((p[0] - x) * (p[1] - y) for p in points) / sum((p[0] - x) ** 2 for p in points)
    return round(slope, 6), round(y - slope * x, 6)
