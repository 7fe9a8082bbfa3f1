package dev.torc.features.remarks;

import dev.torc.base.digests.StopFlag;
import dev.torc.base.posix.Io;
import dev.torc.base.syntax.Excludes;
import dev.torc.base.syntax.Glob;
import dev.torc.base.syntax.GlobWalk;
import dev.torc.base.text.SafeText;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Ref;
import java.util.List;

/**
 * Finds the files that only a leading dot keeps out of a needed glob, so that the user may expect
 * them there. A {@code !} that names such a file, or a folder above it, says that this is intended.
 * For products, {@link dev.torc.core.attempt.ProductScan} finds them.
 */
final class DottedFiles {

  private DottedFiles() {}

  /** Says what needed globs leave out, once for each item of the build file. */
  static void besideNeeds(RemarkedJob of) {
    for (Ref ref : of.job().needRefs()) {
      if (ref instanceof Ref.OfGlob glob) {
        List<String> files = besideNeed(of.graph(), of.id(), glob, of.job().excludes());
        if (!files.isEmpty()) {
          String line =
              "need %s leaves out %s because of the leading dot; add %s"
                  .formatted(
                      glob.pattern(), SafeText.names(files, 1), ways(glob, files.getFirst()));
          of.say("dot", ref.place(), line);
        }
      }
    }
  }

  private static List<String> besideNeed(
      Graph graph, int job, Ref.OfGlob glob, List<Glob> excludes) {
    List<Ref> needs = graph.job(job).needRefs();
    // If a folder is unreadable, another warning says so if it matters.
    return Io.or(
        () ->
            GlobWalk.files(graph.workflow().root(), glob.glob().dotted(), excludes, new StopFlag())
                .stream()
                .filter(path -> !Excludes.namesPart(excludes, path) && graph.makerOf(path) != job)
                .filter(path -> needs.stream().noneMatch(other -> names(other, path)))
                .toList(),
        List.of());
  }

  private static boolean names(Ref need, String path) {
    return need instanceof Ref.OfFile file
        ? file.path().equals(path)
        : need instanceof Ref.OfMany many && many.holds(path);
  }

  /** Returns what to add to the items beside a glob, for a file that it leaves out. */
  static String ways(Ref.OfGlob glob, String path) {
    int dot = ("/" + path).indexOf("/.", glob.glob().fixedPrefix().length());
    int end = path.indexOf('/', dot);
    String item = end < 0 ? Glob.escape(path) : Glob.escape(path.substring(0, end)) + "/**";
    return "%s, or \"!%s.*\" if that is intended"
        .formatted(item, Glob.escape(path.substring(0, dot)));
  }
}
