package dev.torc.workflow;

import java.util.List;

/**
 * One entry of {@code needs} or {@code produces} as written.
 *
 * @param name the key in a map of names, null in a list
 * @param refs one, or the list that stands under a name
 */
public record Item(String name, Place place, List<Ref> refs) {}
