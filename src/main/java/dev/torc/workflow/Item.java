package dev.torc.workflow;

import dev.torc.syntax.Place;
import java.util.List;

/**
 * One entry of {@code needs} or {@code produces} as written.
 *
 * @param name the key in a map of names, null in a list
 * @param refs one, or the list that stands under a name
 */
public record Item(String name, Place place, List<Ref> refs) {

  /**
   * Whether the entry asks for files; one that only excludes, or asks for data, is not counted by
   * {@code {needs[0]}}.
   */
  public boolean isWanted() {
    for (Ref ref : refs) {
      if (!(ref instanceof Ref.Exclude) && !(ref instanceof Ref.OfData)) {
        return true;
      }
    }
    return refs.isEmpty();
  }
}
