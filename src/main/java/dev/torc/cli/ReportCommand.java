package dev.torc.cli;

import dev.torc.crate.CrateFolder;
import dev.torc.crate.CrateRequest;
import dev.torc.page.ReportPage;
import dev.torc.posix.OwnFile;
import dev.torc.session.Exit;
import dev.torc.session.Project;
import dev.torc.text.SafeText;
import java.io.IOException;
import java.nio.file.Path;

/**
 * {@code torc report}: the project, or a build, as one page of HTML, to standard output or into a
 * file. On a terminal it goes to {@code .torc/report.html}, since a page is not read there. With
 * {@code --ro-crate} it writes where the results come from into a new folder instead.
 */
final class ReportCommand extends Command {

  private long build;
  private boolean paths;
  private String file;
  private String crate;

  @Override
  void declare(Options options) {
    options.value(
        "--build", "N", "a build by its number; without it the project as it stands", this::number);
    options.value("-o", "FILE", "the file to write; else standard output", given -> file = given);
    options.flag("--paths", "show absolute paths", () -> paths = true);
    options.value(
        "--ro-crate",
        "FOLDER",
        "write where the results come from into a new folder, as an RO-Crate",
        given -> crate = given);
  }

  private void number(String given) {
    try {
      build = Long.parseLong(given);
    } catch (NumberFormatException e) {
      build = 0;
    }
    if (build < 1) {
      throw CommonOptions.usage(
          "--build "
              + SafeText.name(given)
              + ": write the number of a build, as `torc history` does");
    }
  }

  @Override
  int run(Console console) throws IOException {
    if (crate != null) {
      alone(common.json(), "--json", "what stands in the folder is JSON already; leave --json out");
      alone(
          build != 0,
          "--build",
          "a crate tells of the results that stand, whichever build made them; leave --build out");
      alone(
          file != null, "-o", "the folder is where the crate goes; call torc report once for each");
      alone(paths, "--paths", "only a page can show absolute paths; leave --paths out");
      return crate(console);
    }
    if (common.json()) {
      throw CommonOptions.usage(
          "--json: a report is a page; `torc stats`, `torc list` and `torc history` have the"
              + " numbers");
    }
    Project project = project(console);
    ReportPage page = ReportPage.of(project, build, paths, console::warn);
    if (file == null && !console.stdoutTerminal()) {
      page.write(console.out());
      return Exit.DONE;
    }
    Path to =
        file == null
            ? project.folder().resolve("report.html")
            : console.cwd().resolve(file).normalize();
    if (file == null) {
      OwnFile.prepare(to); // a link there may lead elsewhere
    }
    page.write(to);
    console.say("the report is in " + to);
    return Exit.DONE;
  }

  private static void alone(boolean given, String option, String why) {
    if (given) {
      throw CommonOptions.usage(option + " with --ro-crate: " + why);
    }
  }

  private int crate(Console console) throws IOException {
    Project project = project(console);
    Path to = console.cwd().resolve(crate).normalize();
    CrateFolder folder = new CrateFolder(to, project.folder(), crate);
    CrateRequest.Answer told = new CrateRequest(Version.number()).answer(project, console::warn);
    folder.write(told.crate());
    if (!told.hasRuns()) {
      console.warn("nothing has run here yet: the crate tells of the workflow alone");
    } else if (told.behind() > 0) {
      console.warn(
          "%d of %d jobs are not up to date: the crate tells of their last runs, where there are any"
              .formatted(told.behind(), told.jobs()));
    }
    console.say("the crate is in " + to);
    return Exit.DONE;
  }
}
