package dev.torc.session;

import dev.torc.graph.DisplayGraph;
import dev.torc.graph.Graph;
import dev.torc.machine.SafeText;
import dev.torc.plan.Causes;
import dev.torc.plan.JobSelection;
import dev.torc.plan.PathReaders;
import dev.torc.report.WhyAnswer;
import dev.torc.report.WhyAnswer.Question;
import dev.torc.syntax.BadInput;
import dev.torc.syntax.NearestName;
import dev.torc.syntax.Place;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.TreeSet;

/**
 * Asks why jobs run or ran, and who needs files: see {@link WhyAnswer}.
 *
 * @param targets names and files, at least one
 * @param instances whether each instance of a group is told of
 */
public record WhyRequest(List<String> targets, boolean instances) {

  /** Looks; the answer is good until the session is closed. */
  public WhyAnswer answer(ReadSession look) throws IOException {
    Project project = look.project();
    PathReaders readers = new PathReaders(project.graph(), look.records(), look.contents());
    List<Question> questions = new ArrayList<>();
    BitSet jobs = new BitSet();
    for (String target : targets) {
      Question question = question(project, readers, target);
      questions.add(question);
      jobs.or(question.jobs());
      if (question.fold() != null && question.fold().open() >= 0) {
        jobs.set(question.fold().open());
      }
    }
    JobSelection asked = JobSelection.of(project.graph(), jobs);
    if (asked.jobs().stream().anyMatch(j -> project.graph().job(j).temporary())) {
      asked = project.select(List.of()); // what reads its products decides too
    }
    return new WhyAnswer(
        look.plan(asked, false),
        look.records(),
        look.contents(),
        new Causes(project.graph(), look.records()),
        RunningJobs.of(project.place(), look.cache()).running(),
        questions,
        instances);
  }

  private static Question question(Project project, PathReaders readers, String target) {
    Graph graph = project.graph();
    String path = project.path(target);
    if (!JobSelection.isName(graph, target) && graph.makerOf(path) < 0) {
      List<PathReaders.Use> uses = readers.of(path);
      if (uses.isEmpty()) {
        throw new BadInput(
            Place.NONE,
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
}
