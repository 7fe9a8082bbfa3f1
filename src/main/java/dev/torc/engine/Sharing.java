package dev.torc.engine;

import dev.torc.results.SharedStores;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What a build has of shared stores.
 *
 * @param asks whether what they have may stand for a run
 * @param idle says that the build has nothing to do but to wait for them
 */
public record Sharing(SharedStores stores, boolean asks, AtomicBoolean idle) {}
