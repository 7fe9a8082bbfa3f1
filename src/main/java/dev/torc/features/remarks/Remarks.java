package dev.torc.features.remarks;

import dev.torc.base.syntax.BadInput.Diagnostic;
import dev.torc.base.syntax.Place;
import dev.torc.base.text.SafeText;
import dev.torc.core.decide.PlanContext;
import dev.torc.core.decide.Reason;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Group;
import dev.torc.core.model.Job;
import dev.torc.core.model.Step;
import dev.torc.features.remarks.Remark.Due;
import dev.torc.features.remarks.Remark.Posed;
import dev.torc.features.remarks.RemarkedJob.JobRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * All that torc remarks about jobs without being asked, and the one place that asks it: the list
 * below, the rows of {@link RemarkTable}, and what features add. {@code torc check} asks about all
 * jobs, a dry run about those that would run, a build, by {@link BuildRemarks}, about those that
 * run. Equal remarks are folded for as long as this object lives.
 */
public final class Remarks {

  private enum Call {
    CHECK,
    DRY_RUN,
    BUILD
  }

  private final Call call;
  private final List<Remark> more;
  private final FoldedLines lines;
  private final Set<Place> excludes = new HashSet<>(0);
  private final Map<String, Set<String>> imported = new HashMap<>(0); // by scripts
  private PlanContext context; // null before the first question
  private List<Remark> all;
  private ReadingRemarks reading; // of the first graph: later instances have groups in it

  private Remarks(Call call, List<Remark> more, FoldedLines lines) {
    this.call = call;
    this.more = more;
    this.lines = lines;
  }

  /** Returns the remarks of a build: about jobs before their runs, or about what runs left. */
  static Remarks ofBuild(boolean ran) {
    return new Remarks(Call.BUILD, List.of(), new FoldedLines(false, ran));
  }

  /** Asks everything about jobs that can be asked before they run. */
  public static List<Diagnostic> check(PlanContext context, int[] jobs, List<Remark> more) {
    Remarks remarks = new Remarks(Call.CHECK, more, new FoldedLines(true, false));
    for (int id : jobs) {
      remarks.ask(context, id, EnumSet.range(Due.CHECK, Due.RUN), JobRun.NONE);
    }
    return remarks.lines.takeNewLines();
  }

  /** Returns what a dry run remarks: about needs without files. */
  public static List<Diagnostic> forecast(PlanContext context, BitSet jobs) {
    Remarks remarks = new Remarks(Call.DRY_RUN, List.of(), new FoldedLines(false, false));
    for (int id : context.graph().inOrder(jobs)) {
      remarks.ask(context, id, EnumSet.of(Due.DRY, Due.START, Due.RUN), JobRun.NONE);
    }
    return remarks.lines.takeNewLines();
  }

  /** Returns what is known of a file of the project that no job makes or needs. */
  public static List<String> about(PlanContext context, String path) {
    Graph graph = context.graph();
    UndeclaredReads reads = new UndeclaredReads(context, true);
    ScriptImports imports = new ScriptImports(graph, reads, new HashMap<>(0));
    FoldedLines lines = new FoldedLines(true, false);
    for (int id : graph.inOrder(graph.allJobs())) {
      boolean runs = reads.run(id).contains(path);
      String script = runs ? "" : imports.importer(id, path::equals);
      if (script != null) {
        String way = runs ? " runs %2$s, and does not need it" : " runs %s, which imports %s";
        String line = way.formatted(SafeText.name(script), SafeText.name(path));
        lines.add(graph.job(id), script, graph.job(id).place(), "", line);
      }
    }
    List<String> known = new ArrayList<>();
    lines.takeNewLines().forEach(line -> known.add(line.message() + "; add it to needs"));
    for (Group group : graph.workflow().groups()) {
      if (group.sources().tables().contains(path)) {
        known.add(SafeText.name(path) + " has values of group " + SafeText.name(group.name()));
      }
    }
    Path file = graph.workflow().root().resolve(path);
    if (graph.workflow().settings().sources().ofVars().contains(file)) {
      known.add(SafeText.name(path) + " has vars; a job that uses one runs when it changes");
    }
    return known.isEmpty() && Files.isRegularFile(file)
        ? List.of(
            "no job declares %s; torc build --trace --force JOB tells whether one reads it"
                .formatted(SafeText.name(path)))
        : known;
  }

