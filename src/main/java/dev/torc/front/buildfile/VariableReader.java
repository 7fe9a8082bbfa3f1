package dev.torc.front.buildfile;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.NearestName;
import dev.torc.base.syntax.Node;
import dev.torc.base.syntax.Place;
import dev.torc.base.syntax.Problems;
import dev.torc.base.syntax.SourceFile;
import dev.torc.features.reading.Home;
import dev.torc.features.reading.MapFields;
import dev.torc.features.reading.Placeholder;
import dev.torc.features.reading.Scope;
import dev.torc.features.reading.Value;
import dev.torc.features.reading.VarLookup;
import dev.torc.features.reading.Vars;
import dev.torc.features.remarks.Unexpanded;
import dev.torc.front.buildfile.ParsedBuildFile.Overrides;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads {@code vars}, which may refer to each other in any order, with the values of {@code -D}
 * laid over them, and to the caller's variables as {@code {env.NAME}} and {@code
 * {env.NAME:-DEFAULT}}. Values from the command line and from vars files are literal. A vars file
 * may be written for another program, so a value that cannot be a var is reported only where it is
 * used. {@link VarLayers} joins the maps and files.
 */
final class VariableReader {

  /** The longest chain of vars that refer to each other. */
  private static final int MAX_DEPTH = 100;

  private static final Pattern CALLER =
      Pattern.compile("\\{env\\.([A-Za-z_][A-Za-z0-9_]*)(?::-([^{}]*))?\\}");

  private final SequencedMap<String, Node.Entry> written;
  private final Set<String> files; // the names of the vars files, as Place has them
  private final Map<String, SequencedSet<String>> maps;
  private final Map<String, String> env;
  private final Problems problems;
  private final Map<String, Value> values = new HashMap<>();
  private final Map<String, String> unfit = new HashMap<>();
  private final Map<String, String> unset = new HashMap<>();
  private final SortedMap<String, Optional<String>> asked = new TreeMap<>();
  private final Map<String, Value> callers = new HashMap<>(0); // by what is between the braces
  private final Set<String> open = new LinkedHashSet<>();
  private final Scope scope; // of the values, in which every name is a var

  private VariableReader(
      Node.Mapping written,
      FileLayers layers,
      Map<String, String> env,
      Home home,
      Problems problems) {
    this.written = written.entries();
    this.files = layers.varFiles();
    this.maps = layers.varMaps();
    this.env = env;
    this.problems = problems;
    List<String> braced = this.written.keySet().stream().filter(Vars::isBraced).toList();
    Vars.OddNames odd = new Vars.OddNames(Set.of(), braced);
    this.scope = new Scope(new Vars(values, unfit, unset, asked, maps, odd, home), null, problems);
  }

  /**
   * Returns the value of every var.
   *
   * @param home what other names mean in the build file
   * @param laid values that the including file lays over those of a package
   */
  static Vars resolve(
      Node.Mapping written,
      FileLayers layers,
      Overrides over,
      Home home,
      Map<String, Value> laid,
      Problems problems) {
    VariableReader vars = new VariableReader(written, layers, over.env(), home, problems);
    vars.values.putAll(laid);
    for (String name : vars.written.keySet()) { // a stream would link lambdas at each start
      if (name.indexOf('.') > 0) {
        vars.addDotted(name);
      }
    }
    over.defines()
        .forEach(
            (name, value) -> {
              Node.Entry entry = vars.written.get(name);
              if (over.member() != null // then only of a package, which has none
                  || entry == null && name.indexOf(':') > 0 && !layers.packages().isEmpty()) {
                return; // of a package
              } else if (entry == null && !vars.values.containsKey(name)) {
                Set<String> known = vars.written.keySet();
                String inside = Vars.inside(name, known.stream());
                String none =
                    home.outer() == null ? "the build file has no such var" : "no such var";
                String why =
                    inside == null
                        ? none + NearestName.hint(name, known)
                        : "it is a map; write -D " + home.prefix() + inside + "=VALUE";
                problems.add(Place.NONE, "-D " + home.prefix() + name + ": " + why);
              } else if (vars.values.get(name) instanceof Value.Items
                  || entry != null && entry.value() instanceof Node.Sequence) {
                vars.values.put(name, vars.defined(name, value));
              } else {
                vars.values.put(name, new Value.OfText(value));
              }
            });
    vars.written.keySet().forEach(vars::resolve);
    Node.Entry here = vars.written.get(Home.HERE);
    if (here != null) {
      problems.add(here.place(), "{here} is the folder of the build file; rename the var");
    }
    Node.Entry args = vars.written.get("args");
    if (args != null) {
      problems.warn(
          args.place(),
          "the var args hides {args}, the arguments behind --; rename one that needs them");
    }
    vars.values.keySet().removeAll(vars.callers.keySet());
    return Vars.of(vars.values, vars.unfit, vars.unset, vars.asked, vars.maps, home);
  }

  /** Adds the keys of a name that is written with dots: {@code samples.C} is a key of samples. */
  private void addDotted(String name) {
    for (int dot = name.indexOf('.'); dot > 0; dot = name.indexOf('.', dot + 1)) {
      SequencedSet<String> keys = maps.get(name.substring(0, dot));
      for (int end = name.length();
          keys != null && end > dot;
          end = name.lastIndexOf('.', end - 1)) {
        if (keys.contains(name.substring(dot + 1, end))) {
          return;
        }
      }
    }
    for (int dot = name.indexOf('.'); dot > 0; dot = name.indexOf('.', dot + 1)) {
      int end = name.indexOf('.', dot + 1);
      maps.computeIfAbsent(name.substring(0, dot), _ -> new LinkedHashSet<>())
          .add(name.substring(dot + 1, end < 0 ? name.length() : end));
    }
  }

