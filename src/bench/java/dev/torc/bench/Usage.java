package dev.torc.bench;

/**
 * What one run took.
 *
 * @param wall nanoseconds from the start to the end
 * @param cpu nanoseconds, user and system, of the process and all that it waited for
 * @param own nanoseconds of the process alone, in steps of the system's clock tick (10 ms)
 * @param peak bytes of memory of the largest process of the tree
 */
record Usage(long wall, long cpu, long own, long peak) {}
