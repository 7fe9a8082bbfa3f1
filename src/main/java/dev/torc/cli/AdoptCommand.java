package dev.torc.cli;

import dev.torc.cache.BuildId;
import dev.torc.cache.BuildLock;
import dev.torc.engine.Adoption;
import dev.torc.engine.Event;
import dev.torc.hash.DigestMemo;
import dev.torc.machine.Amount;
import dev.torc.machine.SafeText;
import dev.torc.plan.DiskChecks;
import dev.torc.plan.Expander;
import dev.torc.plan.JobSelection;
import dev.torc.plan.Plan;
import dev.torc.posix.RandomId;
import dev.torc.session.Exit;
import dev.torc.session.Project;
import dev.torc.session.ReadSession;
import dev.torc.session.WriteSession;
import dev.torc.syntax.BadInput.Diagnostic;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code torc adopt}: takes the files that are there for the results of jobs, without running them.
 * {@link Adoption} says what can be adopted; here all is stored, or nothing.
 */
final class AdoptCommand extends Command {

  private final List<String> targets = new ArrayList<>();
  private boolean dry;
  private boolean noWait;

  @Override
  String description() {
    return "accept products that are there, without running their jobs";
  }

  @Override
  void declare(Options options) {
    options.words("TARGET", "job, group, instance, tag or produced file", 1, targets::add);
    options.flag("-n --dry-run", "only say what would be adopted", () -> dry = true);
    options.flag(
        "--no-wait", "end with status 75 where another build is at work", () -> noWait = true);
  }

  @Override
  int run(Console console) throws IOException {
    Project project = project(console).withoutResults();
    JobSelection selection = project.select(targets);
    DiskChecks.check(project.graph(), project.looking(_ -> null), selection.named());
    if (dry) {
      try (ReadSession look = ReadSession.at(project, console::warn)) {
        JobSelection known = look.project().select(targets);
        Expander expander = expander(look.project(), look.digests());
        Plan plan = expander.plan(look.plan(known, false).context());
        return tell(
            console,
            new Adoption(plan.context(), expander, look.digests(), new BuildId("", 0)).run());
      }
    }
    String build = RandomId.next();
    BuildLock lock =
        WriteSession.lock(
            console.caller(),
            project.place(),
            build,
            "torc adopt",
            !noWait,
            line -> say(console, line));
    if (lock == null) {
      return Exit.LOCKED;
    }
    try (lock;
        WriteSession work = WriteSession.open(project, build, event -> note(console, event))) {
      Expander expander = expander(project, work.digests());
      Plan plan = expander.plan(work.context(selection, false));
      Adoption adoption =
          new Adoption(plan.context(), expander, work.digests(), work.build()).run();
      if (adoption.problems().isEmpty()) {
        work.cache().put(adoption.batch());
        work.cache().flush();
      }
      return tell(console, adoption);
    }
  }

  private Expander expander(Project project, DigestMemo digests) {
    return project.expander(targets, (graph, jobs) -> DiskChecks.check(graph, digests, jobs));
  }

  private static void say(Console console, String line) {
    try {
      console.tell(SafeText.line(line));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void note(Console console, Event event) {
    if (event instanceof Event.Note note) {
      say(console, (note.level() == Event.Level.WARNING ? "warning: " : "") + note.text());
    }
  }

  private int tell(Console console, Adoption adoption) throws IOException {
    boolean well = adoption.problems().isEmpty();
    List<String> adopted = well ? adoption.adopted() : List.of();
    for (Diagnostic problem : adoption.problems()) {
      console.tell(SafeText.line(problem.toString()));
    }
    if (common.json()) {
      JsonPrinter.print(
          console,
          out -> {
            out.writeBooleanField("dry_run", dry);
            JsonPrinter.texts(out, "adopted", adopted);
            JsonPrinter.texts(out, "up_to_date", adoption.upToDate());
            JsonPrinter.texts(
                out, "problems", adoption.problems().stream().map(Diagnostic::toString).toList());
          });
    } else {
      for (String job : adopted) {
        console.print((dry ? "would adopt " : "adopted ") + SafeText.name(job) + "\n");
      }
      console.out().flush();
      console.tell(
          well
              ? Amount.count(adopted.size() + adoption.upToDate().size(), "job")
                  + ": %d %s, %d up to date"
                      .formatted(
                          adopted.size(),
                          dry ? "would be adopted" : "adopted",
                          adoption.upToDate().size())
              : "nothing adopted");
    }
    return well ? Exit.DONE : Exit.FAILED;
  }
}
