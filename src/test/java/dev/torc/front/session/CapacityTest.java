package dev.torc.front.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.torc.base.machine.Gpus;
import dev.torc.base.machine.Limits;
import dev.torc.base.posix.RandomId;
import dev.torc.base.posix.Signals;
import dev.torc.base.syntax.BadInput;
import dev.torc.core.run.Harness;
import dev.torc.front.project.BuildRequest;
import dev.torc.front.project.Caller;
import dev.torc.front.project.Project;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Rule 12: GPUs are never invented; only {@code --limit} numbers those that nothing shows. The
 * machine is asked only before a job may run.
 */
class CapacityTest extends Harness {

  private static final Gpus TWO = new Gpus(List.of("0", "1"), "this machine");

  /** What is refused with these GPUs, a limit of the build file and one of the command line. */
  private String refused(Gpus gpus, String file, Map<String, String> given) throws IOException {
    givenFile(
        "limits: {"
            + file
            + "}\njobs: { a: { command: x, resources: { gpus: 1 } }, b: { command: x } }");
    Project project = load();
    Caller.Host host =
        new Caller.Host(null, () -> new Limits(1, 1, gpus), null, null, null, null, null, null);
    BitSet all = new BitSet();
    all.set(0, project.graph().jobs());
    return assertThrows(
            BadInput.class,
            () -> Capacity.of(project.workflow(), host, given).refuse(project.graph(), all))
        .getMessage()
        .replaceAll("^torc.yaml:[0-9:]+ ", "");
  }

  @Test
  void rule12ALimitAboveTheGpusIsRefusedWithBoth() throws IOException {
    assertEquals(
        "limits: {gpus: 4} is more than there are: this machine has 2; give --limit gpus=2",
        refused(TWO, "gpus: 4", Map.of()));
    assertEquals(
        "limits: {gpus: 4} is more than there are: this machine has 0; lower it",
        refused(Gpus.NONE, "gpus: 4", Map.of()));
    assertEquals(
        "--limit gpus=3 is more than there are: this machine has 2; give --limit gpus=2",
        refused(TWO, "", Map.of("gpus", "3")));
  }

  @Test
  void rule12OnlyTheCommandLineNumbersGpusThatNothingShows() throws IOException {
    assertEquals(
        "job a asks for 1 gpu, and this machine has 0; --exclude a, or set gpus: 0 in an overlay if"
            + " the job can do without",
        refused(Gpus.NONE, "", Map.of()));
    assertThrows(
        AssertionError.class,
        () -> refused(Gpus.NONE, "gpus: 4", Map.of("gpus", "1")),
        "it builds");
  }

  /** The limits take 7 ms to read, and a build that has nothing to do needs none. */
  @Test
  void rule12OnlyABuildThatMayRunAJobReadsTheLimits(@TempDir Path temp) throws IOException {
    Path root = temp.toRealPath();
    Files.writeString(
        root.resolve("torc.yaml"), "jobs: { a: { command: cp x y, needs: x, produces: y } }");
    Files.writeString(root.resolve("x"), "1");
    List<String> read = new ArrayList<>();
    Caller.Host here = Caller.Host.of(WatchStage.ENV);
    Caller.Host host =
        new Caller.Host(
            here.stamps(),
            () -> {
              read.add("limits");
              return here.limits().get();
            },
            here.runner(),
            here.threads(),
            here.cache(),
            here.here(),
            null,
            here.process());
    Caller caller = new Caller(WatchStage.ENV, root, host);
    build(caller);
    assertEquals(List.of("limits"), read);
    build(caller);
    assertEquals(List.of("limits"), read, "nothing to do");
    Files.writeString(root.resolve("x"), "22");
    build(caller);
    assertEquals(List.of("limits", "limits"), read);
    build(caller, "cpus", "2");
    build(caller, "memory", "1GiB");
    assertEquals(List.of("limits", "limits"), read, "amounts that need no machine");
    assertThrows(BadInput.class, () -> build(caller, "cpus", "0"));
    assertThrows(BadInput.class, () -> build(caller, "disks", "1"));
    assertEquals(List.of("limits", "limits"), read);
    build(caller, "gpus", "0");
    assertEquals(List.of("limits", "limits", "limits"), read);
  }

  private static void build(Caller caller, String... given) throws IOException {
    Project project = Project.load(caller, WatchStage.options(true));
    BuildRequest request = WatchStage.request(List.of(), false);
    if (given.length > 0) {
      request.limits().put(given[0], given[1]);
    }
    BuildSession session = BuildSession.of(project, request);
    session.check(_ -> {});
    try (Signals signals = new Signals()) {
      ReportedBuild silent = new ReportedBuild(_ -> {}, null, false, signals);
      assertEquals(0, session.run(RandomId.next(), System.nanoTime(), silent));
    }
  }
}
