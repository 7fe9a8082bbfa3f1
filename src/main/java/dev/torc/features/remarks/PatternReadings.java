package dev.torc.features.remarks;

import dev.torc.base.syntax.BadInput.Diagnostic;
import dev.torc.base.syntax.Glob;
import dev.torc.base.syntax.GlobWalk;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Ref;
import dev.torc.core.model.Workflow.ReportFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Warns about patterns that match some files as patterns and others literally, since probably only
 * one reading is intended. {@link Glob} decides which files a pattern matches; the warning changes
 * nothing.
 */
public final class PatternReadings {

  private PatternReadings() {}

  /** Returns the warnings about the report's files. */
  public static List<Diagnostic> ofReport(Graph graph) throws IOException {
    List<Diagnostic> lines = new ArrayList<>(0);
    for (ReportFile file : graph.workflow().settings().report().files()) {
      String line = onDisk(graph, file.ref(), List.of());
      if (line != null) {
        lines.add(new Diagnostic(file.ref().place(), line));
      }
    }
    return lines;
  }

  /** Says which patterns of a job have two readings, by the files on the disk. */
  static void onDisk(RemarkedJob of) throws IOException {
    for (List<Ref> refs : List.of(of.job().needRefs(), of.job().productRefs())) {
      for (Ref ref : refs) {
        boolean needed = refs == of.job().needRefs();
        String line = onDisk(of.graph(), ref, needed ? of.job().excludes() : List.of());
        if (line != null) {
          of.say("readings", ref.place(), line);
        }
      }
    }
  }

  private static String onDisk(Graph graph, Ref ref, List<Glob> excludes) throws IOException {
    return ref instanceof Ref.OfGlob glob && hasTwo(glob.pattern())
        ? of(
            glob.pattern(),
            GlobWalk.find(graph.workflow().root(), Glob.of(glob.pattern()), excludes).files())
        : null;
  }

  private static boolean hasTwo(String pattern) {
    return pattern.indexOf('[') >= 0 || pattern.indexOf('{') >= 0;
  }

  /** Returns the warning about a pattern; null if the paths match in at most one way. */
  static String of(String pattern, Collection<String> paths) {
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
