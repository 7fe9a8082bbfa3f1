package dev.torc.features.remarks;

import dev.torc.base.syntax.BadInput.Diagnostic;
import dev.torc.base.syntax.Glob;
import dev.torc.base.syntax.GlobWalk;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Ref;
import dev.torc.core.model.Workflow.ReportFile;
import java.io.IOException;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Warns about patterns that match some files as patterns and others literally, since probably only
 * one reading is intended. {@link Glob} decides which files a pattern matches; the warning changes
 * nothing.
 */
public final class PatternReadings {

  private PatternReadings() {}

  /** Returns the warnings about the needs and products of jobs, and about the report's files. */
  public static List<Diagnostic> onDisk(Graph graph, int[] jobs) throws IOException {
    Set<Diagnostic> lines = new LinkedHashSet<>();
    for (int job : jobs) {
      add(graph, graph.job(job).needRefs(), graph.job(job).excludes(), lines);
      add(graph, graph.job(job).productRefs(), List.of(), lines);
    }
    for (ReportFile file : graph.workflow().settings().report()) {
      add(graph, List.of(file.ref()), List.of(), lines);
    }
    return List.copyOf(lines);
  }

  private static void add(Graph graph, List<Ref> refs, List<Glob> excludes, Set<Diagnostic> lines)
      throws IOException {
    for (Ref ref : refs) {
      if (ref instanceof Ref.OfGlob glob && hasTwo(glob.pattern())) {
        Glob wanted = Glob.of(glob.pattern());
        String line =
            of(glob.pattern(), GlobWalk.find(graph.workflow().root(), wanted, excludes).files());
        if (line != null) {
          lines.add(new Diagnostic(ref.place(), line));
        }
      }
    }
  }

  private static boolean hasTwo(String pattern) {
    return pattern.indexOf('[') >= 0 || pattern.indexOf('{') >= 0;
  }

  /** Returns the warning about a pattern; null if the paths match in at most one way. */
  public static String of(String pattern, Collection<String> paths) {
    String own = null;
    String other = null;
    Glob glob = hasTwo(pattern) ? Glob.of(pattern) : null;
    for (String path : glob == null ? List.<String>of() : paths) {
      if (glob.matches(path)) {
        boolean meant = glob.matchesAsPattern(path);
        own = own == null && !meant ? path : own;
        other = other == null && meant ? path : other;
      }
    }
    return own == null || other == null
        ? null
        : "%s matches %s by its own text and %s as a pattern; write \\%s for the character"
            .formatted(pattern, own, other, pattern.indexOf('[') >= 0 ? "[" : "{");
  }
}
