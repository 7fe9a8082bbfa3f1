package dev.torc.records;

/**
 * An event that a job posted. Events stand in the order of their builds, and in a build in the
 * order in which their attempts ended.
 *
 * @param build number of the build in the history
 * @param sequence counts the events of a build from 0
 * @param time when the attempt ended: milliseconds since 1970
 * @param attempt counts the attempts of the job from 1
 * @param text a JSON object, as the job wrote it
 */
public record PostedEvent(
    long build, long sequence, long time, String job, int attempt, String text) {}
