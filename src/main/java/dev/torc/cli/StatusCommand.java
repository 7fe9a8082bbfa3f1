package dev.torc.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.torc.cache.BuildRecord;
import dev.torc.cache.Cache;
import dev.torc.cache.RunDetails;
import dev.torc.engine.JobState;
import dev.torc.graph.DisplayGraph;
import dev.torc.graph.Graph;
import dev.torc.machine.Amount;
import dev.torc.machine.SafeText;
import dev.torc.plan.DiskChecks;
import dev.torc.plan.JobSelection;
import dev.torc.plan.Plan;
import dev.torc.plan.Verdict;
import dev.torc.report.Palette;
import dev.torc.report.ReasonText;
import dev.torc.report.TimeText;
import dev.torc.session.Exit;
import dev.torc.session.Project;
import dev.torc.session.ProjectFolder;
import dev.torc.session.ReadSession;
import dev.torc.session.RunningJobs;
import dev.torc.syntax.BadInput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.StringJoiner;
import java.util.TreeMap;

/**
 * {@code torc status}: what is up to date and what is not, how the last build ended, and what runs
 * now. Where the build file is refused it tells what the records say (rule 13).
 */
final class StatusCommand extends Command {

  private final List<String> targets = new ArrayList<>();

  private boolean instances;
  private boolean exitCode;

  /** What is known without the build file: the last build, failed jobs, what runs now. */
  private record Past(BuildRecord build, TreeMap<String, RunDetails> failed, RunningJobs running) {
    static Past of(ProjectFolder site, Cache cache) {
      TreeMap<String, RunDetails> failed = new TreeMap<>();
      List<String> names = new ArrayList<>();
      cache.eachResult(
          (job, result) -> {
            if (!result.outcome().isGood()
                && (site.project() == null || site.project().graph().jobId(job) >= 0)) {
              names.add(job);
            }
          });
      RunningJobs running = RunningJobs.of(site.place(), cache);
      for (String job : names) {
        RunDetails details = cache.details(job);
        if (details != null && !running.running().contains(job)) {
          failed.put(job, details);
        }
      }
      List<BuildRecord> builds = cache.builds(1);
      return new Past(builds.isEmpty() ? null : builds.getFirst(), failed, running);
    }

    boolean isRunning() {
      return running.holder().isPresent() && running.holder().get().build().equals(build.id().id());
    }
  }

  @Override
  String description() {
    return "show what is up to date, and the last build";
  }

  @Override
  void declare(Options options) {
    options.words(
        "TARGET",
        "job, group, instance, tag or produced file; all jobs without one",
        0,
        targets::add);
    options.flag(
        "--instances", "show each instance of a group on its own line", () -> instances = true);
    options.flag(
        "--exit-code", "end with status 1 where anything would run", () -> exitCode = true);
  }

  @Override
  int run(Console console) throws IOException {
    ProjectFolder site = site(console, !targets.isEmpty());
    if (site.project() == null) {
      try (Cache cache = Cache.look(site.place(), console::warn)) {
        print(console, site, Past.of(site, cache), null);
      }
      // An answer that nobody knows must not look like "nothing would run".
      return exitCode ? Exit.USAGE : Exit.DONE;
    }
    try (ReadSession look = ReadSession.at(site.project(), console::warn)) {
      Project project = look.project();
      JobSelection selection = project.select(targets);
      check(console, project, look, selection);
      Plan plan = look.plan(selection, false);
      Past past = Past.of(site.with(project), look.cache());
      if (!targets.isEmpty()) {
        past.failed.keySet().removeIf(job -> !selection.named().get(project.graph().jobId(job)));
      }
      print(console, site.with(project), past, plan);
      return exitCode && !plan.isQuiet() ? Exit.FAILED : Exit.DONE;
    }
  }

