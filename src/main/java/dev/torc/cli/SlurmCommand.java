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

  SlurmCommand(Call call) {
    super(call);
  }

  @Override
  int work(BuildRequest request) throws IOException {
    Caller caller = call.console.caller();
    ProjectOptions project = AllocatedBuild.options(caller, call.options());
    if (request.dry()) {
      return build(caller, project, request);
    }
    boolean quiet = detail(call) == Report.Detail.QUIET;
    try (AllocatedBuild nodes =
        AllocatedBuild.ask(caller, project, request, quiet ? _ -> {} : call.console::say)) {
      return nodes == null ? Exit.LOCKED : build(nodes.caller(caller), project, request);
    }
  }
}
