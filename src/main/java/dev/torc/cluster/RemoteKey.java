package dev.torc.cluster;

/**
 * Which attempt of which job something is that was handed out, and by which manifest: so a later
 * build knows whether its result still holds.
 *
 * @param job the job's name
 * @param build the id of the build that handed it out
 * @param attempt counts the job's attempts in that build, from 1
 * @param manifest digest of all that decides whether its result is valid, in hexadecimal digits
 * @param command digest of the same without what the needs hold: what runs, wherever it runs
 */
public record RemoteKey(String job, String build, int attempt, String manifest, String command) {}
