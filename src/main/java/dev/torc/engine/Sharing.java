package dev.torc.engine;

import dev.torc.results.SharedStores;

/**
 * What a build has of shared stores.
 *
 * @param asks whether what they have may stand for a run
 */
public record Sharing(SharedStores stores, boolean asks) {}
