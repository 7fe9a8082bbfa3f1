package dev.torc.cache;

/**
 * A value that a job stored: its name, and its text as the job wrote it. What the text means as
 * JSON is not the cache's to know.
 */
public record StoredValue(String key, String text) {}
