package dev.torc.cli;

import dev.torc.session.AllocatedBuild;
import dev.torc.session.BuildRequest;
import dev.torc.session.Caller;
import dev.torc.session.Exit;
import dev.torc.session.ProjectOptions;
import dev.torc.show.Report;
import java.io.IOException;

/**
 * {@code torc slurm}: a {@code torc build} whose jobs run on nodes that Slurm gives for as long as
 * it lasts.
 */
final class SlurmCommand extends BuildCommand {

  @Override
  int work(Console console) throws IOException {
    Caller caller = console.caller();
    BuildRequest request = request(console);
    ProjectOptions project = AllocatedBuild.options(caller, common.project(console));
    if (request.dry()) {
      return build(console, caller, project, request);
    }
    boolean quiet = options.detail() == Report.Detail.QUIET;
    try (AllocatedBuild nodes =
        AllocatedBuild.ask(caller, project, request, quiet ? _ -> {} : console::say)) {
      return nodes == null ? Exit.LOCKED : build(console, nodes.caller(caller), project, request);
    }
  }
}
