package dev.torc.cache;

/**
 * Where the result of a restored job comes from.
 *
 * @param store the shared store that had it; empty for the local one
 * @param build the number of the build that made it
 * @param host the machine that made it; empty for this one
 * @param time when it began to make it: milliseconds since 1970
 */
public record Origin(String store, long build, String host, long time) {}
