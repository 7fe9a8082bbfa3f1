package dev.torc.records;

import java.util.List;
import java.util.SortedMap;

/**
 * A line of the build history.
 *
 * @param started milliseconds since 1970
 * @param nanos duration in nanoseconds; -1 while it runs or where it was killed
 * @param counts jobs by final state
 * @param exit exit status; -1 while it runs or where it was killed
 * @param files the build files that it was asked for, laid over each other in this order, relative
 *     to the root where they lie below it; none in records of an older torc
 * @param machine on which torc ran, in words; null while it runs, where it was killed, and in
 *     records of an older torc
 * @param use of stores; none while it runs, where it was killed, and in records of an older torc
 */
public record BuildRecord(
    BuildId id,
    long started,
    long nanos,
    SortedMap<String, Integer> counts,
    int exit,
    List<String> files,
    String machine,
    StoreUse use) {}
