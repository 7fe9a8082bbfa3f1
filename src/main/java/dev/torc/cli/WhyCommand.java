package dev.torc.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.torc.cache.RecordedProduct;
import dev.torc.cache.RunDetails;
import dev.torc.graph.DisplayGraph;
import dev.torc.graph.Graph;
import dev.torc.machine.SafeText;
import dev.torc.plan.CauseChain;
import dev.torc.plan.Causes;
import dev.torc.plan.JobSelection;
import dev.torc.plan.PathReaders;
import dev.torc.plan.Plan;
import dev.torc.plan.Verdict;
import dev.torc.report.JsonReport;
import dev.torc.report.Palette;
import dev.torc.report.WhyText;
import dev.torc.session.Exit;
import dev.torc.session.Project;
import dev.torc.session.ReadSession;
import dev.torc.session.RunningJobs;
import dev.torc.syntax.NearestName;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * {@code torc why}: which file, value or failure makes a job run, or made it run. The verdict is
 * the plan's, the chain that of {@link Causes}, the words those of {@link WhyText}.
 */
final class WhyCommand extends Command {

  private final List<String> targets = new ArrayList<>();

  private boolean instances;

  /** How many instances are named in one line. */
  private static final int NAMES = 10;

  /** Of how many instances the chains are told. */
  private static final int CHAINS = 5;

  /**
   * What one target means: jobs, or a source with those that need it.
   *
   * @param fold the jobs as one where the target is a group or a part of one; null for others
   */
  private record Question(
      String target,
      BitSet jobs,
      DisplayGraph.Fold fold,
      String path,
      List<PathReaders.Use> uses) {}

  @Override
  String description() {
    return "tell why a job runs or ran, or who needs a file";
  }

  @Override
  void declare(Options options) {
    options.words("JOB|FILE", "jobs, tags or files", 1, targets::add);
    options.flag("--instances", "tell of each instance of a group", () -> instances = true);
  }

  @Override
  int run(Console console) throws IOException {
    try (ReadSession look = ReadSession.at(project(console), console::warn)) {
      Project project = look.project();
      PathReaders readers = new PathReaders(project.graph(), look.records(), look.contents());
      List<Question> questions = new ArrayList<>();
      BitSet jobs = new BitSet();
      for (String target : targets) {
        Question question = question(project, readers, target);
        questions.add(question);
        jobs.or(question.jobs);
        if (question.fold != null && question.fold.open() >= 0) {
          jobs.set(question.fold.open());
        }
      }
      JobSelection asked = JobSelection.of(project.graph(), jobs);
      if (asked.jobs().stream().anyMatch(j -> project.graph().job(j).temporary())) {
        asked = project.select(List.of()); // what reads its products decides too
      }
      Plan plan = look.plan(asked, false);
      Tale tale = new Tale(console, project.graph(), look, plan, running(project, look));
      if (common.json()) {
        JsonPrinter.print(console, out -> tale.json(out, questions));
      } else {
        tale.print(questions, console.outPalette(common.color()));
      }
    }
    return Exit.DONE;
  }

  private static Set<String> running(Project project, ReadSession look) {
    return RunningJobs.of(project.place(), look.cache()).running();
  }

  private static Question question(Project project, PathReaders readers, String target) {
    Graph graph = project.graph();
    String path = project.path(target);
    if (!JobSelection.isName(graph, target) && graph.makerOf(path) < 0) {
      List<PathReaders.Use> uses = readers.of(path);
      if (uses.isEmpty()) {
        throw CommonOptions.usage(
            "no job makes or needs "
                + SafeText.name(target)
                + ", and no job or tag has that name"
                + hint(graph, target));
      }
      return new Question(target, new BitSet(), null, path, uses);
    }
    BitSet jobs = JobSelection.of(graph, List.of(target), project::path).named();
    int open = open(graph, target, path);
    boolean group = open >= 0 || graph.named(target) != null && graph.jobId(target) < 0;
    DisplayGraph.Fold fold =
        group ? new DisplayGraph.Fold(target, true, jobs.stream().boxed().toList(), open) : null;
    return new Question(target, jobs, fold, "", List.of());
  }

  /** The group without known instances that a name or file means, -1 for none. */
  private static int open(Graph graph, String target, String path) {
    int[] nodes = graph.named(target);
    if (nodes == null) {
      return graph.isOpen(graph.makerOf(path)) ? graph.makerOf(path) : -1;
    }
    return Arrays.stream(nodes).filter(graph::isOpen).findFirst().orElse(-1);
  }

  private static String hint(Graph graph, String target) {
    TreeSet<String> names = new TreeSet<>();
    for (int j = 0; j < graph.jobs(); j++) {
      names.add(graph.job(j).name());
      names.addAll(graph.job(j).tags());
    }
    for (int f = 0; f < graph.files(); f++) {
      names.add(graph.path(f));
    }
    String hint = NearestName.hint(target, names);
    return hint.isEmpty() ? "; `torc list` shows the jobs" : hint;
  }

  /** The answers to all questions of one call. */
  private final class Tale {
    private final Console console;
    private final Graph graph;
    private final ReadSession look;
    private final Plan plan;
    private final Set<String> running;
    private final Causes causes;

    Tale(Console console, Graph graph, ReadSession look, Plan plan, Set<String> running) {
      this.console = console;
      this.graph = graph;
      this.look = look;
      this.plan = plan;
      this.running = running;
      this.causes = new Causes(graph, look.records());
    }

