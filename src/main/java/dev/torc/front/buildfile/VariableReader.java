package dev.torc.front.buildfile;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.NearestName;
import dev.torc.base.syntax.Node;
import dev.torc.base.syntax.Place;
import dev.torc.base.syntax.Problems;
import dev.torc.base.syntax.SourceFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.SortedMap;

/**
 * Reads {@code vars}, which may refer to each other in any order, with the values of {@code -D}
 * laid over them. Values from the command line and from vars files are literal. A vars file may be
 * written for another program, so a value that cannot be a var is reported only where it is used.
 * {@link VarLayers} joins the maps and files.
 */
final class VariableReader {

  /** The longest chain of vars that refer to each other. */
  private static final int MAX_DEPTH = 100;

  private final SequencedMap<String, Node.Entry> written;
  private final Set<String> files;
  private final Problems problems;
  private final Map<String, String> texts = new HashMap<>();
  private final Map<String, List<String>> lists = new HashMap<>();
  private final Map<String, String> unfit = new HashMap<>();
  private final Set<String> open = new LinkedHashSet<>();

  private VariableReader(Node.Mapping written, Set<String> files, Problems problems) {
    this.written = written.entries();
    this.files = files;
    this.problems = problems;
  }

  /**
   * Returns the value of every var. {@code files} has the names of the vars files, as {@link Place}
   * has them.
   */
  static Vars resolve(
      Node.Mapping written,
      Set<String> files,
      SortedMap<String, String> defines,
      Problems problems) {
    VariableReader vars = new VariableReader(written, files, problems);
    defines.forEach(
        (name, value) -> {
          Node.Entry entry = vars.written.get(name);
          if (entry == null) {
            Set<String> known = vars.written.keySet();
            String inside = Vars.inside(name, known.stream());
            String hint =
                inside == null
                    ? NearestName.hint(name, known)
                    : "; it is a map, in which there is " + inside;
            problems.add(Place.NONE, "-D " + name + ": the build file has no such var" + hint);
          } else if (entry.value() instanceof Node.Sequence) {
            vars.lists.put(name, vars.defined(name, value));
          } else {
            vars.texts.put(name, value);
          }
        });
    vars.written.keySet().forEach(vars::resolve);
    Node.Entry args = vars.written.get("args");
    if (args != null) {
      problems.warn(
          args.place(),
          "the var args hides {args}, the arguments behind --; rename one that needs them");
    }
    return Vars.of(vars.texts, vars.lists, vars.unfit);
  }

  /**
   * Returns the items of a list var that the command line sets: the text as one item, or the items
   * of a YAML list.
   */
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

  /** Finds the value of a var, after the values of the vars that it refers to. */
  private void resolve(String name) {
    if (texts.containsKey(name) || lists.containsKey(name) || unfit.containsKey(name)) {
      return;
    }
    Node.Entry entry = written.get(name);
    if (open.contains(name) || open.size() > MAX_DEPTH) {
      problems.add(
          entry.place(),
          open.contains(name)
              ? "the vars " + String.join(" → ", open) + " → " + name + " go round in a circle"
              : "vars refer to each other more than " + MAX_DEPTH + " deep");
      texts.put(name, "");
      return;
    }
    boolean literal = files.contains(entry.place().file());
    open.add(name);
    try {
      if (entry.value() instanceof Node.Sequence list) {
        lists.put(name, list(list, name, literal));
      } else {
        texts.put(name, text(MapFields.scalar(entry.value(), name), literal));
      }
    } catch (BadInput e) {
      if (literal) {
        unfit.put(name, e.getMessage());
      } else {
        problems.add(e);
        texts.putIfAbsent(name, "");
      }
    } finally {
      open.remove(name);
    }
  }

  private List<String> list(Node.Sequence list, String name, boolean literal) {
    for (Node item : list.items()) {
      Node.Scalar text = MapFields.scalar(item, "an item of " + name);
      if (!literal) {
        resolveIn(text);
      }
    }
    List<Node> items = literal ? list.items() : scope().items(list);
    return items.stream().map(item -> text(MapFields.scalar(item, name), literal)).toList();
  }

  private String text(Node.Scalar text, boolean literal) {
    if (literal) {
      return text.text();
    }
    resolveIn(text);
    return scope().text(text);
  }

  private void resolveIn(Node.Scalar text) {
    for (Object part : Placeholder.split(text.text(), written::containsKey)) {
      if (part instanceof Placeholder hole && written.containsKey(hole.name())) {
        resolve(hole.name());
      }
    }
  }

  /** Returns the scope for values of vars, in which every name is a var. */
  private Scope scope() {
    List<String> braced = written.keySet().stream().filter(Vars::isBraced).toList();
    return new Scope(new Vars(texts, lists, unfit, Set.of(), braced), null, problems);
  }
}
