package dev.torc.cache;

/**
 * One line of a stored manifest or of the reasons of a run. The codes and what they mean are the
 * planner's; the cache only keeps them.
 */
public record ManifestEntry(int code, String name, String old, String now) {}
