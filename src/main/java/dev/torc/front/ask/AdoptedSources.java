package dev.torc.front.ask;

import dev.torc.base.posix.RandomId;
import dev.torc.base.text.Amount;
import dev.torc.base.text.Palette;
import dev.torc.base.text.SafeText;
import dev.torc.core.decide.JobSelection.Rerun;
import dev.torc.core.decide.JobSelection.UserPaths;
import dev.torc.core.decide.PlanContext;
import dev.torc.core.decide.StaleFiles.Undeclared;
import dev.torc.core.memory.Batch;
import dev.torc.core.memory.BuildLock;
import dev.torc.front.session.Exit;
import dev.torc.front.session.Project;
import dev.torc.front.session.ReadSession;
import dev.torc.front.session.WriteSession;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * {@code torc adopt --source}: files that torc made and no job makes now become the user's, so that
 * they are sources again (rule 13). Records all of them, or nothing.
 *
 * @param problems what prevents that, one line each
 */
record AdoptedSources(boolean dryRun, boolean quiet, List<String> adopted, List<String> problems)
    implements Answer {

  static int run(Call call) throws IOException {
    Project project = call.project().withoutResults();
    if (call.has("--dry-run")) {
      try (ReadSession look = ReadSession.at(project, call::warn)) {
        return print(call, of(call, look.context(), new Batch()));
      }
    }
    String id = RandomId.next();
    BuildLock held = call.takeLock(project.place(), id, "torc adopt", call.lock());
    if (held == null) {
      return call.print(null);
    }
    try (held;
        WriteSession work = WriteSession.open(project, id, call.lock().gone(), call::warn)) {
      Batch batch = new Batch();
      PlanContext context = work.context(project.select(List.of()), Rerun.NONE);
      AdoptedSources answer = of(call, context, batch);
      if (answer.problems.isEmpty()) {
        work.cache().put(batch);
        work.cache().flush();
      }
      return print(call, answer);
    }
  }

  private static int print(Call call, AdoptedSources answer) throws IOException {
    answer.problems.forEach(call.console()::say);
    return call.print(answer);
  }

  /** Adds the records of the files that are targets to the batch. */
  private static AdoptedSources of(Call call, PlanContext context, Batch batch) {
    List<String> adopted = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    UserPaths paths = new UserPaths(context.graph().workflow().root(), call.caller().cwd());
    for (String target : call.targets()) {
      String path = paths.path(target);
      int maker = context.graph().makerOf(path);
      Undeclared made = maker < 0 ? context.contents().stale().of(path) : null;
      if (made != null) {
        batch.own(made.owned().as(true));
        adopted.add(made.owned().path());
      } else if (maker >= 0) {
        problems.add(
            "%s is a product of %s".formatted(SafeText.name(path), context.graph().title(maker)));
      } else {
        problems.add(SafeText.name(path) + " is not as torc made it, so it is yours");
      }
    }
    return new AdoptedSources(
        call.has("--dry-run"),
        call.has("--quiet"),
        problems.isEmpty() ? adopted : List.of(),
        problems);
  }

  @Override
  public int exit() {
    return problems.isEmpty() ? Exit.DONE : Exit.FAILED;
  }

  @Override
  public String text(Palette palette) {
    String done = dryRun ? "would adopt " : "adopted ";
    return quiet
        ? ""
        : adopted.stream()
            .map(path -> done + SafeText.name(path) + "\n")
            .collect(Collectors.joining());
  }

  private record Fields(
      boolean dryRun, List<String> adopted, List<String> upToDate, List<String> problems) {}

  @Override
  public Object json() {
    return new Fields(dryRun, adopted, List.of(), problems);
  }

  @Override
  public List<String> messages() {
    String files =
        Amount.count(adopted.size(), "file") + (dryRun ? " would be yours" : " now yours");
    return List.of(problems.isEmpty() ? files : "nothing adopted");
  }
}