    void print(List<Question> questions, Palette palette) throws IOException {
      BitSet told = new BitSet();
      for (Question question : questions) {
        for (PathReaders.Use use : question.uses) {
          console.print(WhyText.use(question.path, use) + "\n");
        }
        BitSet shown = question.jobs;
        if (question.fold != null && (!instances || question.jobs.isEmpty())) {
          console.print(sum(question, palette));
          shown = notUpToDate(question.jobs);
        }
        for (int j = shown.nextSetBit(0); j >= 0; j = shown.nextSetBit(j + 1)) {
          if (!told.get(j)) {
            told.set(j);
            print(j, palette);
          }
        }
      }
    }

    /** A group in one line: how many instances are what, and the names of those not up to date. */
    private String sum(Question question, Palette palette) {
      int open = question.fold.open();
      JobCounts standing = JobCounts.of(question.fold, plan, look.records());
      StringBuilder line = new StringBuilder(palette.bold(SafeText.name(question.target)) + ": ");
      if (standing.open()) {
        if (plan.verdict(open) instanceof Verdict.MayRun may) {
          String after = SafeText.name(graph.name(may.after()));
          line.append("its instances are known when ").append(after).append(" has ended");
        }
        return line.append('\n').toString();
      }
      line.append("%d of %d up to date".formatted(standing.upToDate(), standing.jobs()));
      line.append(names(question.jobs, Verdict.WillFail.class, "will fail"));
      line.append(names(question.jobs, Verdict.WillRun.class, "will run"));
      return line.append(names(question.jobs, Verdict.MayRun.class, "may run") + "\n").toString();
    }

    private String names(BitSet jobs, Class<? extends Verdict> kind, String word) {
      List<String> names =
          jobs.stream()
              .filter(j -> kind.isInstance(plan.verdict(j)))
              .mapToObj(j -> SafeText.name(graph.name(j)))
              .toList();
      if (names.isEmpty()) {
        return "";
      }
      int more = Math.max(0, names.size() - NAMES);
      String some = String.join(", ", names.subList(0, names.size() - more));
      return "; %d %s: %s%s"
          .formatted(names.size(), word, some, more == 0 ? "" : ", …and " + more + " more");
    }

    /** The first few of them: a thousand chains tell no more. */
    private BitSet notUpToDate(BitSet jobs) {
      BitSet some = new BitSet();
      jobs.stream()
          .filter(j -> !(plan.verdict(j) instanceof Verdict.UpToDate))
          .limit(CHAINS)
          .forEach(some::set);
      return some;
    }

    private void print(int job, Palette palette) throws IOException {
      String name = graph.job(job).name();
      RunDetails last = look.records().details(name);
      CauseChain past = causes.ofLastRun(job);
      if (running.contains(name)) {
        console.print(palette.bold(SafeText.name(name)) + " is running\n");
      } else if (plan.verdict(job) instanceof Verdict.UpToDate) {
        console.print(WhyText.upToDate(name, last, past, palette) + "\n");
        List<RecordedProduct> gone = look.contents().gone(job);
        if (!gone.isEmpty()) {
          console.print(WhyText.gone(gone) + "\n");
        }
      } else {
        console.print(WhyText.of(causes.of(plan, job), palette) + "\n");
        if (past != null) {
          console.print(WhyText.lastRun(last, past, palette) + "\n");
        }
      }
    }

    void json(JsonGenerator out, List<Question> questions) throws IOException {
      out.writeArrayFieldStart("answers");
      for (Question question : questions) {
        if (!question.path.isEmpty()) {
          out.writeStartObject();
          out.writeStringField("target", question.target);
          out.writeStringField("file", question.path);
          out.writeArrayFieldStart("needed_by");
          for (PathReaders.Use use : question.uses) {
            out.writeStartObject();
            out.writeStringField("job", use.job());
            JsonPrinter.number(out, "build", use.build(), use.build() > 0);
            out.writeStringField("old", use.old());
            out.writeStringField("now", use.now());
            out.writeEndObject();
          }
          out.writeEndArray();
          out.writeEndObject();
        }
        for (int j = question.jobs.nextSetBit(0); j >= 0; j = question.jobs.nextSetBit(j + 1)) {
          out.writeStartObject();
          out.writeStringField("target", question.target);
          json(out, j);
          out.writeEndObject();
        }
      }
      out.writeEndArray();
    }

    private void json(JsonGenerator out, int job) throws IOException {
      String name = graph.job(job).name();
      out.writeStringField("job", name);
      out.writeBooleanField("running", running.contains(name));
      DryRun.verdict(out, graph, plan.verdict(job));
      out.writeFieldName("chain");
      chain(out, causes.of(plan, job));
      CauseChain past = causes.ofLastRun(job);
      JsonPrinter.lastRun(
          out,
          look.records().result(job),
          look.records().details(name),
          last -> {
            last.writeFieldName("chain");
            chain(last, past);
          });
    }

    /** The jobs of a chain, the one in question first; empty where there is nothing to explain. */
    private static void chain(JsonGenerator out, CauseChain chain) throws IOException {
      out.writeStartArray();
      if (chain != null) {
        for (CauseChain.Link link : chain.links().values()) {
          out.writeStartObject();
          out.writeStringField("job", link.job());
          out.writeStringField("how", JsonPrinter.lower(link.how()));
          out.writeFieldName("reasons");
          JsonReport.reasons(out, link.reasons());
          JsonPrinter.texts(out, "behind", link.behind());
          out.writeEndObject();
        }
      }
      out.writeEndArray();
    }
  }
}
