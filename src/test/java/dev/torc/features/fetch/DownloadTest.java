package dev.torc.features.fetch;

import static dev.torc.features.fetch.WebServer.cut;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.torc.core.run.AttemptFailure;
import dev.torc.features.fetch.Fetch.FetchedFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Section 13, fetch: what a live line shows of a download. */
class DownloadTest {

  private volatile String outcome;

  @Test
  void theBytesAndTheRateAreShown(@TempDir Path temp) throws Exception {
    FetchPlace place = new FetchPlace(temp.resolve("p"), temp.resolve("p.from"));
    WebClient client = new WebClient(Map.of());
    AtomicBoolean stopped = new AtomicBoolean();
    Runnable ended =
        () -> {
          if (stopped.get()) {
            throw new CancellationException();
          }
        };
    try (WebServer web = new WebServer()) {
      web.on(
          "/x",
          (request, out) -> {
            cut("x".repeat(3_000_000), 1_500_000).to(request, out);
            out.flush();
            web.silence().to(request, out);
          });
      FetchedFile file = new FetchedFile("p", "", List.of(web.url("/x")));
      Download.Means means = new Download.Means(() -> client, null, "boot", ended, _ -> {});
      Download download = new Download(file, place, "", means);
      assertEquals("", download.progress());
      Thread reader = Thread.ofPlatform().start(() -> run(download));
      while (!download.progress().startsWith("1.4 MiB")) {
        Thread.onSpinWait(); // bytes that the server sent will come
      }
      assertEquals("1.4 MiB of 2.9 MiB", download.progress());
      download.tick();
      download.tick();
      assertEquals("1.4 MiB of 2.9 MiB, 0 B/s", download.progress());
      stopped.set(true);
      reader.interrupt();
      reader.join();
      assertEquals("cancelled", outcome);
    }
  }

  private void run(Download download) {
    try {
      download.run();
      outcome = "complete";
    } catch (IOException | AttemptFailure e) {
      outcome = e.getMessage();
    } catch (CancellationException | InterruptedException e) {
      outcome = "cancelled";
    }
  }
}
