package dev.torc.front.cli;

import dev.torc.base.posix.OwnFile;
import dev.torc.base.syntax.BadInput.Warnings;
import dev.torc.front.ask.Call;
import dev.torc.front.crate.CrateRequest;
import dev.torc.front.page.ReportPage;
import dev.torc.front.session.Exit;
import dev.torc.front.session.InstalledTorc;
import dev.torc.front.session.Project;
import dev.torc.front.show.Console;
import java.io.IOException;
import java.nio.file.Path;

/**
 * {@code torc report}: writes an HTML page about the project or a build to standard output or to a
 * file. If standard output is a terminal, the page goes to {@code .torc/report.html} instead. With
 * {@code --ro-crate}, it writes the origin of the results into a new folder.
 */
final class ReportCommand {
  /** Seconds between updates of the page with {@code --follow}. */
  private static final int SECONDS = 10;

  private ReportCommand() {}

  static int run(Call call) throws IOException {
    String number = "write the number of a build, as `torc history` does";
    long build = call.number("--build", 0, number);
    String file = call.value("-o");
    if (call.has("--ro-crate")) {
      alone(call, "--json", "the folder's metadata is JSON already; omit --json");
      alone(
          call,
          "--build",
          "a crate describes the current results, whichever build made them; omit --build");
      alone(call, "-o", "the folder is where the crate goes; call torc report once for each");
      alone(call, "--follow", "a crate is written once; leave --follow out");
      alone(call, "--paths", "only a page can show absolute paths; leave --paths out");
      return crate(call);
    }
    if (call.json()) {
      throw Call.usage(
          "--json: a report is a page; `torc stats`, `torc list` and `torc history` have the"
              + " numbers");
    }
    Project project = call.project();
    Console console = call.console();
    if (call.has("--follow")) {
      return follow(
          call, build, file == null ? project.folder().resolve("report.html") : call.path(file));
    }
    ReportPage page = ReportPage.of(project, build, call.has("--paths"), console::warn);
    if (file == null && !console.terminals().out()) {
      page.write(console.out(), call.path(""));
      return Exit.DONE;
    }
    Path to = file == null ? project.folder().resolve("report.html") : call.path(file);
    if (file == null) {
      OwnFile.prepare(to); // removes a link, which may lead elsewhere
    }
    page.write(to, 0);
    console.say("the report is in " + to);
    return Exit.DONE;
  }

  /** Rewrites the page repeatedly while a build is running, and once more after its end. */
  private static int follow(Call call, long build, Path to) throws IOException {
    boolean told = false;
    for (String id = null; !"".equals(id); told = true) {
      Project project = call.project(); // it may have more instances or other jobs now
      id = Call.runningBuild(project);
      if (call.value("-o") == null) {
        OwnFile.prepare(to);
      }
      Warnings warn = told ? _ -> {} : call.console()::warn;
      ReportPage.of(project, build, call.has("--paths"), warn)
          .write(to, id.isEmpty() ? 0 : SECONDS);
      if (!told) {
        String goes = id.isEmpty() ? ", and no build is running" : " and follows the build";
        call.console().say("the report is in " + to + goes);
      }
      if (!id.isEmpty()) {
        Call.awaitEnd(project, id, SECONDS);
      }
    }
    return Exit.DONE;
  }

  private static void alone(Call call, String option, String why) {
    if (call.has(option)) {
      throw Call.usage(option + " with --ro-crate: " + why);
    }
  }

  private static int crate(Call call) throws IOException {
    Project project = call.project();
    Console console = call.console();
    String shown = call.value("--ro-crate");
    Path to = call.path(shown);
    String version = InstalledTorc.version().replaceFirst(" .*", "");
    CrateRequest.WrittenCrate told = CrateRequest.write(project, to, shown, version, console::warn);
    if (!told.hasRuns()) {
      console.warn("nothing has run here yet; the crate describes only the workflow");
    } else if (told.behind() > 0) {
      console.warn(
          "%d of %d jobs are out of date; the crate describes their last recorded runs"
              .formatted(told.behind(), told.jobs()));
    }
    console.say("the crate is in " + to);
    return Exit.DONE;
  }
}
