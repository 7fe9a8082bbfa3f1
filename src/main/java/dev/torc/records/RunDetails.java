package dev.torc.records;

import java.util.List;

/**
 * What people ask of a job's last run: kept beside {@link JobResult}, read only for explanations.
 *
 * @param manifest the manifest it ran under, line by line
 * @param reasons why it ran
 * @param what how it failed in one phrase, empty for success
 * @param number the number of its build in the history
 * @param started milliseconds since 1970
 * @param exit exit status, -1 where there was none
 * @param signal number of the signal that ended it, 0 for none
 * @param cpu nanoseconds of CPU time, -1 unknown
 * @param peak bytes of memory at the highest sample, -1 unknown
 * @param attempts how many attempts the run took
 * @param restorable what a store goes by; null where the result is not to be kept for later
 * @param origin where it comes from; null where the job ran
 * @param read what it was seen to read and does not need, sorted
 */
public record RunDetails(
    List<ManifestEntry> manifest,
    List<ManifestEntry> reasons,
    String what,
    long number,
    long started,
    int exit,
    int signal,
    long cpu,
    long peak,
    int attempts,
    Restorable restorable,
    Origin origin,
    List<String> read) {}
