package dev.torc.features.remarks;

import dev.torc.base.syntax.Glob;
import dev.torc.core.model.Graph;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Finds a product of another job that a failed job misses: its output says that a file of this name
 * is missing, and no path of needs leads from the maker to the job.
 */
final class MissingMaker {

  private static final Pattern MISSING =
      Pattern.compile(
          "(?i)no such file|not found|cannot (find|open|stat|access|read)|can't (find|open|read)"
              + "|(does not|doesn't) exist|no rule to make");

  private static final Pattern PATH = Pattern.compile("[\\p{L}\\p{N}_./@%+~-]+");

  private MissingMaker() {}

  /** Returns the rest of a hint about the job whose output this is; null if there is none. */
  static String line(Graph graph, int job, List<String> output) {
    Set<String> names = new HashSet<>();
    String root = graph.workflow().root() + "/";
    for (String line : output) {
      Matcher word = PATH.matcher(MISSING.matcher(line).find() ? line : "");
      while (word.find()) {
        String name = word.group().replace(root, "").replaceFirst("\\.+$", "");
        if (name.indexOf('.') >= 0 || name.indexOf('/') >= 0) { // else a word like any other
          names.add("/" + name.replaceFirst("^(\\.{1,2}/)+", ""));
        }
      }
    }
    NeedPaths needs = new NeedPaths(graph, Long.MAX_VALUE);
    int[] found =
        IntStream.range(0, names.isEmpty() ? 0 : graph.files())
            .filter(
                file ->
                    graph.maker(file) >= 0
                        && names.stream().anyMatch(("/" + graph.path(file))::endsWith))
            .filter(file -> graph.maker(file) != job && !needs.lead(graph.maker(file), job))
            .limit(2)
            .toArray();
    if (found.length != 1) {
      return null;
    }
    int maker = graph.maker(found[0]);
    String path = graph.path(found[0]);
    String what = "lacks %s, a product of %s".formatted(path, graph.title(maker));
    return graph.precedes(job, maker)
        ? what + ", which waits for this job; split the job in two"
        : what + " that it does not need; add " + Glob.escape(path) + " to needs";
  }
}
