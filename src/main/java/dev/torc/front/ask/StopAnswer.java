package dev.torc.front.ask;

import dev.torc.base.text.SafeText;
import dev.torc.core.memory.BuildLock;
import dev.torc.core.memory.CachePlace;
import dev.torc.front.project.ProjectFolder;
import dev.torc.front.session.Exit;
import dev.torc.front.session.StopRequests;
import java.io.IOException;

/**
 * {@code torc stop}: asks the build that holds the lock, and the watches of the folder, to end. It
 * does not wait for their ends and ends no process itself.
 */
final class StopAnswer {

  private StopAnswer() {}

  static int run(Call call) throws IOException {
    CachePlace place = ProjectFolder.find(call.caller(), call.options()).place();
    BuildLock.Holder build =
        BuildLock.holder(place).filter(by -> by.what().equals(BuildLock.BUILD)).orElse(null);
    if (build == null && !StopRequests.isWatched(place)) {
      call.console().tell("torc: no build is running here");
      return Exit.FAILED;
    }
    boolean now = call.has("--now");
    StopRequests.write(place, build == null ? "" : build.build(), now);
    call.console().say(line(build, now));
    return Exit.DONE;
  }

  private static String line(BuildLock.Holder build, boolean now) {
    if (build == null) {
      return "asked the watch to end";
    }
    String where = build.host().isEmpty() ? "" : " on " + SafeText.name(build.host());
    String jobs = now ? "running jobs are interrupted" : "running jobs finish, no more start";
    return "asked the build (process %d%s) to stop; %s".formatted(build.pid(), where, jobs);
  }
}
