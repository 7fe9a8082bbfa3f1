package dev.torc.features.fetch;

import static dev.torc.features.fetch.WebServer.cut;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.torc.core.run.AttemptFailure;
import dev.torc.features.fetch.Fetch.FetchedFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Section 13, fetch: what a live line shows of a download. */
class DownloadTest {

  @Test
  void theBytesAndTheRateAreShown(@TempDir Path temp) throws Exception {
    FetchPlace place =
        new FetchPlace(temp.resolve("p"), temp.resolve("p.from"), temp.resolve("p.tag"));
    CountDownLatch stop = new CountDownLatch(1);
    WebClient client = new WebClient(Map.of());
    try (WebServer web = new WebServer()) {
      web.on(
          "/x",
          (request, out) -> {
            cut("x".repeat(3_000_000), 1_500_000).to(request, out);
            out.flush();
            web.silence().to(request, out);
          });
      FetchedFile file = new FetchedFile("p", "", List.of(web.url("/x")));
      Download.Means means = new Download.Means(client, null, "boot", stop, _ -> {});
      Download download = new Download(file, place, "", means);
      assertEquals("", download.progress());
      CompletableFuture<String> end = CompletableFuture.supplyAsync(() -> end(download));
      while (!download.progress().startsWith("1.4 MiB")) {
        Thread.onSpinWait(); // bytes that the server sent will come
      }
      assertEquals("1.4 MiB of 2.9 MiB", download.progress());
      download.tick();
      download.tick();
      assertEquals("1.4 MiB of 2.9 MiB, 0 B/s", download.progress());
      stop.countDown();
      client.close();
      assertEquals("stopped", end.get());
    }
  }

  /** Returns how it failed. */
  private static String end(Download download) {
    try {
      download.run();
      return "";
    } catch (IOException | AttemptFailure e) {
      return e.getMessage();
    }
  }
}
