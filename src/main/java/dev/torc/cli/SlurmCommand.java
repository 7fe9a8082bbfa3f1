package dev.torc.cli;

import dev.torc.ask.Call;
import dev.torc.session.AllocatedBuild;
import dev.torc.session.BuildRequest;
import dev.torc.session.Caller;
import dev.torc.session.ProjectOptions;
import dev.torc.show.Console;
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

  SlurmCommand(Call call) {
    super(call);
  }

  @Override
  int run() throws IOException {
    Console console = call.console();
    boolean quiet = detail(call) == Report.Detail.QUIET;
    Consumer<String> say = quiet ? _ -> {} : console::say;
    BuildRequest request = request();
    Caller caller = call.caller();
    ProjectOptions asked = AllocatedBuild.options(caller, call.options());
    Caller inside = request.dry() ? caller : AllocatedBuild.inside(caller, say);
    if (inside != null) {
      return run(inside, asked, request);
    }
    AllocatedBuild build = AllocatedBuild.of(caller, asked, request, say);
    return build == null
        ? run(caller, asked, request)
        : build.run(
            words(),
            call.from(),
            out -> console.copy(out, console.out()),
            err -> console.copy(err, console.err()));
  }

  /** The command line for the allocation: a build file from a pipe is its standard input there. */
  private List<String> words() {
    List<String> words = new ArrayList<>(call.words());
    if (call.readsInput()) {
      words.replaceAll(word -> word.matches("/dev/stdin|(/dev|/proc/self)/fd/.*") ? "-" : word);
    }
    words.addFirst("slurm");
    return words;
  }
}
