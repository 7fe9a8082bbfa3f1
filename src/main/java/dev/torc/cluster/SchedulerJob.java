package dev.torc.cluster;

import java.nio.file.Path;

/**
 * What was submitted, as its scheduler knows it: a script, or one element of an array.
 *
 * @param id the scheduler's; null where that is not known, so that only the name tells
 * @param name as it was submitted; all elements of an array have the same
 * @param log where the scheduler's own words about it may stand; null where that is not known
 */
public record SchedulerJob(String id, String name, Path log) {}
