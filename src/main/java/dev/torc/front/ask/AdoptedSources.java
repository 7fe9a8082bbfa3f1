package dev.torc.front.ask;

import dev.torc.base.posix.RandomId;
import dev.torc.base.syntax.BadInput.Diagnostic;
import dev.torc.base.syntax.UserPaths;
import dev.torc.base.text.SafeText;
import dev.torc.core.decide.JobSelection.Rerun;
import dev.torc.core.decide.PlanContext;
import dev.torc.core.decide.StaleFiles.Undeclared;
import dev.torc.core.memory.Batch;
import dev.torc.core.memory.BuildLock;
import dev.torc.front.project.Project;
import dev.torc.front.session.ReadSession;
import dev.torc.front.session.WriteSession;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code torc adopt --source}: files that torc made and no job makes now become the user's, so that
 * they are sources again (rule 13). Records all of them, or nothing; {@link AdoptAnswer} tells it.
 */
final class AdoptedSources {

  private AdoptedSources() {}

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
      AdoptAnswer answer = of(call, context, batch);
      if (answer.problems().isEmpty()) {
        work.cache().put(batch);
        work.cache().flush();
      }
      return print(call, answer);
    }
  }

  private static int print(Call call, AdoptAnswer answer) throws IOException {
    answer.problems().forEach(problem -> call.console().say(problem.message()));
    return call.print(answer);
  }

  /** Adds the records of the files that are targets to the batch. */
  private static AdoptAnswer of(Call call, PlanContext context, Batch batch) {
    List<String> adopted = new ArrayList<>();
    List<Diagnostic> problems = new ArrayList<>();
    UserPaths paths = new UserPaths(context.graph().workflow().root(), call.caller().cwd());
    for (String target : call.targets()) {
      String path = paths.path(target);
      int maker = context.graph().makerOf(path);
      Undeclared made = maker < 0 ? context.contents().stale().of(path) : null;
      if (made != null) {
        batch.own(made.owned().as(true));
        adopted.add(made.owned().path());
      } else {
        String why =
            maker >= 0
                ? " is a product of " + context.graph().title(maker)
                : " is not as torc made it, so it is yours";
        problems.add(new Diagnostic(SafeText.name(path) + why));
      }
    }
    List<String> all = problems.isEmpty() ? adopted : List.of();
    List<String> lines =
        call.has("--quiet") ? List.of() : all.stream().map(SafeText::name).toList();
    return new AdoptAnswer(call.has("--dry-run"), true, lines, all, List.of(), problems);
  }
}
