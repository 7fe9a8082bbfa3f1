"""A model of an illness among 1000 people."""

DAYS_ILL = 10


def days(rate):
    """Yields how many people are ill on each day; each of them infects `rate` people a day."""
    healthy, ill = 999.0, 1.0
    for _ in range(121):
        yield ill
        infected = rate * ill * healthy / 1000
        healthy -= infected
        ill += infected - ill / DAYS_ILL
