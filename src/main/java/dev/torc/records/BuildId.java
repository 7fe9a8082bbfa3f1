package dev.torc.records;

/**
 * Which build it is.
 *
 * @param id random; stands in the environment of its jobs, in marks and in records
 * @param number its place in the history, counted from 1
 */
public record BuildId(String id, long number) {}
