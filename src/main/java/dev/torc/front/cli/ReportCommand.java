package dev.torc.front.cli;

import dev.torc.base.machine.InstalledTorc;
import dev.torc.base.posix.OwnFile;
import dev.torc.base.syntax.BadInput.Warnings;
import dev.torc.base.text.Amount;
import dev.torc.base.text.SafeText;
import dev.torc.front.ask.Call;
import dev.torc.front.crate.CrateRequest;
import dev.torc.front.page.ReportPage;
import dev.torc.front.project.Project;
import dev.torc.front.session.Exit;
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
          "--json: a report is a page; `torc list --resources`, `torc list` and `torc history` have"
              + " the numbers");
    }
    Project project = call.project();
    Console console = call.console();
    Path to =
        file == null
            ? project.folder().resolve("report.html")
            : call.path(along(call) ? file + "index.html" : file);
    if (call.has("--follow")) {
      return follow(call, build, to);
    }
    ReportPage page = page(call, project, build, console::warn);
    if (file == null && !console.terminals().out()) {
      page.write(console.out(), call.path(""));
      tellOutside(page, console);
      return Exit.DONE;
    }
    if (file == null) {
      OwnFile.prepare(to); // removes a link, which may lead elsewhere
    }
    console.say("the report is in " + to + write(call, page, to, 0));
    tellOutside(page, console);
    return Exit.DONE;
  }

  /** Returns whether the page goes into a folder, with the files that it does not include. */
  private static boolean along(Call call) {
    return call.value("-o") != null && call.value("-o").endsWith("/");
  }

  private static ReportPage page(Call call, Project project, long build, Warnings warn)
      throws IOException {
    return ReportPage.of(project, build, call.has("--paths"), along(call), warn);
  }

  /** Writes the page, and the files beside it; returns words about these. */
  private static String write(Call call, ReportPage page, Path to, int seconds) throws IOException {
    page.write(to, seconds);
    int files = along(call) ? page.copyAlong(to.getParent()) : 0;
    return files == 0 ? "" : ", with " + Amount.count(files, "file");
  }

  private static void tellOutside(ReportPage page, Console console) {
    if (!page.outside().isEmpty()) {
      console.say(
          "not in the page: "
              + SafeText.names(page.outside(), 5)
              + "; `torc report -o DIR/` copies them along");
    }
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
      write(call, page(call, project, build, warn), to, id.isEmpty() ? 0 : SECONDS);
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
