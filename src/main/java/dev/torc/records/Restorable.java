package dev.torc.records;

import dev.torc.hash.Digest;
import java.util.List;

/**
 * What a job's record has of its run only so that its result can be kept for later. {@code
 * results.ResultKey} has the rule of the keys.
 *
 * @param key under which the result is known
 * @param first leads to the lists of files that depfiles named; null for a job without one
 * @param programs the programs of its commands: name, path, size and time of each
 * @param files how many its products are, those in folders counted one by one
 * @param log whether what the job writes belongs to the result
 * @param depfile the depfile that the run left; null for a job without one
 */
public record Restorable(
    Digest key,
    Digest first,
    List<String> programs,
    int files,
    boolean log,
    RecordedProduct depfile) {}
