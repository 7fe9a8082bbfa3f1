package dev.torc.features.remarks;

import dev.torc.base.syntax.Glob;
import dev.torc.base.syntax.GlobWalk;
import dev.torc.base.syntax.Place;
import dev.torc.base.text.SafeText;
import dev.torc.core.attempt.AttemptOutcome;
import dev.torc.core.decide.Reason;
import dev.torc.core.decide.Reason.Kind;
import dev.torc.core.memory.RecordedProduct;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Job;
import dev.torc.core.model.NeedList;
import dev.torc.core.model.Ref;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds what is odd in the patterns and folders of jobs that ran: one in {@code produces} that got
 * no files, or that left out files because of a leading dot, and a new pattern whose brackets or
 * braces matched both as text and as a pattern. No job fails because of them.
 */
final class PatternWarnings {

  private PatternWarnings() {}

  static void of(RemarkedJob of) throws IOException {
    List<String> made = null;
    List<Reason> reasons = of.run().reasons();
    AttemptOutcome outcome = of.run().outcome();
    for (Ref ref : of.job().productRefs()) {
      if (ref instanceof Ref.OfGlob glob) {
        List<RecordedProduct> products = outcome.made().products().made();
        made = made == null ? products.stream().map(RecordedProduct::path).toList() : made;
        Glob dotted = glob.glob().dotted();
        List<String> beside =
            outcome.made().products().dotted().stream().filter(dotted::matches).toList();
        if (!beside.isEmpty()) {
          String prefix = glob.glob().fixedPrefix();
          String line =
              " wrote %s, which %s leaves out because of the leading dot, so its result is not stored; %sadd %s"
                  .formatted(
                      SafeText.names(beside, 1),
                      glob.pattern(),
                      prefix.isEmpty() ? "" : "produce " + prefix + "/, or ",
                      DottedFiles.ways(glob, beside.getFirst()));
          say(of, ref.place(), line);
        } else if (!ref.optional() && made.stream().noneMatch(glob.glob()::matches)) {
          String line = " made nothing that " + glob.pattern() + " matches";
          say(of, ref.place(), line + inDir(of, glob.pattern(), ""));
        } else if (Reason.anyNewItem(reasons, Kind.PRODUCTS_DECLARED, _ -> true)) {
          readings(of, ref.place(), glob.pattern(), made);
        }
      }
    }
    emptyFolders(of, outcome.made().products().emptyFolders());
    boolean lists = of.graph().listNeeds().count(of.id()) > 0;
    for (Ref ref : lists ? of.job().needRefs() : List.<Ref>of()) {
      if (ref instanceof Ref.OfGlob glob
          && Reason.anyNewItem(reasons, Kind.NEED_ADDED, glob.glob()::matches)) {
        readings(of, ref.place(), glob.pattern(), files(of.graph(), of.id(), glob, outcome));
      }
    }
  }

  /** Says which folders the job left without files, unless a group waits for what is in them. */
  private static void emptyFolders(RemarkedJob of, List<String> empty) throws IOException {
    Job job = of.job();
    boolean awaited =
        !empty.isEmpty()
            && of.graph().open().values().stream()
                .map(group -> group.further().awaits())
                .anyMatch(names -> names.contains(job.name()) || names.contains(job.group()));
    for (Ref ref : awaited ? List.<Ref>of() : job.productRefs()) {
      if (ref instanceof Ref.OfFolder folder && !ref.optional() && empty.contains(folder.path())) {
        String meant = inDir(of, ref.text(), "**");
        String line =
            " left %s/ without files"
                + (meant.isEmpty()
                    ? "; if it may be empty, write {file: %1$s/, optional: true}"
                    : meant);
        say(of, ref.place(), line.formatted(SafeText.name(folder.path())));
      }
    }
  }

  /** Returns what to write if a folder or pattern has files below the folder of the command. */
  private static String inDir(RemarkedJob of, String text, String rest) throws IOException {
    String dir = of.steps().isEmpty() ? "." : of.steps().getFirst().dir();
    String below = dir + "/" + text;
    boolean has =
        !dir.equals(".")
            && !GlobWalk.files(of.graph().workflow().root(), Glob.of(below + rest)).isEmpty();
    return has ? "; paths in produces begin at the root: write " + below : "";
  }

  private static List<String> files(Graph graph, int id, Ref.OfGlob glob, AttemptOutcome outcome) {
    List<String> files = new ArrayList<>();
    for (int list : graph.listNeeds().row(id)) {
      NeedList need = graph.list(list);
      if (need.kind() == NeedList.ListKind.GLOB && need.text().equals(glob.pattern())) {
        files.addAll(outcome.snapshot().files(list));
      }
    }
    return files;
  }

  private static void readings(RemarkedJob of, Place place, String pattern, List<String> paths) {
    String line = PatternReadings.of(pattern, paths);
    if (line != null) {
      say(of, place, ": " + line);
    }
  }

  private static void say(RemarkedJob of, Place place, String text) {
    of.say("pattern " + place, place, "job ", text);
  }
}
