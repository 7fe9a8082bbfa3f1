package dev.torc.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.torc.exec.Launch;
import dev.torc.exec.ProcessEnd;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The thread that hands out: what cannot be done now is tried again, and nothing waits for it. */
@Timeout(60)
class RemoteRunnerTest {

  private final BlockingQueue<String> notes = new LinkedBlockingQueue<>();
  private final BlockingQueue<RemoteEnd> ends = new LinkedBlockingQueue<>();
  @TempDir Path temp;

  private final class Listener implements RemoteListener {
    @Override
    public void submitted(String id) {}

    @Override
    public void lost() {}

    @Override
    public void ended(RemoteEnd how) {
      ends.add(how);
    }

    @Override
    public void left(boolean out) {}
  }

  private RemoteAttempt attempt() {
    return new RemoteAttempt(
        new RemoteKey("a", "b1", 1, "m", "c"),
        new Launch(
            List.of(new Launch.Step(List.of("true"), temp, Map.of())),
            temp.resolve("a.log"),
            false,
            false,
            0,
            0,
            Map.of()),
        0,
        List.of(),
        List.of(),
        new SchedulerResources(1, 0, 0, 1, 0, 0));
  }

  @Test
  void whatCannotBeForgottenYetKeepsNothingElseWaiting() throws Exception {
    FakeCluster cluster = new FakeCluster(1, 1);
    cluster.busy = true;
    BatchFolder folder = new BatchFolder(Files.createDirectory(temp.resolve("done")));
    Path inTheWay = Files.createFile(folder.path().resolve("x.claim"));
    RemotePlace place =
        new RemotePlace(folder, new RemoteKey("x", "b0", 1, "m", "c"), "x", List.of());
    try (RemoteRunner runner =
        new RemoteRunner(
            cluster,
            FakeCluster.settings(10, 1),
            Files.createDirectory(temp.resolve("far")),
            new Claimant("b1", "here", "boot", 2, 2, 0),
            (_, _) -> {},
            notes::add)) {
      runner.forget(List.of(place));
      runner.start(attempt(), new Listener());
      runner.end();
      assertEquals(ProcessEnd.How.INTERRUPTED, ends.take().end().how());
      String told = notes.take();
      assertEquals("; torc tries again", told.substring(told.indexOf(';')), told);
      Files.delete(inTheWay);
      while (!Files.isDirectory(inTheWay)) {
        TimeUnit.MILLISECONDS.sleep(20);
      }
    }
    assertFalse(notes.stream().anyMatch(line -> line.contains("tries again")), notes.toString());
  }
}
