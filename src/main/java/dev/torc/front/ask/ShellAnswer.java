package dev.torc.front.ask;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.text.SafeText;
import dev.torc.core.decide.JobSelection;
import dev.torc.core.here.Launch;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Job;
import dev.torc.core.model.Workflow.Executor;
import dev.torc.features.sandbox.Sandbox;
import dev.torc.front.project.Project;
import dev.torc.front.project.ProjectOptions;
import dev.torc.front.session.Exit;
import dev.torc.front.session.JobShell;
import dev.torc.front.session.ReadSession;
import dev.torc.front.show.LaunchScript;
import java.io.IOException;
import java.util.BitSet;
import java.util.List;
import java.util.stream.Collectors;

/**
 * {@code torc shell}: opens a shell, or runs the words behind {@code --}, in what the processes of
 * a job get. {@link JobShell} makes it.
 */
final class ShellAnswer {

  private final Call call;
  private final String target;

  private ShellAnswer(Call call) {
    this.call = call;
    this.target = call.targets().getFirst();
  }

  static int run(Call call) throws IOException {
    call.caller().host().process().refuse("a shell needs torc's terminal");
    return new ShellAnswer(call).run();
  }

  private int run() throws IOException {
    ProjectOptions options = call.options();
    String on = call.value("--executor");
    if (on == null) {
      options = options.on(Executor.LOCAL);
      String executor = JobShell.executor(job(Project.load(call.caller(), call.options())));
      if (executor != null) {
        String line = "%s runs on %s; this shell is here, --on %s opens it there";
        String name = SafeText.name(executor);
        call.console().say(line.formatted(SafeText.name(target), name, name));
      }
    }
    Project project = Project.load(call.caller(), options);
    try (ReadSession look = ReadSession.at(project, call::warn);
        JobShell shell = new JobShell(look, id(look.project()), call.console()::say)) {
      refuseOther(look.project(), on);
      if (call.has("--print") && Sandbox.of(job(look.project())) != null) {
        throw new BadInput("--print cannot show the files of a sandbox; open a shell there");
      }
      return call.has("--print") ? print(shell) : open(shell);
    }
  }

  private int open(JobShell shell) throws IOException {
    List<String> words = call.values("--");
    Launch launch = shell.launch(words.isEmpty() ? words : words.subList(1, words.size()));
    for (String line : shell.shown().split("\n")) {
      call.console().say(line);
    }
    return shell.exit(launch, call.console()::say);
  }

  private int print(JobShell shell) throws IOException {
    List<String> words = call.values("--");
    Launch launch =
        words.size() < 2 ? shell.commands() : shell.launch(words.subList(1, words.size()));
    String about = "Runs the command of job " + SafeText.name(target) + " as torc runs it.";
    call.console().print(LaunchScript.of(launch, about, shell.files()));
    return Exit.DONE;
  }

  private void refuseOther(Project project, String on) {
    String executor = JobShell.executor(job(project));
    if (executor != null && !executor.equals(on)) {
      throw new BadInput(
          "job %s runs on %s; write --on %2$s, or leave it out for a shell here"
              .formatted(SafeText.name(target), SafeText.name(executor)));
    }
  }

  private Job job(Project project) {
    return project.graph().job(id(project));
  }

  /** Returns the only job that the target names. */
  private int id(Project project) {
    Graph graph = project.graph();
    JobSelection selected = project.select(List.of(target));
    BitSet jobs = (BitSet) selected.named().clone();
    jobs.and(graph.allJobs());
    if (jobs.cardinality() == 1 && selected.namedOpen().isEmpty()) {
      return jobs.nextSetBit(0);
    }
    String name = SafeText.name(target);
    if (jobs.isEmpty()) {
      throw new BadInput(
          name + " has no instances yet; a shell is for one job, and `torc build` makes them");
    }
    String some =
        jobs.stream()
            .limit(2)
            .mapToObj(job -> SafeText.name(graph.name(job)))
            .collect(Collectors.joining(" or "));
    throw new BadInput(
        "%s names %d jobs; a shell is for one, such as %s"
            .formatted(name, jobs.cardinality(), some));
  }
}