  /** Returns a line for each source that torc made, as far as the context looked at them. */
  public static List<Diagnostic> made(PlanContext context) {
    return context.contents().stale().remarks().stream().map(Diagnostic::new).toList();
  }

  /** Asks what is due before a job runs. */
  void before(PlanContext now, int job, JobRun run) {
    Set<Due> due = EnumSet.of(Due.START, Due.RUN);
    if (run.reasons().stream().anyMatch(Remarks::isChange)) {
      due.add(Due.CHANGED);
    }
    ask(now, job, due, run);
  }

  /** Returns whether a reason is that a job is new or was changed in the build file. */
  private static boolean isChange(Reason reason) {
    return switch (reason.kind()) {
      case NEVER_RAN, SETTING_CHANGED, NEED_ADDED, NEED_REMOVED, PRODUCTS_DECLARED -> true;
      default -> false;
    };
  }

  void ask(PlanContext now, int job, Set<Due> due, JobRun run) {
    if (now != context) {
      context = now;
      all = all(now);
    }
    RemarkedJob of = new RemarkedJob(now, job, run, lines);
    for (Remark remark : all) {
      try {
        if (due.contains(remark.due())) {
          remark.of(of);
        }
      } catch (IOException e) {
        continue; // only a hint: the job reports what it cannot read
      }
    }
  }

  FoldedLines lines() {
    return lines;
  }

  private List<Remark> all(PlanContext now) {
    Graph graph = now.graph();
    if (call == Call.DRY_RUN) {
      return List.of(
          new EmptyGlobs(graph), new Posed(Due.START, EmptyGlobs::parts), new UnlistedNeeds());
    }
    reading = reading == null ? new ReadingRemarks(graph) : reading;
    UndeclaredReads reads = new UndeclaredReads(now, call == Call.CHECK);
    ScriptImports imports = new ScriptImports(graph, reads, imported);
    GitPlaceholders git = new GitPlaceholders(graph);
    List<Remark> questions =
        new ArrayList<>(
            List.of(
                new ScriptTools(),
                new Posed(Due.CHECK, DottedFiles::besideNeeds),
                new Posed(Due.CHECK, SheetOrder::besideTables),
                new TableRemarks(),
                Remark.of(Due.RUN, FoldedLines.CALLER, UndeclaredVariables::line),
                reads,
                imports,
                Remark.of(Due.CHECK, "headers", Compilers::line),
                Remark.of(Due.RUN, "pipe", Remarks::pipe),
                Remark.of(Due.RUN, "submodule", git::module),
                Remark.of(Due.RUN, "lfs", git::pointers),
                new Posed(Due.CHANGED, reading::ofName),
                new Posed(Due.RUN, reading::ofKeys),
                new Posed(Due.CHANGED, ValueRemarks::parameters),
                new Posed(Due.CHANGED, ValueRemarks::readings),
                new Posed(Due.CHANGED, NamedProducts::of),
                new EmptyGlobs(graph),
                new Posed(Due.START, EmptyGlobs::parts),
                new UnlistedNeeds(),
                new Posed(Due.CHECK, PatternReadings::onDisk),
                new UselessExcludes(graph, imports, excludes),
                new Posed(Due.RAN, PatternWarnings::of),
                new Posed(Due.RAN, StampFiles::of),
                new Posed(Due.RAN, RemovedNeeds::of),
                new Posed(Due.FAILED, FailureHints::of)));
    questions.addAll(more);
    return questions;
  }

  private static String pipe(RemarkedJob of) {
    List<String> lost = null;
    for (int s = 0; s < of.steps().size(); s++) {
      lost = of.commands().get(s).losesFailures() ? of.steps().get(s).shell() : lost;
    }
    Job job = of.job();
    if (job.runs().retry().recover() != null && lost == null && !of.steps().isEmpty()) {
      List<String> shell = of.steps().getFirst().shell();
      Step.Command recover = new Step.Command.Shell(job.runs().retry().recover());
      lost = new CommandWords(recover, shell).losesFailures() ? shell : null;
    }
    return lost == null
        ? null
        : ": in a pipe %s notices only the last failure; set shell: [bash, -e, -o, pipefail, -c]"
            .formatted(lost.getFirst());
  }
}