  /** What a build would refuse is said, and is no reason not to tell the rest. */
  private static void check(
      Console console, Project project, ReadSession look, JobSelection selection)
      throws IOException {
    try {
      DiskChecks.check(project.graph(), look.digests(), selection.jobs());
      look.taken().refuse(selection.jobs());
    } catch (BadInput refused) {
      for (String line : ErrorMessage.of(refused).lines()) {
        console.tell(line);
      }
    }
  }

  private void print(Console console, ProjectFolder site, Past past, Plan plan) throws IOException {
    if (common.json()) {
      JsonPrinter.print(console, out -> json(out, site, past, plan));
      return;
    }
    Palette palette = console.outPalette(common.color());
    if (plan != null) {
      verdicts(console, site.project(), plan, palette);
    }
    if (!past.failed.isEmpty()) {
      console.print(palette.red("failed:") + "\n");
      for (var failed : past.failed.entrySet()) {
        console.print("  " + SafeText.name(failed.getKey()) + what(failed.getValue()) + "\n");
      }
    }
    if (past.running.holder().isPresent()) {
      var holder = past.running.holder().get();
      console.print(
          "at work: process %d, %s%s\n"
              .formatted(holder.pid(), SafeText.line(holder.what()), running(past.running)));
    }
    console.print((past.build == null ? "no build yet" : "last " + build(past)) + "\n");
  }

  private static String what(RunDetails details) {
    return details.what().isEmpty() ? "" : ": " + SafeText.line(details.what());
  }

  private static String running(RunningJobs running) {
    return running.running().isEmpty()
        ? ""
        : ", runs "
            + String.join(", ", running.running().stream().sorted().map(SafeText::name).toList());
  }

  private void verdicts(Console console, Project project, Plan plan, Palette palette)
      throws IOException {
    BitSet named = plan.context().selection().named();
    long fail = count(named, plan, Verdict.WillFail.class);
    console.print(
        palette.bold(
                "%s: %s%d will run, %d may run, %d up to date"
                    .formatted(
                        Amount.count(named.cardinality(), "job"),
                        fail == 0 ? "" : fail + " will fail, ",
                        count(named, plan, Verdict.WillRun.class),
                        count(named, plan, Verdict.MayRun.class),
                        count(named, plan, Verdict.UpToDate.class)))
            + "\n");
    StringBuilder gone = new StringBuilder();
    StringBuilder will = new StringBuilder();
    StringBuilder may = new StringBuilder();
    StringBuilder not = new StringBuilder();
    DisplayGraph shown = project.folded(targets, instances);
    for (DisplayGraph.Fold fold : shown.folds()) {
      List<Integer> nodes = new ArrayList<>(fold.jobs());
      if (fold.open() >= 0) {
        nodes.add(fold.open());
      }
      gone.append(line(fold, nodes, plan, Verdict.WillFail.class));
      will.append(line(fold, nodes, plan, Verdict.WillRun.class));
      may.append(line(fold, nodes, plan, Verdict.MayRun.class));
      not.append(line(fold, nodes, plan, Verdict.UpToDate.class));
    }
    list(console, palette.red("will fail:"), gone);
    list(console, palette.yellow("will run:"), will);
    list(console, palette.yellow("may run:"), may);
    list(console, palette.green("up to date:"), not);
  }

  private static long count(BitSet jobs, Plan plan, Class<? extends Verdict> kind) {
    return jobs.stream().filter(job -> kind.isInstance(plan.verdict(job))).count();
  }

  /** A job, or those instances of a group that have a verdict of one kind; empty for none. */
  private static String line(
      DisplayGraph.Fold fold, List<Integer> nodes, Plan plan, Class<? extends Verdict> kind) {
    List<Integer> those = nodes.stream().filter(n -> kind.isInstance(plan.verdict(n))).toList();
    if (those.isEmpty()) {
      return "";
    }
    Graph graph = plan.context().graph();
    int first = those.getFirst();
    boolean one = those.size() == 1;
    String name = one ? graph.name(first) : fold.name();
    String of =
        one ? "" : " (%d of %s)".formatted(those.size(), Amount.count(nodes.size(), "instance"));
    String why =
        switch (plan.verdict(first)) {
          case Verdict.WillRun run -> ": " + ReasonText.brief(run.reasons());
          case Verdict.WillFail run -> ": " + ReasonText.brief(run.reasons());
          case Verdict.MayRun run -> ": after " + SafeText.name(graph.name(run.after()));
          case Verdict.UpToDate _ -> "";
        };
    return "  " + SafeText.name(name) + of + why + "\n";
  }

