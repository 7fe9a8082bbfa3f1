package dev.torc.report;

import dev.torc.cache.BuildLock;
import dev.torc.cache.BuildRecord;
import dev.torc.graph.DisplayGraph;
import dev.torc.graph.Graph;
import dev.torc.machine.Amount;
import dev.torc.machine.SafeText;
import dev.torc.plan.Plan;
import dev.torc.plan.Verdict;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.SortedMap;

/**
 * What {@code torc status} says: what is up to date and what is not, how the last build ended, and
 * what runs now.
 *
 * @param plan the verdicts; null where the build file is refused
 * @param shown the jobs that are asked about, as they are shown; empty without a plan
 * @param past what is known without the build file
 * @param stale how many products are there that no job declares any more and none needs
 */
public record StatusAnswer(
    Path root, Plan plan, List<DisplayGraph.Fold> shown, Past past, int stale) implements Answer {

  /**
   * What the records say.
   *
   * @param build the last build, null if there was none
   * @param failed by name how each failed, in one phrase
   * @param holder who is at work, null if nobody is
   * @param running names of the jobs that run now, sorted
   * @param disk what all that takes
   */
  public record Past(
      BuildRecord build,
      SortedMap<String, String> failed,
      BuildLock.Holder holder,
      List<String> running,
      Disk disk) {}

  /**
   * What torc's own folder takes, in bytes.
   *
   * @param store earlier results
   * @param kept the user's files that were moved aside
   * @param records and logs
   */
  public record Disk(long store, long kept, long records) {

    private long all() {
      return store + kept + records;
    }
  }

  /** Bytes that are worth a line. */
  private static final long LARGE = 1_000_000_000;

  /** Whether the build file is accepted, so that there are verdicts. */
  public boolean isAccepted() {
    return plan != null;
  }

  /** Whether nothing would run; false where nobody knows. */
  public boolean isQuiet() {
    return plan != null && plan.isQuiet();
  }

  @Override
  public String text(Palette palette) {
    StringBuilder out = new StringBuilder();
    if (plan != null) {
      verdicts(out, palette);
    }
    StringBuilder failed = new StringBuilder();
    past.failed.forEach(
        (job, what) ->
            failed
                .append("  " + SafeText.name(job))
                .append(what.isEmpty() ? "" : ": " + SafeText.line(what))
                .append('\n'));
    list(out, palette.red("failed:"), failed);
    if (stale > 0) {
      out.append(
          "stale: %s that no job declares any more; `torc clean --stale` removes %s\n"
              .formatted(Amount.count(stale, "product"), stale == 1 ? "it" : "them"));
    }
    if (past.holder != null) {
      out.append(
          "at work: process %d, %s%s\n"
              .formatted(past.holder.pid(), SafeText.line(past.holder.what()), running()));
    }
    if (past.disk.all() > LARGE) {
      out.append(disk()).append('\n');
    }
    return out.append(past.build == null ? "no build yet" : "last " + build())
        .append('\n')
        .toString();
  }

  private String disk() {
    String all = ".torc takes " + Amount.size(past.disk.all());
    long most = Math.max(past.disk.store, past.disk.kept);
    if (most <= past.disk.records) {
      return all;
    }
    return all
        + ", %s of it ".formatted(Amount.size(most))
        + (most == past.disk.store
            ? "earlier results; `torc store --prune SIZE` removes the oldest"
            : "files that torc moved aside; look at .torc/kept, and remove it");
  }

  private String running() {
    return past.running.isEmpty()
        ? ""
        : ", runs " + String.join(", ", past.running.stream().map(SafeText::name).toList());
  }

  private void verdicts(StringBuilder out, Palette palette) {
    long fail = count(Verdict.WillFail.class);
    long restored = count(Verdict.WillRestore.class);
    out.append(
            palette.bold(
                "%s: %s%d will run, %s%d may run, %d up to date"
                    .formatted(
                        Amount.count(named().cardinality(), "job"),
                        fail == 0 ? "" : fail + " will fail, ",
                        count(Verdict.WillRun.class),
                        restored == 0 ? "" : restored + " will be restored, ",
                        count(Verdict.MayRun.class),
                        count(Verdict.UpToDate.class))))
        .append('\n');
    list(out, palette.red("will fail:"), lines(Verdict.WillFail.class));
    list(out, palette.yellow("will run:"), lines(Verdict.WillRun.class));
    list(out, palette.yellow("will be restored:"), lines(Verdict.WillRestore.class));
    list(out, palette.yellow("may run:"), lines(Verdict.MayRun.class));
    list(out, palette.green("up to date:"), lines(Verdict.UpToDate.class));
  }

  private static void list(StringBuilder out, String head, StringBuilder lines) {
    if (!lines.isEmpty()) {
      out.append(head).append('\n').append(lines);
    }
  }

  /** The jobs that were asked about, and as one each the groups that are not known whole. */
  private BitSet named() {
    BitSet named = (BitSet) plan.context().selection().named().clone();
    named.or(plan.context().selection().namedOpen());
    return named;
  }

  private long count(Class<? extends Verdict> kind) {
    return named().stream().filter(node -> kind.isInstance(plan.verdict(node))).count();
  }

  /** The jobs and the instances of groups that have a verdict of one kind. */
  private StringBuilder lines(Class<? extends Verdict> kind) {
    StringBuilder out = new StringBuilder();
    for (DisplayGraph.Fold fold : shown) {
      for (VerdictLine line : VerdictLine.of(fold, plan)) {
        if (kind.isInstance(line.verdict())) {
          String why = line.brief();
          out.append("  " + line.name() + (why.isEmpty() ? "" : ": " + why)).append('\n');
        }
      }
    }
    return out;
  }

  private String build() {
    BuildLine line = line();
    return "build: %d, %s, %s%s"
        .formatted(
            past.build.id().number(),
            line.started(),
            line.end(),
            line.isOver() ? " after " + line.time() + ": " + line.counts() : "");
  }

  private BuildLine line() {
    return new BuildLine(past.build, past.holder == null ? "" : past.holder.build());
  }

  @Override
  public void json(JsonWriter out) {
    out.text("root", root.toString()).flag("accepted", plan != null);
    if (plan != null) {
      Graph graph = plan.context().graph();
      out.number("will_fail", count(Verdict.WillFail.class))
          .number("will_run", count(Verdict.WillRun.class))
          .number("will_restore", count(Verdict.WillRestore.class))
          .number("may_run", count(Verdict.MayRun.class))
          .number("up_to_date", count(Verdict.UpToDate.class))
          .objects(
              "jobs",
              Arrays.stream(graph.inOrder(named()))::iterator,
              job -> JobJson.verdict(out.text("job", graph.name(job)), graph, plan.verdict(job)))
          .number("stale", stale);
    }
    out.objects(
        "failed",
        past.failed.entrySet(),
        failed -> out.text("job", failed.getKey()).text("what", failed.getValue()));
    BuildLock.Holder holder = past.holder;
    out.object(
        "at_work",
        holder != null,
        () ->
            out.number("process", holder.pid())
                .text("host", holder.host().isEmpty() ? null : holder.host())
                .text("build", holder.build())
                .text("what", holder.what())
                .texts("running", past.running));
    out.number("torc_bytes", past.disk.all());
    out.object("last_build", past.build != null, () -> line().json(out));
  }
}
