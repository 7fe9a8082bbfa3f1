package dev.torc.features.remarks;

import dev.torc.base.syntax.Glob;
import dev.torc.base.syntax.Paths;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Ref;
import dev.torc.core.run.Event;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds a product of another job that a failed job misses: its output says that a file of this name
 * is missing, and no path of needs leads from the maker to the job.
 */
record MissingMaker(Graph graph, int job, Event.Log log) {

  private static final Pattern MISSING =
      Pattern.compile(
          "(?i)no such file|not found|cannot (find|open|stat|access|read)|can't (find|open|read)"
              + "|(does not|doesn't) exist|no rule to make");

  private static final Pattern PATH = Pattern.compile("[\\p{L}\\p{N}_./@%+~-]+");

  /** Returns the rest of a hint about the job; null if there is none. */
  String line(List<String> output) {
    Set<String> names = new TreeSet<>();
    for (String line : output) {
      Matcher word = PATH.matcher(MISSING.matcher(line).find() ? line : "");
      while (word.find()) {
        names.add(word.group().replaceFirst("\\.+$", ""));
      }
    }
    for (String name : names) {
      String path = name.isEmpty() ? null : product(name);
      int maker = path == null ? -1 : graph.makerOf(path);
      if (maker >= 0 && maker != job && !new NeedPaths(graph, Long.MAX_VALUE).lead(maker, job)) {
        String what = "lacks %s, a product of %s".formatted(path, graph.title(maker));
        return graph.precedes(job, maker)
            ? what + ", which waits for this job; split the job in two"
            : what + " that it does not need; add " + Glob.escape(path) + " to needs";
      }
    }
    return null;
  }

  /** Returns the product that a name in the output means; null if none or several end so. */
  private String product(String name) {
    try {
      String exact =
          new Paths(graph.workflow().root()).normalize(log.dir().resolve(name).toString());
      if (graph.makerOf(exact) >= 0) {
        return exact;
      }
    } catch (IllegalArgumentException e) {
      return null; // no file can have the name
    }
    Set<String> found = new TreeSet<>();
    for (int each = 0; name.indexOf('.') > 0 && each < graph.jobs(); each++) {
      for (Ref ref : graph.job(each).productRefs()) {
        if (ref instanceof Ref.OfFile file && ("/" + file.path()).endsWith("/" + name)) {
          found.add(file.path());
        }
      }
    }
    return found.size() == 1 ? found.iterator().next() : null;
  }
}
