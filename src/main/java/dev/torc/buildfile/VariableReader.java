package dev.torc.buildfile;

import dev.torc.syntax.BadInput;
import dev.torc.syntax.NearestName;
import dev.torc.syntax.Node;
import dev.torc.syntax.Place;
import dev.torc.syntax.Problems;
import dev.torc.syntax.SourceFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;

/**
 * Reads {@code vars}, which may refer to each other in any order, with {@code -D} laid over them.
 * Values from the command line are texts as they stand; the value of a list var may be a list.
 */
final class VariableReader {

  /** How long a chain of vars that refer to each other may be. */
  private static final int MAX_DEPTH = 100;

  private final Node.Mapping written;
  private final Problems problems;
  private final Map<String, String> texts = new HashMap<>();
  private final Map<String, List<String>> lists = new HashMap<>();
  private final Set<String> open = new LinkedHashSet<>();

  private VariableReader(Node.Mapping written, Problems problems) {
    this.written = written;
    this.problems = problems;
  }

  /** The value of every var. */
  static Vars resolve(Node.Mapping written, SortedMap<String, String> defines, Problems problems) {
    VariableReader vars = new VariableReader(written, problems);
    defines.forEach(
        (name, value) -> {
          if (!written.entries().containsKey(name)) {
            String hint = NearestName.hint(name, written.entries().keySet());
            problems.add(Place.NONE, "-D " + name + ": the build file has no such var" + hint);
          } else if (written.get(name) instanceof Node.Sequence) {
            vars.lists.put(name, vars.defined(name, value));
          } else {
            vars.texts.put(name, value);
          }
        });
    written
        .entries()
        .forEach(
            (name, entry) -> {
              if (!Placeholder.isIdentifier(name)) {
                problems.add(
                    entry.place(), "the name of a var is letters, digits and _; this is " + name);
              }
              problems.guard(() -> Scope.refuseReserved(name, "var", entry.place()));
              vars.resolve(name);
            });
    return new Vars(vars.texts, vars.lists);
  }

  /** The items of a list var from the command line: one item as it stands, or a YAML list. */
  private List<String> defined(String name, String value) {
    String text = value.strip();
    if (text.isEmpty()) {
      return List.of();
    }
    if (!text.startsWith("[")) {
      String[] words = text.split("\\s+");
      if (words.length > 1) {
        problems.add(
            Place.NONE,
            "-D %s: a list with blanks in it; write -D '%s=[%s]'"
                .formatted(name, name, String.join(", ", words)));
      }
      return List.of(value);
    }
    List<String> items = new ArrayList<>();
    try {
      if (SourceFile.parse(text.getBytes(StandardCharsets.UTF_8), "-D")
          instanceof Node.Sequence list) {
        for (Node item : list.items()) {
          items.add(MapFields.scalar(item, "an item").text());
        }
        return items;
      }
    } catch (BadInput | IOException e) {
      // The message below shows the text, which is short enough to see what is wrong.
    }
    problems.add(
        Place.NONE, "-D " + name + ": no list: " + text + "; write -D '" + name + "=[a, b]'");
    return List.of();
  }

  /** Finds the value of a var, after the values of the vars that it names. */
  private void resolve(String name) {
    if (texts.containsKey(name) || lists.containsKey(name)) {
      return;
    }
    Node.Entry entry = written.entries().get(name);
    if (open.contains(name) || open.size() > MAX_DEPTH) {
      problems.add(
          entry.place(),
          open.contains(name)
              ? "the vars " + String.join(" → ", open) + " → " + name + " go round in a circle"
              : "vars refer to each other more than " + MAX_DEPTH + " deep");
      texts.put(name, "");
      return;
    }
    open.add(name);
    try {
      if (entry.value() instanceof Node.Sequence list) {
        lists.put(name, list(list, name));
      } else {
        Node.Scalar text = MapFields.scalar(entry.value(), name);
        resolveIn(text);
        texts.put(name, scope().text(text));
      }
    } catch (BadInput e) {
      problems.add(e);
      texts.putIfAbsent(name, "");
    } finally {
      open.remove(name);
    }
  }

  private List<String> list(Node.Sequence list, String name) {
    for (Node item : list.items()) {
      resolveIn(MapFields.scalar(item, "an item of " + name));
    }
    return scope().items(list).stream()
        .map(item -> scope().text(MapFields.scalar(item, name)))
        .toList();
  }

  private void resolveIn(Node.Scalar text) {
    for (Object part : Placeholder.split(text.text())) {
      if (part instanceof Placeholder hole && written.entries().containsKey(hole.name())) {
        resolve(hole.name());
      }
    }
  }

  private Scope scope() {
    return new Scope(new Vars(texts, lists), null, null, null);
  }

  /**
   * The values of the vars: each var is a text or a list of texts. {@link VariableReader} finds
   * them.
   *
   * @param texts the texts by name
   * @param lists the lists by name; no name is in both
   */
  public record Vars(Map<String, String> texts, Map<String, List<String>> lists) {

    /** No vars. */
    static final Vars NONE = new Vars(Map.of(), Map.of());

    /** Whether there is a var of this name. */
    boolean has(String name) {
      return texts.containsKey(name) || lists.containsKey(name);
    }

    /** All names, sorted. */
    Set<String> names() {
      Set<String> names = new TreeSet<>(texts.keySet());
      names.addAll(lists.keySet());
      return names;
    }
  }
}
