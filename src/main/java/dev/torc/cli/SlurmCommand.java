package dev.torc.cli;

import dev.torc.session.AllocatedBuild;
import dev.torc.session.BuildRequest;
import dev.torc.session.Caller;
import dev.torc.session.ProjectOptions;
import dev.torc.show.Report;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * {@code torc slurm}: a {@code torc build} on nodes that Slurm gives for as long as it lasts. The
 * same command runs there once more, and builds.
 */
final class SlurmCommand extends BuildCommand {

  private Caller caller;
  private ProjectOptions asked;

  @Override
  int run(Console console) throws IOException {
    boolean quiet = options.detail() == Report.Detail.QUIET;
    Consumer<String> say = quiet ? _ -> {} : console::say;
    BuildRequest request = request(console);
    caller = console.caller();
    asked = AllocatedBuild.options(caller, common.project(console));
    Caller inside = request.dry() ? caller : AllocatedBuild.inside(caller, say);
    if (inside != null) {
      caller = inside;
      return super.run(console);
    }
    AllocatedBuild build = AllocatedBuild.of(caller, asked, request, say);
    return build == null
        ? super.run(console)
        : build.run(
            words(),
            from,
            out -> console.copy(out, console.out()),
            err -> console.copy(err, console.err()));
  }

  /** The command line for the allocation: a build file from a pipe is its standard input there. */
  private List<String> words() {
    List<String> words = new ArrayList<>(given);
    if (common.readsInput()) {
      words.replaceAll(word -> word.matches("/dev/stdin|(/dev|/proc/self)/fd/.*") ? "-" : word);
    }
    words.addFirst("slurm");
    return words;
  }

  @Override
  Caller caller(Console console) {
    return caller;
  }

  @Override
  ProjectOptions asked(Console console) {
    return asked;
  }
}
