package dev.torc.front.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.base.posix.Kill;
import dev.torc.base.posix.Signals;
import dev.torc.core.decide.JobSelection.Rerun;
import dev.torc.front.project.Caller;
import dev.torc.front.project.Caller.Host;
import dev.torc.front.project.Project;
import dev.torc.front.project.ProjectOptions;
import dev.torc.front.show.Console;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Signals while a command that only looks runs probes, as {@code -n --probe} does. */
class ProbeSignalTest {

  @TempDir Path temp;

  /** Rule 11: Ctrl-C ends the probes, and then the command, by the status of the signal. */
  @Test
  void ctrlCEndsTheProbesOfADryRun() throws Exception {
    WatchStage stage =
        new WatchStage(temp)
            .jobs("a: { command: cp a.in a, needs: a.in, produces: a, probe: sh probe }\n")
            .put("a.in", "1\n")
            .put("probe", "[ ! -e slow ] || { echo $$ > pid; exec sleep 60; }\n")
            .run();
    Files.createFile(temp.resolve("slow"));
    Signals signals = new Signals();
    Host host = Host.of(WatchStage.ENV, () -> signals);
    ProjectOptions options =
        WatchStage.options(
            new ProjectOptions.Reuse(false, false, true, false, List.of(), List.of(), false));
    Project project = Project.load(new Caller(WatchStage.ENV, stage.root, host), options);
    Thread interrupter = Thread.ofPlatform().daemon().start(() -> interrupt(signals));
    try (ReadSession look = ReadSession.at(project, _ -> {})) {
      Console.EndedBySignal thrown =
          assertThrows(
              Console.EndedBySignal.class,
              () -> look.plan(look.project().select(List.of()), Rerun.NONE));
      assertEquals(130, Exit.of(thrown).status());
      assertEquals(List.of(), Exit.of(thrown).lines());
    }
    interrupter.join();
    long pid = Long.parseLong(Files.readString(temp.resolve("pid")).strip());
    assertTrue(ProcessHandle.of(pid).isEmpty(), "the probe has ended");
  }

  private void interrupt(Signals signals) {
    Path pid = temp.resolve("pid");
    try {
      while (!Files.exists(pid) || Files.size(pid) == 0) {
        Thread.onSpinWait();
      }
      signals.handOver(Kill.INT);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
