package dev.torc.exec;

/**
 * How an attempt ended that a scheduler ran.
 *
 * @param end as of one that ran here
 * @param status what its script said; null where it said nothing
 * @param folder where what stood in the places of its products was moved to; null where it never
 *     began
 * @param claim the name under which it is there
 */
public record RemoteEnd(ProcessEnd end, BatchStatus status, BatchFolder folder, String claim) {}
