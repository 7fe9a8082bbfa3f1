package dev.torc.features.reading;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.Node;
import dev.torc.base.syntax.Place;
import dev.torc.base.syntax.ValueFormat;
import java.util.ArrayList;
import java.util.List;

/**
 * Replaces the placeholder of a list by one placeholder for each of its items, where a list of
 * texts is read.
 *
 * @param within whether a list may also stand within other text, as in the paths of needs
 */
public record ListItems(Scope scope, boolean within) {

  /** Returns the items of a list, or a single value as a list of one. */
  public List<Node> of(Node node) {
    List<Node> written = MapFields.oneOrMore(node);
    List<Node> items = null;
    for (int i = 0; i < written.size(); i++) {
      List<Node> more = written.get(i) instanceof Node.Scalar text ? itemsOf(text) : null;
      if (more != null && items == null) {
        items = new ArrayList<>(written.subList(0, i));
      }
      if (items != null) {
        items.addAll(more == null ? List.of(written.get(i)) : more);
      }
    }
    return items == null ? written : items;
  }

  /** Returns the items that a text with the placeholder of a list stands for; null for no list. */
  private List<Node> itemsOf(Node.Scalar text) {
    String written = text.text();
    if (written.indexOf('{') < 0 || !within && Scope.only(written) == null) {
      return null;
    }
    for (Object part : Placeholder.split(written, scope::isName)) {
      if (part instanceof Placeholder hole
          && (within || hole.written().equals(written))
          && hole.index() < 0
          && hole.formats().join() == null) {
        Value value = listOf(hole);
        if (value instanceof Value.Items list) {
          return items(text, hole, list.items().size());
        } else if (value != null && hole.formats().each() != null) {
          return items(text, hole, -1);
        }
      }
    }
    return null;
  }

  /**
   * Returns one text for each item of the list that a placeholder means; a {@code size} of -1
   * stands for a single text.
   */
  private List<Node> items(Node.Scalar text, Placeholder hole, int size) {
    ValueFormat format = hole.formats();
    String parts = format.parts().isEmpty() ? "" : ":" + String.join(":", format.parts());
    boolean attached = format.each() != null && format.each().endsWith("=");
    List<Node> items = new ArrayList<>();
    for (int i = 0; i < Math.abs(size); i++) {
      if (format.each() != null && !attached) {
        items.add(new Node.Scalar(text.place(), format.each(), true));
      }
      String index = size < 0 ? "" : "[" + i + "]";
      String one = (attached ? format.each() : "") + "{" + hole.name() + index + parts + "}";
      Node.Scalar item =
          new Node.Scalar(text.place(), text.text().replace(hole.written(), one), true);
      List<Node> more = within ? itemsOf(item) : null;
      items.addAll(more == null ? List.of(item) : more);
    }
    return items;
  }

  /** Returns the value of a placeholder; null if there is an error, which is reported elsewhere. */
  private Value listOf(Placeholder hole) {
    try {
      return VarLookup.find(hole, scope, Place.NONE).value();
    } catch (BadInput e) {
      return null;
    }
  }
}
