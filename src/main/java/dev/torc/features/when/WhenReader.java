package dev.torc.features.when;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.Glob;
import dev.torc.base.syntax.GlobWalk;
import dev.torc.base.syntax.NearestName;
import dev.torc.base.syntax.Node;
import dev.torc.base.syntax.Paths;
import dev.torc.base.syntax.Place;
import dev.torc.features.reading.MapFields;
import dev.torc.features.reading.Scope;
import dev.torc.features.reading.Value;
import dev.torc.features.reading.Vars;
import dev.torc.features.reading.WrittenPath;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

/**
 * Reads {@code when}, the condition under which a job is part of a build, and finds out whether it
 * holds. It remembers the variables and files that it asked for, since the graph of a build file is
 * valid only while they stay the same. {@link LeftOutJobs} decides what follows for other jobs.
 *
 * @param caller the caller's environment
 * @param variables the caller's variables that conditions asked for
 * @param files what the patterns of the files that conditions asked for found
 * @param sources the files that conditions asked for, which no job may make
 * @param lacking whether any condition did not hold
 */
public record WhenReader(
    Map<String, String> caller,
    Paths paths,
    SortedMap<String, Optional<String>> variables,
    SortedMap<String, List<String>> files,
    SortedMap<String, Place> sources,
    AtomicBoolean lacking) {

  /** A condition of {@code when}. */
  public static final List<String> CONDITION = List.of("os", "arch", "var", "env", "exists", "not");

  /** The key; in a job, the reason why a condition does not hold, so that no build runs it. */
  public static final String KEY = "when";

  private static final List<String> SYSTEMS = List.of("linux", "macos");
  private static final List<String> PROCESSORS = List.of("x86_64", "aarch64");
  private static final Set<String> NO = Set.of("", "false", "0", "no", "off");

  public WhenReader(Map<String, String> caller, Paths paths) {
    this(caller, paths, new TreeMap<>(), new TreeMap<>(), new TreeMap<>(), new AtomicBoolean());
  }

  /** Returns a reader of the conditions of a package, which remembers with this one. */
  public WhenReader in(Paths paths) {
    return new WhenReader(caller, paths, variables, files, sources, lacking);
  }

  /** Whether a condition holds, and the fact that decides it. */
  private record Finding(boolean holds, String fact) {}

  /** Returns why a condition does not hold; null if it does, or if a value is not known yet. */
  public String lack(Node node, Scope scope) {
    Finding found = of(node, scope);
    boolean lack = !found.holds && found.fact.indexOf(Scope.ANY) < 0;
    if (lack) {
      lacking.set(true);
    }
    return lack ? found.fact : null;
  }

  private Finding of(Node node, Scope scope) {
    List<Finding> all = new ArrayList<>();
    for (Node each : MapFields.oneOrMore(node)) {
      if (!(each instanceof Node.Mapping map)) {
        String what = each == node ? "when must be" : "a condition is";
        throw new BadInput(each.place(), noCondition(what, MapFields.scalar(each, "when").text()));
      }
      new MapFields(map, scope, scope.problems()).only(CONDITION, "a condition");
      map.entries().forEach((key, entry) -> all.add(one(key, entry.value(), scope)));
    }
    if (all.isEmpty()) {
      throw new BadInput(node.place(), "when has no condition; write one such as {os: linux}");
    }
    for (Finding each : all) {
      if (!each.holds) {
        return each;
      }
    }
    return new Finding(true, all.stream().map(Finding::fact).collect(Collectors.joining(" and ")));
  }

  private static String noCondition(String what, String text) {
    return switch (text) {
      case "manual" -> "when: manual is written manual: true here";
      case "always", "on_success", "on_failure", "never", "delayed" ->
          what
              + " a map such as {os: linux}; a reader that runs in spite of failures has {job:"
              + " NAME, failed: skip} in needs";
      default -> what + " a map such as {os: linux} or {var: NAME}, not an expression";
    };
  }

  private Finding one(String key, Node node, Scope scope) {
    if (key.equals("not")) {
      Finding inner = of(node, scope);
      return new Finding(!inner.holds, inner.fact);
    }
    Node.Scalar scalar = MapFields.scalar(node, key);
    String text = scope.text(scalar).strip();
    return switch (key) {
      case "os" -> same(scalar, key, text, SYSTEMS, isMac() ? "macos" : "linux");
      case "arch" -> {
        String asked = text.equals("amd64") ? "x86_64" : text.equals("arm64") ? "aarch64" : text;
        String here = System.getProperty("os.arch");
        yield same(scalar, key, asked, PROCESSORS, here.equals("amd64") ? "x86_64" : here);
      }
      case "env" -> {
        String value = caller.get(text);
        variables.put(text, Optional.ofNullable(value));
        yield value("env " + text, value);
      }
      case "var" -> {
        String name = scalar.text().replaceAll("[{}]", "");
        if (!name.equals(scalar.text()) && scope.vars().has(name) && !scope.vars().has(text)) {
          throw new BadInput(scalar.place(), "var is the name of a var; write {var: " + name + "}");
        }
        yield value("var " + text, variable(text, scalar.place(), scope));
      }
      case "exists" ->
          text.indexOf(Scope.ANY) < 0
              ? file(WrittenPath.file(paths, text, scalar.place(), key), scalar.place())
              : new Finding(false, text);
      default -> new Finding(true, ""); // reported as unknown
    };
  }

  private static boolean isMac() {
    return System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("mac");
  }

  private static Finding same(
      Node.Scalar at, String key, String asked, List<String> words, String here) {
    if (asked.indexOf(Scope.ANY) < 0 && !words.contains(asked)) {
      String hint = NearestName.hint(asked, words);
      String line = "%s is %s, not %s%s".formatted(key, String.join(" or ", words), asked, hint);
      throw new BadInput(at.place(), line);
    }
    boolean holds = asked.equals(here);
    return new Finding(holds, key + " is " + here + (holds ? "" : ", not " + asked));
  }

  private static Finding value(String what, String value) {
    boolean holds = value != null && !NO.contains(value.strip().toLowerCase(Locale.ROOT));
    String is = value == null ? " is not set" : value.isBlank() ? " is empty" : " is " + value;
    return new Finding(holds, what + (holds ? " is set" : is)); // the value may be a secret
  }

  /** Returns the value of a parameter or var; null if it is not set. */
  private static String variable(String name, Place place, Scope scope) {
    String own = scope.ofRow(name);
    Vars vars = scope.vars();
    if (own != null || name.indexOf(Scope.ANY) >= 0 || scope.isOutline() && !vars.has(name)) {
      return own == null ? Scope.ANY : own;
    } else if (vars.maps().containsKey(name)) {
      return vars.maps().get(name).isEmpty() ? "" : "a map";
    } else if (scope.valueOf(name) instanceof Value.Items list) {
      return list.items().stream().map(Value::toString).collect(Collectors.joining(" "));
    } else if (!vars.has(name)) {
      List<String> known = scope.names().toList();
      boolean near = NearestName.to(name, known) != null;
      String hint = near ? NearestName.hint(name, known) : "; define it in vars, and -D sets it";
      throw new BadInput(place, "no var " + name + hint);
    }
    return vars.text(name);
  }

  private Finding file(String path, Place place) {
    if (Files.isDirectory(paths.root().resolve(path))) {
      throw new BadInput(place, path + " is a folder; name a file in it");
    }
    sources.putIfAbsent(path, place);
    String pattern = GlobWalk.text(Glob.of(Glob.escape(path)), List.of());
    try {
      List<String> found = GlobWalk.find(paths.root(), pattern).files();
      files.put(pattern, List.copyOf(found));
      return new Finding(
          !found.isEmpty(), path + (found.isEmpty() ? " does not exist" : " exists"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