  /**
   * Returns the items of a list var that the command line sets: the text as one item, or the items
   * of a YAML list.
   */
  private Value defined(String name, String value) {
    String text = value.strip();
    if (text.isEmpty()) {
      return new Value.Items(List.of());
    }
    if (!text.startsWith("[")) {
      String[] words = text.split("\\s+");
      if (words.length > 1) {
        problems.add(
            Place.NONE,
            "-D %s: a list with blanks in it; write -D '%s=[%s]'"
                .formatted(name, name, String.join(", ", words)));
      }
      return new Value.Items(List.of(new Value.OfText(value)));
    }
    try {
      if (SourceFile.parse(text.getBytes(StandardCharsets.UTF_8), "-D")
          instanceof Node.Sequence list) {
        return Value.of(list);
      }
    } catch (BadInput | IOException e) {
      // The message below shows the text, which is short enough to see what is wrong.
    }
    problems.add(
        Place.NONE, "-D " + name + ": no list: " + text + "; write -D '" + name + "=[a, b]'");
    return new Value.Items(List.of());
  }

  /** Finds the value of a var, after the values of the vars that it refers to. */
  private void resolve(String name) {
    if (values.containsKey(name) || unfit.containsKey(name) || unset.containsKey(name)) {
      return;
    }
    Node.Entry entry = written.get(name);
    if (open.contains(name) || open.size() > MAX_DEPTH) {
      problems.add(
          entry.place(),
          open.contains(name)
              ? "the vars " + String.join(" → ", open) + " → " + name + " go round in a circle"
              : "vars refer to each other more than " + MAX_DEPTH + " deep");
      values.put(name, new Value.OfText(""));
      return;
    }
    boolean literal = files.contains(entry.place().file());
    open.add(name);
    try {
      if (entry.value() instanceof Node.Scalar value
          && !literal
          && (value.text().indexOf('$') >= 0 || value.text().matches("(?s)[~`].*"))) {
        Unexpanded.warnOfVar(name, value, written.keySet(), problems);
      }
      values.put(name, value(entry.value(), name, literal));
    } catch (UnsetException e) {
      unset.put(name, e.getMessage());
    } catch (BadInput e) {
      if (literal) {
        unfit.put(name, e.getMessage());
      } else {
        problems.add(e);
        values.putIfAbsent(name, new Value.OfText(""));
      }
    } finally {
      open.remove(name);
    }
  }

  /** Returns a value; an item that is only the placeholder of a list stands for its items. */
  private Value value(Node node, String name, boolean literal) {
    if (literal && !(node instanceof Node.Scalar)) {
      return Value.of(node);
    } else if (node instanceof Node.Sequence list) {
      List<Value> items = new ArrayList<>();
      for (Node item : list.items()) {
        if (item instanceof Node.Scalar text) {
          resolveIn(text);
          Value whole = scope.whole(text);
          items.addAll(whole instanceof Value.Items of ? of.items() : List.of(one(text, name)));
        } else {
          items.add(value(item, name, false));
        }
      }
      return new Value.Items(List.copyOf(items));
    } else if (node instanceof Node.Mapping map) {
      SequencedMap<String, Value> fields = new LinkedHashMap<>();
      map.entries().forEach((key, entry) -> fields.put(key, value(entry.value(), name, false)));
      return new Value.Fields(fields);
    }
    Node.Scalar text = MapFields.scalar(node, name);
    return literal ? new Value.OfText(text.text()) : one(text, name);
  }

  private Value one(Node.Scalar text, String name) {
    resolveIn(text);
    return new Value.OfText(scope.text(MapFields.scalar(text, name)));
  }

  /**
   * Thrown if a value needs a variable of the caller that is not set; the message is the variable.
   */
  private static final class UnsetException extends RuntimeException {
    private static final long serialVersionUID = 1;

    UnsetException(String variable) {
      super(variable);
    }
  }

  private void resolveIn(Node.Scalar text) {
    if (text.text().contains("{env.")) {
      callers(text.text());
    }
    for (Object part : Placeholder.split(text.text(), this::isKnown)) {
      if (part instanceof Placeholder hole && isKnown(hole.name())) {
        VarLookup.Path path = VarLookup.parse(hole.name(), this::isHead);
        path.keys().forEach(this::resolveNamed);
        resolveNamed(VarLookup.var(path, scope));
      }
    }
  }

  private boolean isKnown(String name) {
    return VarLookup.parse(name, this::isHead) != null;
  }

  private boolean isHead(String name) {
    return written.containsKey(name) || maps.containsKey(name) || values.containsKey(name);
  }

  private void resolveNamed(String name) {
    if (written.containsKey(name)) {
      resolve(name);
      String lacks = unset.get(name);
      if (lacks != null) {
        throw new UnsetException(lacks);
      }
    }
  }

  /** Finds the values of the caller's variables in a text. An empty one takes the default. */
  private void callers(String text) {
    Matcher found = CALLER.matcher(text);
    while (found.find()) {
      String name = found.group(1);
      String value = env.get(name);
      String inside = found.group().substring(1, found.group().length() - 1);
      if (written.containsKey(inside)) {
        continue; // a nested var
      }
      asked.put(name, Optional.ofNullable(value));
      boolean takesDefault = found.group(2) != null && (value == null || value.isEmpty());
      value = takesDefault ? found.group(2) : value;
      boolean doubled =
          text.startsWith("{", found.start() - 1) && text.startsWith("}", found.end());
      if (value == null && !doubled) {
        throw new UnsetException(name);
      }
      callers.put(inside, new Value.OfText(value == null ? "" : value));
      values.putAll(callers);
    }
  }
}
