package dev.torc.results;

import java.util.List;

/**
 * What the shared stores have for a key.
 *
 * @param result null for a miss
 * @param store which store has it, as messages name it; null for a miss
 * @param reasons why the stores that were asked before it have none that may be used, a line each;
 *     a store without anything under the key gives none
 * @param next the store that is asked next, by its place
 */
public record SharedFound(Result result, String store, List<String> reasons, int next) {}
