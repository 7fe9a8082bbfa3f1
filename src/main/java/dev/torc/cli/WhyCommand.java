package dev.torc.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.torc.cache.Details;
import dev.torc.cache.Result;
import dev.torc.graph.Graph;
import dev.torc.machine.Shown;
import dev.torc.plan.Causes;
import dev.torc.plan.Chain;
import dev.torc.plan.Plan;
import dev.torc.plan.Readers;
import dev.torc.plan.Selection;
import dev.torc.plan.Verdict;
import dev.torc.report.Answer;
import dev.torc.report.JsonReport;
import dev.torc.report.Palette;
import dev.torc.workflow.Nearest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import picocli.CommandLine;
import picocli.CommandLine.Parameters;

/**
 * {@code torc why}: which file, value or failure makes a job run, or made it run. The verdict is
 * the plan's, the chain that of {@link Causes}, the words those of {@link Answer}.
 */
@CommandLine.Command(name = "why", description = "tell why a job runs or ran, or who needs a file")
final class WhyCommand extends Command {

  @Parameters(paramLabel = "JOB|FILE", arity = "1..*", description = "jobs, tags or files")
  private List<String> targets = new ArrayList<>();

  /** What one target means: jobs, or a source with those that need it. */
  private record Question(String target, BitSet jobs, String path, List<Readers.Use> uses) {}

  @Override
  int run(Console console) throws IOException {
    Project project = Project.load(console, common);
    try (Look look = Look.at(project, console::warn)) {
      Readers readers = new Readers(project.graph(), look.records(), look.contents());
      List<Question> questions = new ArrayList<>();
      BitSet jobs = new BitSet();
      for (String target : targets) {
        Question question = question(project, readers, target);
        questions.add(question);
        jobs.or(question.jobs);
      }
      Plan plan = look.plan(Selection.of(project.graph(), jobs), false);
      Tale tale = new Tale(console, project.graph(), look, plan, running(project, look));
      if (common.json()) {
        Json.print(console, out -> tale.json(out, questions));
      } else {
        tale.print(questions, console.outPalette(common.color()));
      }
    }
    return Exit.DONE;
  }

  private static Set<String> running(Project project, Look look) {
    return Running.of(project.place(), look.cache()).running();
  }

  private static Question question(Project project, Readers readers, String target) {
    Graph graph = project.graph();
    String path = project.path(target);
    if (!Selection.isName(graph, target) && graph.makerOf(path) < 0) {
      List<Readers.Use> uses = readers.of(path);
      if (uses.isEmpty()) {
        throw Common.usage(
            "no job makes or needs "
                + Shown.name(target)
                + ", and no job or tag has that name"
                + hint(graph, target));
      }
      return new Question(target, new BitSet(), path, uses);
    }
    return new Question(
        target, Selection.of(graph, List.of(target), project::path).named(), "", List.of());
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
    String hint = Nearest.hint(target, names);
    return hint.isEmpty() ? "; `torc list` shows the jobs" : hint;
  }

  /** The answers to all questions of one call. */
  private static final class Tale {
    private final Console console;
    private final Graph graph;
    private final Look look;
    private final Plan plan;
    private final Set<String> running;
    private final Causes causes;

    Tale(Console console, Graph graph, Look look, Plan plan, Set<String> running) {
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
        for (Readers.Use use : question.uses) {
          console.print(Answer.use(question.path, use) + "\n");
        }
        for (int j = question.jobs.nextSetBit(0); j >= 0; j = question.jobs.nextSetBit(j + 1)) {
          if (!told.get(j)) {
            told.set(j);
            print(j, palette);
          }
        }
      }
    }

    private void print(int job, Palette palette) throws IOException {
      String name = graph.job(job).name();
      Details last = look.records().details(name);
      Chain past = causes.ofLastRun(job);
      if (running.contains(name)) {
        console.print(palette.bold(Shown.name(name)) + " is running\n");
      } else if (plan.verdict(job) instanceof Verdict.UpToDate) {
        boolean adopted = look.records().result(job).outcome() == Result.Outcome.ADOPTED;
        console.print(Answer.upToDate(name, last, past, adopted, palette) + "\n");
      } else {
        console.print(Answer.of(causes.of(plan, job), palette) + "\n");
        if (past != null) {
          console.print(Answer.lastRun(last, past, palette) + "\n");
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
          for (Readers.Use use : question.uses) {
            out.writeStartObject();
            out.writeStringField("job", use.job());
            Json.number(out, "build", use.build(), use.build() > 0);
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
      Chain past = causes.ofLastRun(job);
      Json.lastRun(
          out,
          look.records().result(job),
          look.records().details(name),
          last -> {
            last.writeFieldName("chain");
            chain(last, past);
          });
    }

    /** The jobs of a chain, the one in question first; empty where there is nothing to explain. */
    private static void chain(JsonGenerator out, Chain chain) throws IOException {
      out.writeStartArray();
      if (chain != null) {
        for (Chain.Link link : chain.links().values()) {
          out.writeStartObject();
          out.writeStringField("job", link.job());
          out.writeStringField("how", Json.lower(link.how()));
          out.writeFieldName("reasons");
          JsonReport.reasons(out, link.reasons());
          Json.texts(out, "behind", link.behind());
          out.writeEndObject();
        }
      }
      out.writeEndArray();
    }
  }
}
