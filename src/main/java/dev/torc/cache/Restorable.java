package dev.torc.cache;

import dev.torc.hash.Digest;
import java.util.List;

/**
 * What a store goes by if the result of a run is to be kept for later. {@code store.ResultKey} has
 * the rule of the keys.
 *
 * @param key under which the result is known
 * @param first leads to the lists of files that depfiles named; null for a job without one
 * @param programs the programs of its commands: name, path, size and time of each
 * @param bytes of all products together
 * @param files how many they are, those in folders counted one by one
 * @param log whether what the job writes belongs to the result
 * @param odd what stood otherwise than the result says, by path: products that are links, as such;
 *     and the depfile
 */
public record Restorable(
    Digest key,
    Digest first,
    List<String> programs,
    long bytes,
    int files,
    boolean log,
    List<OwnedPath> odd) {}