  private static void list(Console console, String head, StringBuilder lines) throws IOException {
    if (!lines.isEmpty()) {
      console.print(head + "\n" + lines);
    }
  }

  private static String build(Past past) {
    BuildRecord build = past.build;
    String head = "build: " + build.id().number() + ", " + TimeText.local(build.started());
    if (build.nanos() < 0) {
      return head + (past.isRunning() ? ", at work now" : ", was killed");
    }
    StringJoiner counts = new StringJoiner(", ");
    for (JobState state : JobState.values()) {
      int count = build.counts().getOrDefault(state.name(), 0);
      if (count > 0) {
        counts.add(count + " " + JsonPrinter.lower(state).replace('_', ' '));
      }
    }
    return head + ", exit " + build.exit() + " after " + Amount.time(build.nanos()) + ": " + counts;
  }

  private static void json(JsonGenerator out, ProjectFolder site, Past past, Plan plan)
      throws IOException {
    out.writeStringField("root", site.place().root().toString());
    out.writeBooleanField("accepted", plan != null);
    if (plan != null) {
      Graph graph = site.project().graph();
      BitSet named = plan.context().selection().named();
      out.writeNumberField("will_fail", count(named, plan, Verdict.WillFail.class));
      out.writeNumberField("will_run", count(named, plan, Verdict.WillRun.class));
      out.writeNumberField("may_run", count(named, plan, Verdict.MayRun.class));
      out.writeNumberField("up_to_date", count(named, plan, Verdict.UpToDate.class));
      out.writeArrayFieldStart("jobs");
      for (int j = named.nextSetBit(0); j >= 0; j = named.nextSetBit(j + 1)) {
        out.writeStartObject();
        out.writeStringField("job", graph.job(j).name());
        DryRun.verdict(out, graph, plan.verdict(j));
        out.writeEndObject();
      }
      out.writeEndArray();
    }
    out.writeArrayFieldStart("failed");
    for (var failed : past.failed.entrySet()) {
      out.writeStartObject();
      out.writeStringField("job", failed.getKey());
      out.writeStringField("what", failed.getValue().what());
      out.writeEndObject();
    }
    out.writeEndArray();
    holder(out, past.running);
    lastBuild(out, past);
  }

  private static void holder(JsonGenerator out, RunningJobs running) throws IOException {
    if (running.holder().isEmpty()) {
      out.writeNullField("at_work");
      return;
    }
    out.writeObjectFieldStart("at_work");
    out.writeNumberField("process", running.holder().get().pid());
    out.writeStringField("build", running.holder().get().build());
    out.writeStringField("what", running.holder().get().what());
    JsonPrinter.texts(out, "running", running.running().stream().sorted().toList());
    out.writeEndObject();
  }

  private static void lastBuild(JsonGenerator out, Past past) throws IOException {
    BuildRecord build = past.build;
    if (build == null) {
      out.writeNullField("last_build");
      return;
    }
    out.writeObjectFieldStart("last_build");
    out.writeNumberField("number", build.id().number());
    out.writeStringField("build", build.id().id());
    out.writeStringField("started", TimeText.iso(build.started()));
    JsonPrinter.seconds(out, "seconds", build.nanos());
    JsonPrinter.number(out, "exit", build.exit(), build.exit() >= 0);
    out.writeObjectFieldStart("counts");
    for (var count : build.counts().entrySet()) {
      out.writeNumberField(count.getKey().toLowerCase(java.util.Locale.ROOT), count.getValue());
    }
    out.writeEndObject();
    out.writeEndObject();
  }
}
