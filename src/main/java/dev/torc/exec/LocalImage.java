package dev.torc.exec;

import dev.torc.hash.Digest;

/**
 * An image that is on this machine: one of the two is null.
 *
 * @param id the digest of its configuration, by which podman and docker keep it
 * @param file the path of its file, relative to the root or absolute
 */
public record LocalImage(Digest id, String file) {}
